"""Time whose project or person changed is read again, although its `updated_at` did not move."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.sync.agency import Agency, Copy


@pytest.fixture
def agency() -> Agency:
    return Agency(entries=3_000)


@pytest.fixture
def copy(agency: Agency, tmp_path: Path) -> Copy:
    synced = Copy(agency, tmp_path, "direct")
    synced.first_sync()
    synced.sync()
    return synced


def change(agency: Agency, entity: str, id: int, **fields: Any) -> None:
    """Change a record of a short list, which then has a new `updated_at`."""
    (row,) = [row for row in agency.account.rows(entity) if row["id"] == id]
    row.update(fields, updated_at=agency.now)
    agency.account.version += 1


def priced(agency: Agency) -> list[Any]:
    return [entry for entry in agency.account.entries if entry.billable and entry.billable_rate]


def requests_of(copy: Copy) -> int:
    """Return the number of requests that a sync takes."""
    count = []
    agency = copy.agency
    handle = agency.handle_request

    def counted(request: Any) -> Any:
        count.append(request.url.path)
        return handle(request)

    agency.handle_request = counted  # type: ignore[method-assign]
    try:
        copy.sync()
    finally:
        agency.handle_request = handle  # type: ignore[method-assign]
    return len(count)


def test_sync_rereads_time_of_a_repriced_project(agency: Agency, copy: Copy) -> None:
    project = priced(agency)[0].project["id"]
    entries = [entry for entry in priced(agency) if entry.project["id"] == project]
    for entry in entries:
        entry.billable_rate += Decimal(10)
    change(agency, "projects", project, hourly_rate=Decimal("321.00"))

    copy.sync()

    stored = dict(
        copy.ask(f"SELECT id, billable_rate FROM time_facts WHERE project_id = {project}")
    )
    assert {entry.id: stored[entry.id] for entry in entries} == {
        entry.id: entry.billable_rate for entry in entries
    }


def test_sync_rereads_time_of_a_person_with_a_new_cost_rate(agency: Agency, copy: Copy) -> None:
    person = next(entry.user["id"] for entry in agency.account.entries if entry.cost_rate)
    entries = [entry for entry in agency.account.entries if entry.user["id"] == person]
    for entry in entries:
        entry.cost_rate = Decimal("77.00")
    change(agency, "users", person, cost_rate=Decimal("77.00"))

    copy.sync()

    found = copy.ask(f"SELECT DISTINCT cost_rate FROM time_facts WHERE user_id = {person}")
    assert found == [(Decimal("77.00"),)]


def test_sync_rereads_time_of_a_project_with_a_new_budget(agency: Agency, copy: Copy) -> None:
    project = next(iter(agency.account.entries)).project["id"]
    entries = [entry for entry in agency.account.entries if entry.project["id"] == project]
    flag = not entries[0].budgeted
    for entry in entries:
        entry.budgeted = flag
    (row,) = [row for row in agency.account.rows("projects") if row["id"] == project]
    other = "project" if row["budget_by"] != "project" else "project_cost"
    change(agency, "projects", project, budget_by=other, budget=Decimal(100))

    copy.sync()

    found = copy.ask(f"SELECT DISTINCT is_budgeted FROM time_facts WHERE project_id = {project}")
    assert found == [(flag,)]


def test_sync_rereads_nothing_for_a_new_name(agency: Agency, copy: Copy) -> None:
    quiet = requests_of(copy)
    project = next(iter(agency.account.entries)).project["id"]
    change(agency, "projects", project, name="Another name")

    assert requests_of(copy) == quiet


def test_sync_rereads_everything_once_when_all_people_are_repriced(
    agency: Agency, copy: Copy
) -> None:
    quiet = requests_of(copy)
    for row in agency.account.rows("users"):
        change(agency, "users", row["id"], default_hourly_rate=Decimal("99.00"))

    # 3,000 entries are two pages, where 30 people would be 30 requests.
    assert requests_of(copy) <= quiet + 4
