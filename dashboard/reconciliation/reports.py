"""Harvest's reports by project, and what our records say that each must show.

A report has fields; each is the value of a metric of ours. What it shows depends on readings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dashboard.reconciliation import readings as r
from dashboard.reconciliation.budgets import add_fees, budget_sums
from dashboard.reconciliation.readings import Reading
from dashboard.reconciliation.sums import ZERO, Key, Sums, Values, expense_sums, time_sums
from dashboard.store.snapshots import Snapshot

_OPEN_WORK = ("uninvoiced_hours", "unbilled_hours", "uninvoiced_expenses")

Expected = Mapping[str, Decimal | None]
"""The value of each field; None where our copy does not have what it takes to know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One of Harvest's reports with a row for each project and currency.

    `metrics` maps each field to the metric that says the same. `sums` reads ours for a window of
    days; `expect` calculates the row that the readings imply. `archived` is the reading that
    decides whether archived projects are listed. A report without a window is of today.
    """

    id: str
    label: str
    report: str
    metrics: Mapping[str, str]
    entity: str
    readings: tuple[Reading, ...]
    archived: Reading
    sums: Callable[[Snapshot, date, date], dict[Key, Sums]]
    expect: Callable[[Sums, Values], Expected]
    hosted: bool = False
    has_window: bool = True
    only_billable: bool = False
    parameters: Mapping[str, object] = field(default_factory=dict)

    def has_row(self, sums: Sums, values: Values) -> bool:
        """Return whether the report has a row of this project, if it has any values."""
        project = sums.project
        if self.only_billable and not project.is_billable:
            return False
        if not self.has_window and "budget" not in sums.stopped:
            return False
        if self.only_billable and project.is_fixed_fee and not _has_open_work(sums):
            return False  # a fee has no day, and need not be in a window
        return project.is_active or values[self.archived.id] == "listed"

    def excludes_project(self, sums: Sums, values: Values) -> bool:
        """Return whether the report leaves out this project, which is known to be archived."""
        project = sums.project
        return project.is_known and not project.is_active and values[self.archived.id] == "left out"

    def hides_archived(self, sums: Sums, values: Values) -> bool:
        """Return whether the report leaves out this archived project, which has values."""
        if sums.project.is_active or values[self.archived.id] == "listed":
            return False
        return any(self.expect(sums, values).values())


def _expect_time(sums: Sums, values: Values) -> Expected:
    amount = ZERO if sums.project.is_fixed_fee else sums.get_amount("billable", values)
    return {
        "total_hours": sums.get_total("hours", values),
        "billable_hours": sums.get_total("billable_hours", values),
        "billable_amount": sums.round_amount(amount, values) if sums.is_worth_known else None,
    }


def _expect_expenses(sums: Sums, values: Values) -> Expected:
    return {
        "total_amount": sums.round_amount(sums.get_amount("expenses", values), values),
        "billable_amount": sums.round_amount(sums.get_amount("billable_expenses", values), values),
    }


def _expect_uninvoiced(sums: Sums, values: Values) -> Expected:
    is_fixed_fee = sums.project.is_fixed_fee
    of = "uninvoiced_hours" if values[r.UNINVOICED_HOURS.id] == "billable" else "unbilled_hours"
    hours = sums.get_total(of, values)
    if is_fixed_fee and values[r.FIXED_FEE_HOURS.id] == "left out":
        hours = ZERO
    expenses = sums.get_amount("uninvoiced_expenses", values)
    time = _fixed_fee(sums, values) if is_fixed_fee else sums.get_amount("uninvoiced_time", values)
    return {
        "uninvoiced_hours": hours,
        "uninvoiced_expenses": sums.round_amount(expenses, values),
        "uninvoiced_amount": _add_sums(
            sums, time, expenses, values, apart=values[r.UNINVOICED_SUM.id] == "apart"
        )
        if sums.is_worth_known
        else None,
    }


def _has_open_work(sums: Sums) -> bool:
    return any(sums.stopped.get(name) or sums.running.get(name) for name in _OPEN_WORK)


def _fixed_fee(sums: Sums, values: Values) -> Decimal:
    """Return what a fixed-fee project has uninvoiced, its expenses apart."""
    way = values[r.FIXED_FEE_AMOUNT.id]
    if way == "nothing":
        return ZERO
    if way == "hours at rates":
        return sums.get_amount("uninvoiced_time", values)
    end = "_in_time" if values[r.FIXED_FEE_UNTIL.id] == "end" else ""
    end += "_with_expenses" if values[r.FIXED_FEE_LINES.id] == "all" else ""
    remaining = sums.stopped.get("fee", ZERO) - sums.stopped.get(f"fee_invoiced{end}", ZERO)
    if way == "fee less invoiced and drafts":
        remaining -= sums.stopped.get(f"fee_drafted{end}", ZERO)
    return max(remaining, ZERO) if values[r.FIXED_FEE_FLOOR.id] == "zero" else remaining


def _expect_budget(sums: Sums, values: Values) -> Expected:
    budget = sums.stopped.get("budget")
    if not sums.project.is_known:
        return {"budget": None, "budget_spent": None}
    if budget is None or "began_before" in sums.stopped:
        return {"budget": budget or ZERO, "budget_spent": None}
    ahead = ("", "_ahead") if values[r.BUDGET_AHEAD.id] == "counted" else ("",)
    kind = values[r.BUDGET_HOURS.id]
    if values[r.BUDGET_BLANKS.id] == "left out":
        kind += "_on_budgets"
    if "is_hours" in sums.stopped:
        spent = sum((sums.get_total(f"{kind}_hours{end}", values) for end in ahead), ZERO)
        return {"budget": budget, "budget_spent": spent}
    of = values[r.BUDGET_EXPENSES.id]
    if not sums.is_worth_known:
        return {"budget": budget, "budget_spent": None}
    fees = sum((sums.get_amount(f"{kind}_fees{end}", values) for end in ahead), ZERO)
    expenses = sum((sums.get_amount(f"{of}_expenses{end}", values) for end in ahead), ZERO)
    apart = values[r.BUDGET_SUM.id] == "apart"
    spent = _add_sums(sums, fees, expenses, values, apart=apart)
    return {"budget": budget, "budget_spent": spent}


def _add_sums(sums: Sums, item: Decimal, other: Decimal, values: Values, *, apart: bool) -> Decimal:
    if apart:
        return sums.round_amount(item, values) + sums.round_amount(other, values)
    return sums.round_amount(item + other, values)


def _uninvoiced_sums(snapshot: Snapshot, first: date, last: date) -> dict[Key, Sums]:
    sums = expense_sums(snapshot, first, last, time_sums(snapshot, first, last))
    return add_fees(snapshot, sums, last)


_ROUNDING = (r.AMOUNTS, r.HALVES, r.DECIMALS)
TIME = Report(
    id="time",
    label="Time report",
    report="time_projects",
    entity="time_entries",
    metrics={
        "total_hours": "hours",
        "billable_hours": "billable_hours",
        "billable_amount": "billable_amount",
    },
    readings=(r.RUNNING, *_ROUNDING, r.ARCHIVED_TIME),
    archived=r.ARCHIVED_TIME,
    sums=time_sums,
    expect=_expect_time,
    hosted=True,
)
EXPENSES = Report(
    id="expenses",
    label="Expense report",
    report="expenses_projects",
    entity="expenses",
    metrics={"total_amount": "expense_amount", "billable_amount": "billable_expense_amount"},
    readings=(*_ROUNDING, r.ARCHIVED_EXPENSES),
    archived=r.ARCHIVED_EXPENSES,
    sums=expense_sums,
    expect=_expect_expenses,
)
UNINVOICED = Report(
    id="uninvoiced",
    label="Uninvoiced report",
    report="uninvoiced",
    entity="time_entries",
    metrics={
        "uninvoiced_hours": "uninvoiced_hours",
        "uninvoiced_expenses": "uninvoiced_expense_amount",
        "uninvoiced_amount": "uninvoiced_amount",
    },
    readings=(
        r.RUNNING,
        *_ROUNDING,
        r.UNINVOICED_SUM,
        r.FIXED_FEE_AMOUNT,
        r.FIXED_FEE_UNTIL,
        r.FIXED_FEE_LINES,
        r.FIXED_FEE_FLOOR,
        r.UNINVOICED_HOURS,
        r.FIXED_FEE_HOURS,
        r.ARCHIVED_UNINVOICED,
    ),
    archived=r.ARCHIVED_UNINVOICED,
    sums=_uninvoiced_sums,
    expect=_expect_uninvoiced,
    only_billable=True,
    # With `false` Harvest may leave out rows of fixed-fee projects, or only their amounts.
    parameters={"include_fixed_fee": True},
)
BUDGETS = Report(
    id="budgets",
    label="Budget report",
    report="project_budget",
    entity="projects",
    metrics={"budget": "budget", "budget_spent": "budget_spent"},
    readings=(
        r.RUNNING,
        *_ROUNDING,
        r.BUDGET_HOURS,
        r.BUDGET_BLANKS,
        r.BUDGET_AHEAD,
        r.BUDGET_EXPENSES,
        r.BUDGET_SUM,
        r.ARCHIVED_BUDGETS,
    ),
    archived=r.ARCHIVED_BUDGETS,
    sums=budget_sums,
    expect=_expect_budget,
    has_window=False,
)

REPORTS: dict[str, Report] = {one.id: one for one in (TIME, EXPENSES, UNINVOICED, BUDGETS)}
