"""Two people get different rows and columns from the same call, as in Harvest."""

from collections.abc import Mapping
from typing import Any

import pytest

from harvest_demo import MANAGER_TOKEN, MEMBER_TOKEN, Account
from tests.harvest_demo.asking import Asking

WINDOW = {"from": "20251201", "to": "20261120"}
# What a manager with the rights to clients, tasks and billable rates gets, and a plain member.
STATUS: Mapping[str, tuple[int, int]] = {
    "/users/me": (200, 200),
    "/company": (403, 403),
    "/roles": (403, 403),
    "/expense_categories": (403, 403),
    "/estimate_item_categories": (403, 403),
    "/users": (200, 403),
    "/clients": (200, 403),
    "/contacts": (200, 403),
    "/tasks": (200, 403),
    "/projects": (200, 403),
    "/task_assignments": (200, 403),
    "/user_assignments": (200, 403),
    "/invoice_item_categories": (200, 403),
    "/time_entries": (200, 200),
    "/expenses": (200, 200),
    "/invoices": (403, 403),
    "/invoices/16650701/payments": (403, 403),
    "/estimates": (403, 403),
    "/users/4410021/billable_rates": (403, 403),
    "/users/4410021/cost_rates": (403, 403),
    "/users/4410022/teammates": (403, 403),
    "/reports/time/team?from=20251201&to=20261120": (200, 200),
    "/reports/expenses/team?from=20251201&to=20261120": (200, 200),
    "/reports/uninvoiced?from=20251201&to=20261120": (403, 403),
    "/reports/project_budget": (200, 200),
}


@pytest.fixture
def manager(asking: Asking) -> Asking:
    return Asking(asking.transport, MANAGER_TOKEN)


@pytest.fixture
def member(asking: Asking) -> Asking:
    return Asking(asking.transport, MEMBER_TOKEN)


@pytest.fixture
def invoicer(account: Account, asking: Asking) -> Asking:
    """A manager who may draw invoices and estimates, but may not see rates."""
    user = account.tables["users"][4410023]
    assert "managed_projects_invoice_manager" in user["access_roles"]
    account.tokens["invoicer"] = user["id"]
    return Asking(asking.transport, "invoicer")


@pytest.mark.parametrize("path", STATUS)
def test_a_manager_and_a_member_may_ask_for(manager: Asking, member: Asking, path: str) -> None:
    assert (manager.status(path), member.status(path)) == STATUS[path]


def test_an_administrator_may_ask_for_everything(asking: Asking) -> None:
    assert {asking.status(path) for path in STATUS} == {200}


def test_a_member_sees_only_their_own_time_and_expenses(asking: Asking, member: Asking) -> None:
    me = member.get("/users/me")["id"]

    for path in ("/time_entries", "/expenses"):
        own = [row["id"] for row in asking.all(path, user_id=me)]
        assert own
        assert [row["id"] for row in member.all(path)] == own


def test_a_manager_sees_own_time_teammates_and_managed_projects(
    account: Account, asking: Asking, manager: Asking
) -> None:
    me = manager.get("/users/me")["id"]
    people, managed = {me, *account.teammates[me]}, account.managed_by(me)
    expected = [
        row["id"]
        for row in asking.all("/time_entries", **WINDOW)
        if row["user"]["id"] in people or row["project"]["id"] in managed
    ]

    seen = manager.all("/time_entries", **WINDOW)

    assert [row["id"] for row in seen] == expected
    assert len(expected) < asking.get("/time_entries", **WINDOW, per_page=1)["total_entries"]
    assert {row["id"] for row in manager.all("/projects")} == managed
    assert {row["id"] for row in manager.all("/users")} == people


def test_an_administrator_is_told_whom_a_manager_manages(
    account: Account, asking: Asking, manager: Asking, member: Asking
) -> None:
    me, other = manager.get("/users/me")["id"], member.get("/users/me")["id"]

    told = asking.all(f"/users/{me}/teammates")

    assert {row["id"] for row in told} == account.teammates[me]
    assert {tuple(row) for row in told} == {("id", "first_name", "last_name", "email")}
    assert asking.all("/users/4410023/teammates") == []  # a manager of nobody
    assert asking.status(f"/users/{other}/teammates") == 422
    assert asking.status("/users/1/teammates") == 404


