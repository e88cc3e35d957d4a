"""Everybody sees the rows and fields that Harvest's own API gives them, and nothing else.

Harvest is asked with a token of each person, our copy with their rights: entity by entity and
record by record.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from dashboard.access.rights import (
    COLUMN_NEEDS,
    Right,
    Viewer,
    entity_needs,
    field_needs,
    make_viewer,
)
from dashboard.config.errors import NoAccess, NotVisible
from dashboard.metrics.catalog import HOURS
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.store.search import search_snapshot
from dashboard.store.snapshots import Snapshot
from dashboard.store.viewers import viewer_by_email, viewer_of
from harvest_client.entities import ENTITIES
from harvest_client.models.fields import Field
from harvest_client.models.records import as_dict
from harvest_client.search import read_search
from tests.dashboard.access.kinds import PEOPLE
from tests.dashboard.sync.agency import TODAY, Agency
from tests.harvest_demo.asking import Asking

# What Harvest adds up itself, and what there is only one of.
_OTHERWISE = ("time_projects", "time_tasks", "company")


def test_rights_people_and_projects_are_what_harvest_knows(
    viewer: Viewer, agency: Agency, who: str
) -> None:
    assert viewer == known(agency, who)


@pytest.mark.parametrize("place", ["unknown", "archived"])
def test_whoever_is_not_there_any_more_has_no_access(whole: Snapshot, place: str) -> None:
    archived = "SELECT u.id, u.email FROM records.users AS u WHERE NOT u.is_active LIMIT 1"
    user_id, email = whole.rows(archived)[0] if place == "archived" else (1, "no@body.example")

    with pytest.raises(NoAccess):
        viewer_of(whole, user_id)
    with pytest.raises(NoAccess):
        viewer_by_email(whole, email)


@pytest.mark.parametrize("entity", [name for name in ENTITIES if name not in _OTHERWISE])
def test_records_are_those_that_harvest_shows_this_person(
    entity: str, seen: Snapshot, viewer: Viewer, theirs: Asking, agency: Agency
) -> None:
    path = f"/{entity}"
    if theirs.status(path, per_page=1) == 403:
        if entity == "users":  # but anybody may read their own record
            assert records(seen, entity).keys() == {viewer.user_id}
        else:
            assert refused_or_none(seen, entity)
        return
    expected = {row["id"]: row for row in theirs.all(path)}
    if entity == "invoices" and not viewer.sees_everything:
        # One that bills somebody else's project too is kept back: Harvest's help leaves that open.
        expected = {
            id: row
            for id, row in expected.items()
            if all(
                line["project"] is None or line["project"]["id"] in viewer.projects
                for line in row["line_items"]
            )
        }
    found = records(seen, entity)

    assert found.keys() == expected.keys()
    for id, record in found.items():
        for name, value in rates(ENTITIES[entity].fields, record):
            # A task's budget may be in money, and no record says so: it goes with the rates.
            kept_back = value is None and name.endswith("budget")
            assert kept_back or value == at(expected[id], name), (id, name)


@pytest.mark.parametrize(
    ("fact", "entity"),
    [
        ("time_facts", "time_entries"), ("expense_facts", "expenses"),
        ("invoice_facts", "invoices"), ("estimate_facts", "estimates"),
    ],
)  # fmt: skip
def test_facts_are_of_the_records_that_this_person_sees(
    fact: str, entity: str, seen: Snapshot, viewer: Viewer
) -> None:
    allowed = viewer.has_rights(entity_needs(entity, viewer))
    facts = {id for (id,) in seen.rows(f"SELECT t.id FROM {fact} AS t")}

    assert facts <= (records(seen, entity).keys() if allowed else set())
    if viewer.sees_everything:
        assert facts


@pytest.mark.parametrize("entity", ["time_projects", "time_tasks"])
def test_totals_over_all_time_are_of_what_this_person_sees(
    entity: str, seen: Snapshot, viewer: Viewer
) -> None:
    found = search_snapshot(seen, read_search(ENTITIES[entity], {"query": {}, "limit": 5000})).data
    total = query_metrics(
        seen, [HOURS], scope=Scope(start=date(2000, 1, 1), end=TODAY, today=TODAY)
    )

    assert sum(float(row.total_hours) for row in found) == pytest.approx(
        total.frame["hours"].iloc[0]
    )
    amounts = {row.billable_amount for row in found}
    assert (
        amounts - {None, Decimal(0)}
        if viewer.has_rights({Right.RATES})
        else amounts <= {None, Decimal(0)}
    )


def test_no_column_that_is_hidden_has_a_value(seen: Snapshot, viewer: Viewer) -> None:
    columns = seen.rows(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns"
        " WHERE table_catalog = current_database()"
    )
    hidden = [
        (schema, table, name)
        for schema, table, name in columns
        if name in COLUMN_NEEDS and not viewer.has_rights({COLUMN_NEEDS[name]})
    ]

    assert bool(hidden) is not viewer.sees_everything
    for schema, table, name in hidden:
        if name == "is_contractor" and schema == "records":
            continue  # one's own, and those of the people one manages: Harvest shows these
        sql = f'SELECT count("{name}") FROM {schema}.{table}'
        assert seen.rows(sql) == [(0,)], (table, name)


def test_what_is_behind_the_views_is_no_name_of_a_table(seen: Snapshot, viewer: Viewer) -> None:
    if viewer.sees_everything:
        return
    for table in ("tombstones", "records.company", "records.roles"):
        assert not seen.has_table(table)
        with pytest.raises(duckdb.CatalogException):
            seen.rows(f"SELECT * FROM {table}")


def test_who_sees_the_same_shares_answers_and_nobody_else(whole: Snapshot) -> None:
    def key(*roles: str, name: str = "Ada", mates: tuple[int, ...] = (2,), managed: int = 3) -> str:
        someone = make_viewer(
            user_id=1, name=name, access_roles=roles, teammates=mates, managed=[managed],
            shared_budgets=(),
        )  # fmt: skip
        return whole.for_viewer(someone).key

    keys = [
        key("manager"),
        key("manager", "billable_rates_manager"),
        key("manager", managed=4),
        key("manager", mates=()),
        key("member"),
        key("administrator"),
    ]

    assert len(set(keys)) == len(keys)
    assert key("manager", name="Bob") == keys[0]


def known(agency: Agency, who: str) -> Viewer:
    """What Harvest knows of somebody."""
    account, user_id = agency.account, PEOPLE[who]
    row = account.tables["users"][user_id]
    shared = {
        project_id
        for project_id in account.assigned_to(user_id)
        if account.tables["projects"][project_id]["show_budget_to_all"]
    }
    return make_viewer(
        user_id=user_id,
        name=f"{row['first_name']} {row['last_name']}",
        access_roles=row["access_roles"],
        teammates=account.teammates.get(user_id, ()),
        managed=account.managed_by(user_id),
        shared_budgets=shared,
    )


def records(seen: Snapshot, entity: str) -> dict[int, Any]:
    asked = read_search(ENTITIES[entity], {"query": {}, "limit": 10_000})
    return {record.id: as_dict(record) for record in search_snapshot(seen, asked).data}


def refused_or_none(seen: Snapshot, entity: str) -> bool:
    """Harvest refuses a list of which nothing would be shown; so do we, or show nothing."""
    try:
        return not records(seen, entity)
    except NotVisible:
        return True


def rates(fields: tuple[Field, ...], record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The paths that not everybody sees, with their values."""
    for field in fields:
        value = record.get(field.name)
        if field.fields and isinstance(value, Mapping):
            for path, inner in rates(field.fields, value):
                yield f"{field.name}.{path}", inner
        elif field_needs(field.name) or f"{field.name}" == "budget":
            yield field.name, value


def at(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = record[name]
    return record
