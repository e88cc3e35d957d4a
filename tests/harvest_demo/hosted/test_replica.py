"""The copy that searches read: what it has, what it lacks, and when it catches up."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from harvest_client.entities import ENTITIES
from harvest_demo import Account, app, build
from harvest_demo.server.airbyte import Replica
from tests.harvest_demo.conftest import TODAY
from tests.harvest_demo.hosted.commanding import Commanding, serving

CHANGING = [entity.name for entity in ENTITIES.values() if entity.updated_since]
EUROS = {"filter": {"eq": {"currency": "EUR"}}}


@pytest.fixture
def own_app(own_account: Account) -> Starlette:
    return app(own_account, limits=False)


def ids(connection: Commanding, entity: str) -> set[int]:
    return {row["id"] for row in connection.search(entity, {})}


@pytest.mark.parametrize("days", [0, 30, 180])
def test_it_starts_late(account: Account, newest: Commanding, days: int) -> None:
    first = (TODAY - timedelta(days=days)).isoformat()
    with serving(app(account, limits=False, copy_days=days)) as connection:
        for entity in CHANGING:
            everything = newest.search(entity, {}, limit=30_000)

            assert ids(connection, entity) == {
                row["id"] for row in everything if row["updated_at"] >= first
            }


def test_what_nobody_touched_is_missing_and_references_to_it_dangle(account: Account) -> None:
    with serving(app(account, limits=False, copy_days=180)) as connection:
        entries = connection.search("time_entries", {})
        tasks = ids(connection, "tasks")

        assert 0 < len(entries) < len(account.entries)
        assert {row["task"]["id"] for row in entries} - tasks
        assert len(tasks) < len(account.tables["tasks"])
        assert len(ids(connection, "roles")) == len(account.tables["roles"])
        assert len(connection.search("company", {})) == 1


def test_it_lags_until_it_replicates(own_account: Account, own_app: Starlette) -> None:
    client = next(own_account.rows("clients"))
    entry = own_account.entries.ordered[-1]
    old = client["name"], entry.hours
    with serving(own_app) as connection:

        def seen() -> tuple[Any, Any]:
            (name,) = connection.search("clients", {"filter": {"eq": {"id": client["id"]}}})
            (hours,) = connection.search("time_entries", {"filter": {"eq": {"id": entry.id}}})
            return name["name"], hours["hours"]

        before = seen()
        client["name"], client["updated_at"] = "Renamed", own_account.moment()
        entry.hours, entry.updated_at = entry.hours + 1, own_account.moment()
        unchanged = seen()
        own_app.state.replica.replicate()
        after = seen()

    assert before == unchanged == (old[0], float(old[1]))
    assert after == ("Renamed", float(old[1] + 1))


def test_a_name_inside_another_record_is_as_old_as_that_record(
    own_account: Account, own_app: Starlette
) -> None:
    client = next(own_account.rows("clients"))
    old = client["name"]
    client["name"], client["updated_at"] = "Renamed", own_account.moment()
    own_account.copies.refresh("clients", client)

    own_app.state.replica.replicate()

    with serving(own_app) as connection:
        names = {
            row["client"]["name"]
            for row in connection.search("time_entries", {})
            if row["client"]["id"] == client["id"] and row["updated_at"] < TODAY.isoformat()
        }
    assert names == {old}


def test_two_changes_in_the_same_second_both_arrive(own_account: Account) -> None:
    own_account.now = lambda: datetime(2026, 11, 20, 12, tzinfo=UTC)
    own_app = app(own_account, limits=False)
    client = next(own_account.rows("clients"))
    with serving(own_app) as connection:
        for name in ("First", "Second"):
            client["name"], client["updated_at"] = name, own_account.moment()
            own_app.state.replica.replicate()

            assert name in {row["name"] for row in connection.search("clients", {})}


def test_it_cannot_forget(own_account: Account, own_app: Starlette) -> None:
    entry = own_account.entries.ordered[-1]
    own_account.entries.remove(entry)
    contact_id, _ = own_account.tables["contacts"].popitem()

    own_app.state.replica.replicate()

    with serving(own_app) as connection:
        assert entry.id in ids(connection, "time_entries")
        assert contact_id in ids(connection, "contacts")
        assert connection.execute("time_entries", "get", {"id": entry.id}).status_code == 404


def test_an_old_row_arrives_once_somebody_touches_it(own_account: Account) -> None:
    own_app = app(own_account, limits=False, copy_days=10)
    task = min(own_account.rows("tasks"), key=lambda row: row["updated_at"])
    with serving(own_app) as connection:
        assert task["id"] not in ids(connection, "tasks")
        task["updated_at"] = own_account.moment()
        own_app.state.replica.replicate()
        assert task["id"] in ids(connection, "tasks")


def test_a_long_read_meets_the_change(own_account: Account, own_app: Starlette) -> None:
    query = {"sort": [{"id": "asc"}]}
    with serving(own_app) as connection:
        cursor = connection.page("time_entries", query, limit=700)["meta"]["cursor"]
        entry = own_account.entries.ordered[-1]
        entry.notes, entry.updated_at = "Changed meanwhile", own_account.moment()
        own_app.state.replica.replicate()

        rows = connection.page("time_entries", query, limit=700, cursor=cursor)["data"]
        rows += connection.search("time_entries", query | {"filter": {"eq": {"id": entry.id}}})

    assert "Changed meanwhile" in {row["notes"] for row in rows}


@pytest.mark.parametrize(("days", "slices"), [(180, 1), (364, 1), (365, 2), (800, 3)])
def test_reports_are_kept_in_slices_that_nothing_tells_apart(
    account: Account, days: int, slices: int
) -> None:
    start = TODAY - timedelta(days=days)
    with serving(app(account, limits=False, copy_days=days)) as connection:
        expected: list[Any] = []
        for number in range(slices):
            first = start + timedelta(days=365 * number)
            last = min(first + timedelta(days=364), TODAY)
            window = {"from": f"{first:%Y%m%d}", "to": f"{last:%Y%m%d}", "per_page": 2000}
            expected += connection.result("time_projects", "list", window)

        found = connection.search("time_projects", {})

    assert sorted(map(repr, map(_sorted, found))) == sorted(map(repr, map(_sorted, expected)))


def test_a_later_run_writes_the_open_slice_again(own_account: Account) -> None:
    own_app = app(own_account, limits=False, copy_days=400)
    with serving(own_app) as connection:
        window = {"from": "20261016", "to": "20261120", "per_page": 2000}
        open_slice = connection.result("time_tasks", "list", window)
        before = connection.search("time_tasks", {})
        for _ in range(2):
            own_app.state.replica.replicate()
        after = connection.search("time_tasks", EUROS)

    assert len(before) > len(open_slice) > 0
    assert len(after) == sum(row["currency"] == "EUR" for row in before + 2 * open_slice)


def test_a_slice_ends_when_its_year_is_over(own_account: Account) -> None:
    replica = Replica(own_account, 364)
    rows = len(replica.tables["time_projects"])
    own_account.today += timedelta(days=1)

    replica.replicate()
    complete = len(replica.tables["time_projects"])
    replica.replicate()

    # The year is written again, now whole, and the new one has no work yet; then it rests.
    assert complete >= 2 * rows > 0
    assert len(replica.tables["time_projects"]) == complete


def test_an_account_without_time_has_a_copy_without_time() -> None:
    replica = Replica(Account(date(2026, 11, 20), {}), None)

    assert len(replica.tables["time_entries"]) == len(replica.tables["time_projects"]) == 0
    assert len(replica.tables["company"]) == 1


def test_its_rows_share_what_the_account_shares() -> None:
    replica = Replica(build(entries=2000, today=TODAY), None)
    table = replica.tables["time_entries"]
    place = table.names.index("client")

    clients = {id(row[place]) for row in table.rows()}

    assert len(table) == 2000
    assert len(clients) < 50


def _sorted(row: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(row.items())
