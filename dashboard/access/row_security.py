"""The account as one viewer sees it: a view for every table, under the table's own name.

Whatever reads a viewer's copy reads these, and cannot name what is behind them: a row of somebody
else's is not there, a rate without the right is NULL, and a table without a view does not exist.
So no question, listing or file has to remember who asks.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.access.rights import COLUMN_NEEDS, Right, Viewer, entity_needs, field_needs
from harvest_client.entities import ENTITIES, Entity
from harvest_client.models.fields import Field

WHOLE = "whole"
"""What the account's published file is attached as."""

Rows = Callable[[str], list[tuple[Any, ...]]]

_NOBODY = "false"
_USER = 't."user".id'  # a keyword
_CONTRACT = {"is_contractor": "true"}  # hidden from everybody but administrators


@dataclass(frozen=True, slots=True)
class ReferencedIds:
    """Ids that the viewer's rows refer to."""

    clients: frozenset[int]
    projects: frozenset[int]
    tasks: frozenset[int]
    users: frozenset[int]
    categories: frozenset[int]
    invoices: frozenset[int]


def viewer_view_ddl(
    viewer: Viewer, database: str, rows: Rows, tables: Collection[str], totals: Mapping[str, Path]
) -> Iterator[str]:
    """Yield the statements that create the viewer's views in the empty `database`.

    `rows` runs a SELECT over the whole account, attached as `WHOLE`; `tables` are its tables, so
    that one from an older version has no view of what it lacks; `totals` are the tables of
    `records` that are added up anew from what the viewer sees, by these files.
    """
    known = _find_ids(viewer, rows, tables)
    yield f"CREATE SCHEMA {database}.records"
    added = {
        f"records.{name}": "SELECT row_number() OVER () AS rowid, t.* FROM ("
        + file.read_text("utf-8").replace("snapshot.", f"{database}.main.")
        + ") AS t"
        for name, file in totals.items()
    }
    for name, select in (
        _fact_conditions(viewer, known) | _record_conditions(viewer, known) | added
    ).items():
        if name in tables:
            target = name if "." in name else f"main.{name}"
            yield f"CREATE VIEW {database}.{target} AS {select}"


def _find_ids(viewer: Viewer, rows: Rows, tables: Collection[str]) -> ReferencedIds:
    def query_ids(sql: str) -> set[int]:
        return {int(id) for (id,) in rows(sql) if id is not None}

    # Versions from before there were rows of older days have no tables of them.
    work = [name for name in ("time_facts", "older_time_facts") if name in tables]
    spent = [name for name in ("expense_facts", "older_expense_facts") if name in tables]
    invoices = frozenset(
        query_ids(
            f"SELECT l.invoice_id FROM {WHOLE}.main.invoice_line_facts AS l GROUP BY 1"
            f" HAVING bool_and(l.project_id IS NULL OR {_in_sql('l.project_id', viewer.projects)})"
            f" AND bool_or({_in_sql('l.project_id', viewer.projects)})"
        )
        if viewer.has_rights({Right.INVOICES})
        else ()
    )
    estimates = viewer.has_rights({Right.ESTIMATES})
    result: dict[str, set[int]] = {}
    for name in ("client", "project", "task", "user"):
        facts = work if name == "task" else work + spent
        result[name] = query_ids(_ids_sql(f"{name}_id", facts, viewer))
    projects = result["project"] | viewer.projects | viewer.shared_budgets
    clients = result["client"] | query_ids(
        f"SELECT p.client_id FROM {WHOLE}.main.projects AS p WHERE {_in_sql('p.id', projects)}"
        f" UNION SELECT i.client_id FROM {WHOLE}.main.invoice_facts AS i"
        f" WHERE {_in_sql('i.id', invoices)}"
        f" UNION SELECT e.client_id FROM {WHOLE}.main.estimate_facts AS e WHERE {estimates}"
    )
    return ReferencedIds(
        clients=frozenset(clients),
        projects=frozenset(projects),
        tasks=frozenset(result["task"]),
        users=frozenset(result["user"] | viewer.people),
        categories=frozenset(query_ids(_ids_sql("category_id", spent, viewer))),
        invoices=invoices,
    )


