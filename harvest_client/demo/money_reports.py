"""Harvest's uninvoiced and project budget reports."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from harvest_client.demo.account import Account
from harvest_client.demo.copies import Row
from harvest_client.demo.entry import TimeEntry, cents
from harvest_client.demo.moments import first_of_month, next_month
from harvest_client.demo.permissions import Viewer
from harvest_client.demo.time_reports import client_of, project, short

_IN_MONEY = {"project_cost", "task_fees"}


@dataclass(slots=True)
class _Open:
    """Work on one project, and the part that is on no invoice."""

    hours: Decimal = Decimal(0)
    open_hours: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    expenses: Decimal = Decimal(0)


def uninvoiced(
    account: Account, entries: Iterable[TimeEntry], expenses: Iterable[Row], *,
    include_fixed_fee: bool,
) -> list[Row]:  # fmt: skip
    """One row per billable project with time or expenses, also when nothing of it is open.

    Fixed-fee work is worth its hours at their rates; without `include_fixed_fee` it is worth
    nothing, its hours and expenses stay.
    """
    found: dict[int, _Open] = defaultdict(_Open)
    projects = account.tables["projects"]
    for entry in entries:
        done = found[entry.project["id"]]
        done.hours += entry.rounded_hours
        if entry.billable and not entry.is_billed:
            done.open_hours += entry.rounded_hours
            if include_fixed_fee or not projects[entry.project["id"]]["is_fixed_fee"]:
                done.fees += entry.fees
    for row in expenses:
        done = found[row["project"]["id"]]
        if row["billable"] and not row["is_billed"]:
            done.expenses += row["total_cost"]
    return [
        {
            **client_of(account, project_id),
            **project(account, project_id),
            "currency": projects[project_id]["client"]["currency"],
            "total_hours": short(done.hours),
            "uninvoiced_hours": short(done.open_hours),
            "uninvoiced_expenses": short(done.expenses),
            "uninvoiced_amount": short(cents(done.fees + done.expenses)),
        }
        for project_id, done in sorted(found.items())
        if projects[project_id]["is_billable"]
    ]


def project_budget(viewer: Viewer, projects: Iterable[Row]) -> Iterator[Row]:
    """One row per project with a budget, as of now; money is null for who may not see rates."""
    account = viewer.account
    spent = _spent(account)
    for row in projects:
        if row["budget_by"] == "none":
            continue
        size, used = _size(account, row), spent.get(row["id"], Decimal(0))
        hidden = row["budget_by"] in _IN_MONEY and not viewer.sees_billable_rates
        yield {
            **project(account, row["id"]),
            **client_of(account, row["id"]),
            "budget_is_monthly": row["budget_is_monthly"],
            "budget_by": row["budget_by"],
            "is_active": row["is_active"],
            "budget": None if hidden else short(size),
            "budget_spent": None if hidden else short(used),
            "budget_remaining": None if hidden else short(size - used),
        }


def _size(account: Account, row: Row) -> Decimal:
    match row["budget_by"]:
        case "project":
            return row["budget"] or Decimal(0)
        case "project_cost":
            return row["cost_budget"] or Decimal(0)
        case "person":
            assignments = account.rows("user_assignments")
        case _:
            assignments = account.rows("task_assignments")
    mine = (other for other in assignments if other["project"]["id"] == row["id"])
    return sum((other["budget"] or Decimal(0) for other in mine), Decimal(0))


def _spent(account: Account) -> dict[int, Decimal]:
    """Return the used part of each project's budget, in the budget's unit."""
    projects = account.tables["projects"]
    month = first_of_month(account.today)
    used: dict[int, Decimal] = defaultdict(Decimal)
    for entry in account.entries:
        row = projects[entry.project["id"]]
        this_month = month <= entry.spent_date < next_month(month)
        if entry.budgeted and (this_month or not row["budget_is_monthly"]):
            money = row["budget_by"] in _IN_MONEY
            used[row["id"]] += entry.fees if money else entry.rounded_hours
    for expense in account.rows("expenses"):
        row = projects[expense["project"]["id"]]
        this_month = month <= expense["spent_date"] < next_month(month)
        counts = row["budget_by"] == "project_cost" and row["cost_budget_include_expenses"]
        if counts and (this_month or not row["budget_is_monthly"]):
            used[row["id"]] += expense["total_cost"]
    return {
        project_id: cents(amount) if projects[project_id]["budget_by"] in _IN_MONEY else amount
        for project_id, amount in used.items()
    }
