"""Harvest's reports, added up again here from the lists."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from harvest_client.entities import ENTITIES, REPORTS
from harvest_client.models.records import list_decoder
from harvest_demo import Account
from tests.harvest_demo.asking import Asking

WINDOWS = [
    (date(2026, 10, 1), date(2026, 10, 31)),
    (date(2025, 11, 21), date(2026, 11, 20)),
    (date(2024, 2, 29), date(2024, 2, 29)),
]
windows = pytest.mark.parametrize(("first", "last"), WINDOWS, ids=["month", "year", "leap day"])
TIME = {"clients": "client", "projects": "project", "tasks": "task", "team": "user"}
SPENT = {"clients": "client", "projects": "project", "categories": "expense_category",
         "team": "user"}  # fmt: skip
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@pytest.fixture(scope="module")
def projects(asking: Asking) -> dict[int, Any]:
    return {row["id"]: row for row in asking.all("/projects")}


@dataclass(frozen=True)
class Listed:
    """What the lists say about each window, read once."""

    entries: dict[date, list[Any]]
    expenses: dict[date, list[Any]]


@pytest.fixture(scope="module")
def listed(asking: Asking) -> Listed:
    def read(path: str) -> dict[date, list[Any]]:
        return {
            first: asking.all(path, **{"from": first.isoformat(), "to": last.isoformat()})
            for first, last in WINDOWS
        }

    return Listed(read("/time_entries"), read("/expenses"))


def _worth(entry: Any) -> Decimal:
    return Decimal(entry["rounded_hours"]) * Decimal(entry["billable_rate"] or 0)


@windows
@pytest.mark.parametrize("subject", TIME)
@pytest.mark.parametrize("fixed_fee", ["", "false", "true"])
def test_time_reports_are_sums_of_rounded_hours(
    asking: Asking, listed: Listed, projects: dict[int, Any], subject: str, fixed_fee: str,
    first: date, last: date,
) -> None:  # fmt: skip
    hours: dict[Any, Decimal] = defaultdict(Decimal)
    billable: dict[Any, Decimal] = defaultdict(Decimal)
    amount: dict[Any, Decimal] = defaultdict(Decimal)
    for entry in listed.entries[first]:
        project = projects[entry["project"]["id"]]
        key = entry[TIME[subject]]["id"], project["client"]["currency"]
        hours[key] += Decimal(entry["rounded_hours"])
        if entry["billable"]:
            billable[key] += Decimal(entry["rounded_hours"])
            if fixed_fee == "true" or not project["is_fixed_fee"]:
                amount[key] += _worth(entry)
    query = {"include_fixed_fee": fixed_fee} if fixed_fee else {}

    rows = asking.all(f"/reports/time/{subject}", **_window(first, last), **query)

    found = {(row[f"{TIME[subject]}_id"], row["currency"]): row for row in rows}
    assert found.keys() == hours.keys()
    assert len(found) == len(rows)
    for key, row in found.items():
        assert row["total_hours"] == hours[key]
        assert row["billable_hours"] == billable[key]
        assert row["billable_amount"] == cents(amount[key])


@windows
@pytest.mark.parametrize("subject", SPENT)
def test_expense_reports_are_sums_of_expenses(
    asking: Asking, listed: Listed, subject: str, first: date, last: date
) -> None:
    total: dict[Any, Decimal] = defaultdict(Decimal)
    billable: dict[Any, Decimal] = defaultdict(Decimal)
    for expense in listed.expenses[first]:
        key = expense[SPENT[subject]]["id"], expense["client"]["currency"]
        total[key] += Decimal(expense["total_cost"])
        billable[key] += Decimal(expense["total_cost"]) if expense["billable"] else 0

    rows = asking.all(f"/reports/expenses/{subject}", **_window(first, last))

    found = {(row[f"{SPENT[subject]}_id"], row["currency"]): row for row in rows}
    assert {key: row["total_amount"] for key, row in found.items()} == dict(total)
    assert {key: row["billable_amount"] for key, row in found.items()} == dict(billable)


@windows
def test_uninvoiced_is_what_is_billable_and_not_billed(
    asking: Asking, listed: Listed, projects: dict[int, Any], first: date, last: date
) -> None:
    fees: dict[int, Decimal] = defaultdict(Decimal)
    costs: dict[int, Decimal] = defaultdict(Decimal)
    for entry in listed.entries[first]:
        fees[entry["project"]["id"]] += 0 if entry["is_billed"] else _worth(entry)
    for row in listed.expenses[first]:
        open_cost = row["billable"] and not row["is_billed"]
        costs[row["project"]["id"]] += Decimal(row["total_cost"]) if open_cost else 0
    worked = {project for project in {*fees, *costs} if projects[project]["is_billable"]}

    rows = asking.all("/reports/uninvoiced", **_window(first, last))
    hourly = asking.all("/reports/uninvoiced", **_window(first, last), include_fixed_fee="false")

    assert {row["project_id"] for row in rows} == worked
    for row in rows:
        project = row["project_id"]
        assert row["uninvoiced_expenses"] == costs[project]
        assert row["uninvoiced_amount"] == cents(fees[project] + costs[project])
    for row in hourly:
        project = row["project_id"]
        worth = Decimal(0) if projects[project]["is_fixed_fee"] else fees[project]
        assert row["uninvoiced_amount"] == cents(worth + costs[project])


def test_budgets_count_hours_or_money_this_month_or_ever(
    asking: Asking, projects: dict[int, Any]
) -> None:
    entries, expenses = asking.all("/time_entries"), asking.all("/expenses")

    rows = asking.all("/reports/project_budget")

    budgeted = {i for i, project in projects.items() if project["budget_by"] != "none"}
    assert {row["project_id"] for row in rows} == budgeted
    for row in rows:
        project = projects[row["project_id"]]
        since = "2026-11-01" if project["budget_is_monthly"] else "2000-01-01"
        mine = [
            entry
            for entry in entries
            if entry["project"]["id"] == row["project_id"]
            and entry["budgeted"]
            and entry["spent_date"] >= since
        ]
        if project["budget_by"] in ("project_cost", "task_fees"):
            spent = sum((_worth(entry) for entry in mine), Decimal(0))
        else:
            spent = sum((Decimal(entry["rounded_hours"]) for entry in mine), Decimal(0))
        if project["budget_by"] == "project_cost" and project["cost_budget_include_expenses"]:
            spent += sum(
                Decimal(expense["total_cost"])
                for expense in expenses
                if expense["project"]["id"] == row["project_id"] and expense["spent_date"] >= since
            )
        assert row["budget_spent"] == cents(spent)
        assert row["budget_remaining"] == row["budget"] - row["budget_spent"]


@pytest.mark.parametrize("path", ["/reports/time/projects", "/reports/expenses/projects"])
def test_time_and_expense_reports_print_the_code_before_the_name(
    asking: Asking, projects: dict[int, Any], path: str
) -> None:
    for row in asking.all(path, **_window(*WINDOWS[1])):
        project = projects[row["project_id"]]
        code = f"[{project['code']}] " if project["code"] else ""
        assert row["project_name"] == code + project["name"]


def test_the_other_reports_print_the_bare_name(asking: Asking, projects: dict[int, Any]) -> None:
    uninvoiced = asking.all("/reports/uninvoiced", **_window(*WINDOWS[1]))
    budgets = asking.all("/reports/project_budget")

    for row in uninvoiced + budgets:
        assert row["project_name"] == projects[row["project_id"]]["name"]


def test_a_person_or_task_in_two_currencies_has_two_rows(asking: Asking) -> None:
    team = asking.all("/reports/time/team", **_window(*WINDOWS[1]))

    assert len({row["user_id"] for row in team}) < len(team)


def test_running_timers_count(account: Account, asking: Asking) -> None:
    running = [entry for entry in account.entries if entry.is_running]
    projects = {entry.project["id"] for entry in running}
    today = account.today

    rows = asking.all("/reports/time/projects", **_window(today, today))

    assert projects <= {row["project_id"] for row in rows}
    on_day = [entry for entry in account.entries if entry.spent_date == today]
    assert sum(row["total_hours"] for row in rows) == sum(e.rounded_hours for e in on_day)


@pytest.mark.parametrize("name", [*REPORTS, "time_projects", "time_tasks"])
def test_rows_have_the_fields_of_the_table(asking: Asking, name: str) -> None:
    entity = (REPORTS | ENTITIES)[name]
    query = {} if name == "project_budget" else _window(*WINDOWS[1])

    response = asking.send("GET", entity.path or "", params=query)

    assert list_decoder(entity).decode(response.content).total_entries
    for row in response.json()["results"]:
        assert row.keys() == {field.name for field in entity.fields}


def test_both_spellings_of_a_day_mean_the_same(asking: Asking) -> None:
    first, last = WINDOWS[0]
    spelled = {"from": first.isoformat(), "to": last.isoformat()}

    assert asking.all("/reports/time/team", **_window(first, last)) == asking.all(
        "/reports/time/team", **spelled
    )


def test_a_window_of_365_days_is_the_longest(asking: Asking) -> None:
    first = date(2025, 1, 1)

    assert asking.status("/reports/time/team", **_window(first, first + timedelta(364))) == 200
    assert asking.status("/reports/time/team", **_window(first, first + timedelta(365))) == 422


@pytest.mark.parametrize("missing", ["from", "to"])
@pytest.mark.parametrize(
    "path", ["/reports/time/tasks", "/reports/expenses/team", "/reports/uninvoiced"]
)
def test_a_window_needs_both_ends(asking: Asking, path: str, missing: str) -> None:
    window = _window(*WINDOWS[0])
    del window[missing]

    assert asking.status(path, **window) == 422


def test_reports_come_in_pages(asking: Asking) -> None:
    whole = asking.all("/reports/time/team", **_window(*WINDOWS[1]))

    pages = asking.pages("/reports/time/team", **_window(*WINDOWS[1]), per_page=10)

    assert len(pages) > 2
    assert [row for page in pages for row in page["results"]] == whole
    assert "from=20251121" in pages[0]["links"]["next"]


def _window(first: date, last: date) -> dict[str, str]:
    return {"from": f"{first:%Y%m%d}", "to": f"{last:%Y%m%d}"}