def _ids_sql(column: str, facts: Iterable[str], viewer: Viewer) -> str:
    """Return the ids in a column of the viewer's rows of these facts."""
    return " UNION ".join(
        f"SELECT t.{column} FROM {WHOLE}.main.{fact} AS t WHERE {_own_work_sql('t', viewer)}"
        for fact in facts
    )


def _fact_conditions(viewer: Viewer, known: ReferencedIds) -> dict[str, str]:
    rates, clients = viewer.has_rights({Right.RATES}), viewer.has_rights({Right.CLIENTS})
    # Harvest names people on a project to its manager, and says no more of them.
    strangers = f"NOT {_in_sql('t.id', viewer.people)}"
    of_strangers = f"NOT {_in_sql('t.user_id', viewer.people)}"
    private = dict.fromkeys(("email", "roles", "role_id", "weekly_hours", "created_at"), strangers)
    role = {"role_id": of_strangers}
    rated = {name: "true" for name, right in COLUMN_NEEDS.items() if not viewer.has_rights({right})}
    invoices = {
        name: _select_sql(name, _in_sql(f"t.{key}", known.invoices))
        for name, key in {
            "invoice_facts": "id",
            "payment_facts": "invoice_id",
            "receivable_facts": "invoice_id",
            "retainer_facts": "invoice_id",
            "invoice_line_facts": "invoice_id",
        }.items()
    }
    fees = _in_sql("t.project_id", viewer.projects) if rates else _NOBODY
    budgets = _in_sql("t.project_id", viewer.projects | viewer.shared_budgets)
    return invoices | {
        "time_facts": _select_sql("time_facts", _own_work_sql("t", viewer), rated | role),
        "older_time_facts": _select_sql(
            "older_time_facts", _own_work_sql("t", viewer), rated | role
        ),
        "uninvoiced_time_facts": _select_sql(
            "uninvoiced_time_facts", _own_work_sql("t", viewer), rated | role, is_view=True
        ),
        "expense_facts": _select_sql("expense_facts", _own_work_sql("t", viewer), _CONTRACT | role),
        "older_expense_facts": _select_sql(
            "older_expense_facts", _own_work_sql("t", viewer), _CONTRACT | role
        ),
        "uninvoiced_expense_facts": _select_sql(
            "uninvoiced_expense_facts", _own_work_sql("t", viewer), _CONTRACT | role, is_view=True
        ),
        "capacity_facts": _select_sql(
            "capacity_facts", _in_sql("t.user_id", viewer.people), _CONTRACT
        ),
        "person_spans": _select_sql("person_spans", _in_sql("t.user_id", viewer.people), _CONTRACT),
        "fee_facts": _select_sql("fee_facts", fees),
        "fee_balance_facts": _select_sql("fee_balance_facts", fees),
        "budget_facts": _select_sql(
            "budget_facts", budgets if rates else f"{budgets} AND t.currency = 'hours'"
        ),
        "estimate_facts": _select_sql(
            "estimate_facts", str(viewer.has_rights({Right.ESTIMATES})).lower()
        ),
        "clients": _select_sql("clients", "true" if clients else _in_sql("t.id", known.clients)),
        "projects": _select_sql("projects", _in_sql("t.id", known.projects)),
        "tasks": _select_sql("tasks", "true" if clients else _in_sql("t.id", known.tasks)),
        "users": _select_sql("users", _in_sql("t.id", known.users), private | _CONTRACT),
        "roles": _select_sql(
            "roles",
            f"t.id IN (SELECT u.role_id FROM {WHOLE}.main.users AS u"
            f" WHERE {_in_sql('u.id', viewer.people)})",
        ),
        "expense_categories": _select_sql("expense_categories", _in_sql("t.id", known.categories)),
        "derived_entries": _select_sql("derived_entries", _NOBODY),
        "report_totals": _select_sql("report_totals", _NOBODY),
        "entity_state": _select_sql("entity_state", "true", {"rows": "true", "parts": "true"}),
        "completeness": _select_sql("completeness", "true"),
        "meta": _select_sql("meta", "true"),
        "visibility": _select_sql("visibility", "true"),
    }


