"""Edits, as others make them while we are not looking, and what a later read shows of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from harvest_demo import Account
from tests.harvest_demo.asking import Asking

NOW = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC) + timedelta(hours=1)
SINCE = "2026-11-21T00:00:00Z"


@pytest.fixture(autouse=True)
def at(own_account: Account) -> None:
    own_account.now = lambda: NOW


def _changed(asking: Asking, path: str) -> list[int]:
    return [row["id"] for row in asking.all(path, updated_since=SINCE)]


def _entry(asking: Asking, **query: Any) -> Any:
    return asking.get("/time_entries", **query, per_page=1)["time_entries"][0]


def _patch(asking: Asking, path: str, **body: Any) -> Any:
    response = asking.send("PATCH", path, json=body)
    assert response.status_code == 200, response.text
    return response.json(parse_float=Decimal)


def test_an_edited_entry_is_rounded_priced_and_found_by_updated_since(editing: Asking) -> None:
    entry = _entry(editing, is_running="false")

    _patch(editing, f"/time_entries/{entry['id']}", hours=2.02, notes="new")

    found = editing.get(f"/time_entries/{entry['id']}")
    assert (found["hours"], found["rounded_hours"]) == (Decimal("2.02"), Decimal("2.25"))
    assert found["hours_without_timer"] == found["hours"]
    assert found["notes"] == "new"
    assert found["created_at"] == entry["created_at"]
    assert found["updated_at"] == "2026-11-21T00:59:59Z"
    assert _changed(editing, "/time_entries") == [entry["id"]]


def test_a_new_entry_takes_its_place_in_the_order(editing: Asking) -> None:
    like = _entry(editing, to="2026-03-31")
    body = {
        "project_id": like["project"]["id"],
        "task_id": like["task"]["id"],
        "user_id": like["user"]["id"],
        "spent_date": "2026-02-03",
        "hours": 1.5,
    }

    response = editing.send("POST", "/time_entries", json=body)

    created = response.json(parse_float=Decimal)
    assert response.status_code == 201
    assert created["billable_rate"] == like["billable_rate"]
    assert created["client"] == like["client"]
    assert editing.get("/time_entries")["total_entries"] == 1501
    assert _entry(editing, to="2026-02-03") == created
    assert _changed(editing, "/time_entries") == [created["id"]]


def test_an_entry_without_hours_starts_a_timer_that_can_be_stopped_and_restarted(
    editing: Asking, own_account: Account
) -> None:
    like = _entry(editing)
    body = {
        "project_id": like["project"]["id"],
        "task_id": like["task"]["id"],
        "user_id": like["user"]["id"],
        "spent_date": "2026-11-20",
    }
    created = editing.send("POST", "/time_entries", json=body).json()
    path = f"/time_entries/{created['id']}"

    own_account.now = lambda: NOW + timedelta(minutes=50)
    stopped = _patch(editing, f"{path}/stop")
    restarted = _patch(editing, f"{path}/restart")

    assert created["is_running"]
    assert created["timer_started_at"] == "2026-11-21T00:59:59Z"
    assert (stopped["hours"], stopped["rounded_hours"]) == (Decimal("0.83"), 1)
    assert not stopped["is_running"]
    assert stopped["timer_started_at"] is None
    assert restarted["is_running"]
    assert restarted["hours_without_timer"] == Decimal("0.83")
    assert editing.send("PATCH", f"{path}/restart").status_code == 422


def test_a_deleted_entry_leaves_no_trace(editing: Asking) -> None:
    entry = _entry(editing)

    assert editing.send("DELETE", f"/time_entries/{entry['id']}").status_code == 200

    assert editing.status(f"/time_entries/{entry['id']}") == 404
    assert editing.get("/time_entries")["total_entries"] == 1499
    assert _changed(editing, "/time_entries") == []


def test_a_moved_entry_is_on_its_new_day_and_on_no_other(editing: Asking) -> None:
    entry = _entry(editing, is_running="false")

    _patch(editing, f"/time_entries/{entry['id']}", spent_date="2025-05-05")

    day = editing.all("/time_entries", **{"from": "2025-05-05", "to": "2025-05-05"})
    assert entry["id"] in {row["id"] for row in day}
    everywhere = [row["id"] for row in editing.all("/time_entries")]
    assert everywhere.count(entry["id"]) == 1


def test_a_new_task_rate_reprices_old_time_without_touching_it(editing: Asking) -> None:
    rows = editing.all("/task_assignments")
    by_task = {p["id"] for p in editing.all("/projects") if p["bill_by"] == "Tasks"}
    worked = {row["task_assignment"]["id"] for row in editing.all("/time_entries")}
    row = next(
        row
        for row in rows
        if row["billable"] and row["id"] in worked and row["project"]["id"] in by_task
    )

    path = f"/projects/{row['project']['id']}/task_assignments/{row['id']}"
    _patch(editing, path, hourly_rate=333.25)

    entries = [e for e in editing.all("/time_entries") if e["task_assignment"]["id"] == row["id"]]
    assert entries
    assert {entry["billable_rate"] for entry in entries} == {Decimal("333.25")}
    assert {entry["task_assignment"]["hourly_rate"] for entry in entries} == {Decimal("333.25")}
    assert _changed(editing, "/time_entries") == []
    assert _changed(editing, "/task_assignments") == [row["id"]]


def test_a_rate_without_a_start_replaces_a_persons_history(editing: Asking) -> None:
    _patch(editing, "/users/4410021", cost_rate=77.5)

    (rate,) = editing.all("/users/4410021/cost_rates")
    mine = editing.all("/time_entries", user_id=4410021)
    assert rate["amount"] == Decimal("77.5")
    assert {entry["cost_rate"] for entry in mine} == {Decimal("77.5")}
    assert _changed(editing, "/time_entries") == []


def test_a_project_that_stops_being_billable_takes_its_time_along(editing: Asking) -> None:
    project = _entry(editing, client_id=7720101)["project"]["id"]

    _patch(editing, f"/projects/{project}", is_billable=False)

    entries = editing.all("/time_entries", project_id=project)
    assert {(entry["billable"], entry["billable_rate"]) for entry in entries} == {(False, None)}


def test_a_rename_shows_wherever_the_name_is_repeated(editing: Asking) -> None:
    _patch(editing, "/clients/7720101", name="Neuer Name")
    _patch(editing, "/users/4410021", first_name="Mia")

    assert {p["client"]["name"] for p in editing.all("/projects", client_id=7720101)} == {
        "Neuer Name"
    }
    assert _entry(editing, client_id=7720101)["client"]["name"] == "Neuer Name"
    assert _entry(editing, user_id=4410021)["user"]["name"] == "Mia Lindqvist-Okafor"
    assert _changed(editing, "/time_entries") == []
    assert _changed(editing, "/clients") == [7720101]


def test_a_deleted_project_takes_time_and_expenses_but_not_invoices(editing: Asking) -> None:
    invoices = editing.all("/invoices")
    project = next(x["project"]["id"] for i in invoices for x in i["line_items"] if x["project"])
    before = editing.get("/time_entries")["total_entries"]
    gone = editing.get("/time_entries", project_id=project)["total_entries"]

    assert editing.send("DELETE", f"/projects/{project}").status_code == 200

    assert gone > 0
    assert editing.get("/time_entries")["total_entries"] == before - gone
    assert editing.all("/expenses", project_id=project) == []
    assert editing.all("/invoices") == invoices
    assert editing.status(f"/projects/{project}") == 404


def test_a_deleted_invoice_makes_its_hours_open_again(editing: Asking) -> None:
    entry = next(row for row in editing.all("/time_entries", is_billed="true") if row["invoice"])
    billed = [
        row["id"] for row in editing.all("/time_entries") if row["invoice"] == entry["invoice"]
    ]

    editing.send("DELETE", f"/invoices/{entry['invoice']['id']}")

    assert _changed(editing, "/time_entries") == billed
    freed = editing.get(f"/time_entries/{entry['id']}")
    assert (freed["is_billed"], freed["invoice"]) == (False, None)
    assert freed["locked_reason"] != "Item Invoiced"


@pytest.mark.parametrize("path", ["/clients/7720101", "/users/4410021", "/tasks/9930301"])
def test_what_is_in_use_can_only_be_archived(editing: Asking, path: str) -> None:
    assert editing.send("DELETE", path).status_code == 422

    assert not _patch(editing, path, is_active=False)["is_active"]


def test_an_expense_is_edited_and_deleted(editing: Asking) -> None:
    row = editing.all("/expenses")[0]

    assert _patch(editing, f"/expenses/{row['id']}", total_cost=12.5)["total_cost"] == Decimal(
        "12.5"
    )
    assert _changed(editing, "/expenses") == [row["id"]]
    assert editing.send("DELETE", f"/expenses/{row['id']}").status_code == 200
    assert editing.status(f"/expenses/{row['id']}") == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"hours": 25}', 422),
        (b'{"hours": "NaN"}', 422),
        (b'{"spent_date": "2026-02-30"}', 422),
        (b'{"project_id": 1}', 422),
    ],
)
def test_a_bad_edit_is_refused_and_changes_nothing(
    editing: Asking, body: bytes, status: int
) -> None:
    entry = _entry(editing)

    response = editing.send("PATCH", f"/time_entries/{entry['id']}", content=body)

    assert response.status_code == status
    assert editing.get(f"/time_entries/{entry['id']}") == entry


def test_writes_are_stamped_with_the_real_time_but_never_before_today(account: Account) -> None:
    began = datetime(2026, 11, 20, tzinfo=UTC)

    assert account.now is None
    assert account.moment() >= max(began, datetime.now(UTC) - timedelta(seconds=5))
