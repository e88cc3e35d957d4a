"""Where each fact keeps what a filter asks about, and which part of a filter each can follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.errors import MetricError
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.store.filters import condition
from dashboard.store.sql import Sql, around, joined
from harvest_client.search.conditions import Filter, all_of, conjuncts, fields

_PERSON = {
    "spent_date": "f.day",
    "user.id": "f.user_id",
    "user.name": "u.name",
    "user.roles": "u.roles",
    "user.is_contractor": "f.is_contractor",
}
_COLUMNS: Mapping[Fact, Mapping[str, str]] = {
    Fact.CAPACITY: _PERSON,
    Fact.TIME: {
        **_PERSON,
        "id": "f.id",
        "hours": "f.raw_hours",
        "rounded_hours": "f.rounded_hours",
        "notes": "f.notes",
        "billable": "f.billable",
        "is_billed": "f.is_billed",
        "is_running": "f.is_running",
        "approval_status": "f.approval_status",
        "billable_rate": "f.billable_rate",
        "cost_rate": "f.cost_rate",
        "client.id": "f.client_id",
        "client.name": "c.name",
        "client.currency": "f.currency",
        "project.id": "f.project_id",
        "project.name": "p.name",
        "project.code": "p.code",
        "project.is_fixed_fee": "f.is_fixed_fee",
        "task.id": "f.task_id",
        "task.name": "t.name",
        "invoice.id": "f.invoice_id",
    },
}
_JOINS = {
    "u": "LEFT JOIN users AS u ON u.id = f.user_id",
    "c": "LEFT JOIN clients AS c ON c.id = f.client_id",
    "p": "LEFT JOIN projects AS p ON p.id = f.project_id",
    "t": "LEFT JOIN tasks AS t ON t.id = f.task_id",
}


@dataclass(frozen=True, slots=True)
class Followed:
    """The part of a filter that a fact can follow; `rest` names the fields it does not know."""

    where: Filter | None
    rest: frozenset[str]


def followed(fact: Fact, where: Filter | None) -> Followed:
    """What `fact` can follow of conditions that must all be true.

    Raises `MetricError` when one condition asks about what the fact knows and what it does not:
    neither following nor leaving it would be right.
    """
    known: list[Filter] = []
    rest: set[str] = set()
    for part in conjuncts(where) if where else ():
        asked = fields(part)
        unknown = asked - _COLUMNS[fact].keys()
        if not unknown:
            known.append(part)
        elif unknown == asked:
            rest |= unknown
        else:
            raise MetricError(
                f"Capacity cannot be filtered by {' and '.join(sorted(asked))} in one condition: "
                f"it is not recorded per {' or '.join(sorted(unknown))}.",
                remedy="Join conditions on people and on their work with `and`, not with `or`.",
            )
    return Followed(all_of(*known) if known else None, frozenset(rest))


def rows(fact: Fact, scope: Scope, joins: str = "") -> Sql:
    """FROM and WHERE: the rows of `fact`, called `f`, that are in scope, with more `joins`."""
    where = followed(fact, scope.where).where
    columns = _COLUMNS[fact]
    aliases = {columns[path].partition(".")[0] for path in fields(where)} if where else set()
    tables = [f"{fact} AS f", *(join for alias, join in _JOINS.items() if alias in aliases)]
    if joins:
        tables.append(joins)
    conditions = [Sql("f.day BETWEEN ? AND ?", (scope.start, _last_day(fact, scope)))]
    if where:
        conditions.append(around("(", condition(where, columns), ")"))
    return joined("", [Sql(f"FROM {' '.join(tables)} WHERE "), joined(" AND ", conditions)])


def _last_day(fact: Fact, scope: Scope) -> date:
    # Capacity is known for the days ahead too, but nobody can have worked them yet.
    return min(scope.end, scope.today) if fact is Fact.CAPACITY else scope.end