def _record_conditions(viewer: Viewer, known: ReferencedIds) -> dict[str, str]:
    people, projects = viewer.people, viewer.projects
    managed = _in_sql("t.project.id", projects)
    own = f"({_in_sql(_USER, people)} OR {managed})"
    several = len(people) > 1
    conditions = {
        "users": _in_sql("t.id", people if several else {viewer.user_id or 0}),
        "time_entries": own,
        "expenses": own,
        "projects": _in_sql("t.id", projects),
        "task_assignments": managed,
        "user_assignments": own if projects or several else _NOBODY,
        "invoices": _in_sql("t.id", known.invoices),
        "invoice_payments": _in_sql("t.invoice_id", known.invoices),
    }
    result = {}
    for name, entity in ENTITIES.items():
        if viewer.has_rights(entity_needs(name, viewer)):
            result[f"records.{name}"] = _select_sql(
                f"records.{name}", conditions.get(name, "true"), _hidden_columns(entity, viewer)
            )
            result |= {
                f"records.{name}_{copy.name}": _copy_view(
                    f"records.{name}_{copy.name}", copy, viewer
                )
                for copy in entity.fields
                if copy.fields and copy.name.endswith("_assignment")
            }
    if viewer.has_rights({Right.INVOICES}):
        result["records.invoice_payments"] = _select_sql(
            "records.invoice_payments", conditions["invoice_payments"]
        )
    return result


def _hidden_columns(entity: Entity, viewer: Viewer) -> dict[str, str]:
    return {
        f'"{field.name}"': "true"
        for field in entity.fields
        if not field.secret and not viewer.has_rights(field_needs(field.name, entity.name))
    }


def _copy_view(table: str, copy: Field, viewer: Viewer) -> str:
    """Return the copies of an assignment, each with what is hidden of it left empty."""
    hidden = [
        f'"{part.name}" := CASE WHEN false THEN t.value."{part.name}" END'
        for part in copy.fields
        if not viewer.has_rights(field_needs(f"{copy.name}.{part.name}"))
    ]
    value = f"struct_update(t.value, {', '.join(hidden)})" if hidden else "t.value"
    return f"SELECT t.number AS number, {value} AS value FROM {WHOLE}.{table} AS t"


def _select_sql(
    table: str,
    condition: str,
    hidden: Mapping[str, str] | None = None,
    *,
    is_view: bool = False,
) -> str:
    """Return the rows for which `condition` is true; a column is NULL where it is `hidden`.

    The rows of what `is_view` have no ids.
    """
    name = table if "." in table else f"main.{table}"
    empty = ", ".join(
        f"CASE WHEN NOT ({where}) THEN t.{column} END AS {column}"
        for column, where in (hidden or {}).items()
    )
    columns = f"t.* REPLACE ({empty})" if empty else "t.*"
    row = "" if is_view else "t.rowid AS rowid, "
    return f"SELECT {row}{columns} FROM {WHOLE}.{name} AS t WHERE {condition}"


def _own_work_sql(alias: str, viewer: Viewer) -> str:
    """Work that the viewer did or manages."""
    mine = _in_sql(f"{alias}.user_id", viewer.people)
    managed = _in_sql(f"{alias}.project_id", viewer.projects)
    return f"({mine} OR {managed})" if viewer.projects else mine


def _in_sql(column: str, ids: Iterable[int]) -> str:
    # Numbers of ours, spelled out: a view has no parameters.
    listed = ", ".join(str(int(id)) for id in sorted(ids))
    return f"{column} IN ({listed})" if listed else _NOBODY