def test_what_a_person_may_not_see_is_not_found_one_by_one(
    asking: Asking, member: Asking, manager: Asking
) -> None:
    seen = {row["id"] for row in member.all("/time_entries", **WINDOW)}
    hidden = next(r["id"] for r in asking.all("/time_entries", **WINDOW) if r["id"] not in seen)
    managed = {row["id"] for row in manager.all("/projects")}
    other = next(row["id"] for row in asking.all("/projects") if row["id"] not in managed)

    assert member.status(f"/time_entries/{hidden}") == 404
    assert manager.status(f"/projects/{other}") == 404


def test_cost_is_for_administrators(asking: Asking, manager: Asking, member: Asking) -> None:
    for token in (manager, member):
        assert {row["cost_rate"] for row in token.all("/time_entries", **WINDOW)} == {None}
    assert {row["cost_rate"] for row in manager.all("/users")} == {None}
    assert asking.get("/users/me")["cost_rate"] > 0


def test_billable_rates_are_for_those_who_may_see_them(manager: Asking, member: Asking) -> None:
    assert _rates(member.all("/time_entries", **WINDOW)) == {None}
    assert len(_rates(manager.all("/time_entries", **WINDOW))) > 2
    assert member.get("/users/me")["default_hourly_rate"] is None


def test_amounts_and_currency_go_with_the_billable_rates(manager: Asking, member: Asking) -> None:
    allowed = manager.all("/reports/time/projects", **WINDOW)
    blind = member.all("/reports/time/projects", **WINDOW)

    assert all(row["currency"] and row["billable_amount"] is not None for row in allowed)
    assert {(row["currency"], row["billable_amount"]) for row in blind} == {(None, None)}
    assert all(row["total_hours"] for row in blind)


def test_reports_add_up_only_what_the_person_sees(member: Asking) -> None:
    entries = member.all("/time_entries", **WINDOW)

    (row,) = member.all("/reports/time/team", **WINDOW, per_page=2000)[:1]

    assert row["user_id"] == member.get("/users/me")["id"]
    hours = sum(entry["rounded_hours"] for entry in entries)
    assert sum(r["total_hours"] for r in member.all("/reports/time/team", **WINDOW)) == hours


def test_an_invoicing_manager_sees_invoices_of_managed_projects(
    account: Account, asking: Asking, invoicer: Asking
) -> None:
    managed = account.managed_by(4410023)
    expected = [
        row["id"]
        for row in asking.all("/invoices")
        if any(line["project"] and line["project"]["id"] in managed for line in row["line_items"])
    ]

    assert [row["id"] for row in invoicer.all("/invoices")] == expected
    assert invoicer.status("/estimates") == 200
    assert invoicer.status("/clients") == 403
    assert {r["project_id"] for r in invoicer.all("/reports/uninvoiced", **WINDOW)} <= managed


def test_a_member_sees_budgets_that_are_shown_to_all(account: Account, member: Asking) -> None:
    me = member.get("/users/me")["id"]
    shown = {row["id"] for row in account.rows("projects") if row["show_budget_to_all"]}

    rows = member.all("/reports/project_budget")

    assert {row["project_id"] for row in rows} == shown & account.assigned_to(me)


def test_a_member_edits_their_own_open_time_and_nothing_else(editing: Asking) -> None:
    member = Asking(editing.transport, MEMBER_TOKEN)
    mine = [row["id"] for row in member.all("/time_entries")]
    foreign = next(r["id"] for r in editing.all("/time_entries") if r["id"] not in mine)
    open_one = next(r for r in member.all("/time_entries") if not r["is_locked"])
    locked = next(r for r in member.all("/time_entries") if r["is_locked"])
    notes = {"notes": "mine"}

    assert member.send("PATCH", f"/time_entries/{open_one['id']}", json=notes).status_code == 200
    assert member.send("PATCH", f"/time_entries/{locked['id']}", json=notes).status_code == 422
    assert member.send("PATCH", f"/time_entries/{foreign}", json=notes).status_code == 404
    assert member.send("PATCH", "/clients/7720101", json={"name": "x"}).status_code == 403


def _rates(rows: list[Any]) -> set[Any]:
    return {row["billable_rate"] for row in rows} | {
        row["task_assignment"]["hourly_rate"] for row in rows
    }
