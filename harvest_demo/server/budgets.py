"""The size of each budget and fee, chosen from what was worked so that the charts tell a story."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from harvest_demo.account import projects
from harvest_demo.account.account import Account, Row, TimeEntry, first_of_month
from harvest_demo.account.pricing import is_budgeted
from harvest_demo.account.projects import Work

_ROOM = (Decimal("1.3"), Decimal("1.08"), Decimal("1.6"), Decimal("0.97"), Decimal("1.2"))
_OVERRUN = Decimal("0.78")
_FEE = (Decimal("1.15"), Decimal("0.9"))


@dataclass(slots=True)
class _Worked:
    """Hours and fees so far; by assignment, too."""

    hours: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    months: set[date] = field(default_factory=set)
    by_task: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    fees_by_task: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def set_budgets(account: Account, started: Sequence[Work]) -> None:
    """Fill budgets and fees, then marks which entries count towards a budget."""
    worked = _worked(account.entries)
    for number, work in enumerate(started):
        done = worked[work.row["id"]]
        scale = _ROOM[number % len(_ROOM)]
        if work.plan.name == projects.OVERRUN:
            scale = _OVERRUN
        elif work.plan.monthly:
            scale /= len(done.months) or 1
        else:
            scale /= _elapsed(account, work)
        match work.plan.budget_by:
            case "project":
                work.row["budget"] = _round(done.hours * scale, 10)
            case "project_cost":
                work.row["cost_budget"] = _round(done.fees * scale, 500)
            case "task" | "task_fees" as by:
                _set_task_budgets(account, work, done, scale, by)
        if work.plan.is_fixed_fee:
            fee = done.fees * _FEE[number % 2] / _elapsed(account, work)
            work.row["fee"] = _round(fee, 500)
        if work.plan.name == projects.OVERRUN:
            work.row["over_budget_notification_date"] = first_of_month(account.today)
    for entry in account.entries:
        entry.budgeted = is_budgeted(*_rows(account, entry))


def _set_task_budgets(
    account: Account, work: Work, done: _Worked, scale: Decimal, budget_by: str
) -> None:
    used, step = (done.by_task, 10) if budget_by == "task" else (done.fees_by_task, 500)
    for row in account.rows("task_assignments"):
        # A task that nobody worked on has no budget, which is not a budget of zero.
        if row["project"]["id"] == work.row["id"] and used.get(row["id"]):
            row["budget"] = _round(used[row["id"]] * scale, step)
            account.copies.refresh("task_assignments", row)


def _worked(entries: Iterable[TimeEntry]) -> dict[int, _Worked]:
    result: dict[int, _Worked] = defaultdict(_Worked)
    for entry in entries:
        done = result[entry.project["id"]]
        done.hours += entry.rounded_hours
        done.months.add(first_of_month(entry.spent_date))
        done.by_task[entry.task_assignment["id"]] += entry.rounded_hours
        fees = entry.fees
        if fees:
            done.fees += fees
            done.fees_by_task[entry.task_assignment["id"]] += fees
    return result


def _elapsed(account: Account, work: Work) -> Decimal:
    """Return the share of the project's time that has passed, from 0.2 to 1."""
    planned = (work.last - work.first).days or 1
    share = Decimal((account.today - work.first).days) / planned
    return min(max(share, Decimal("0.2")), Decimal(1))


def _round(number: Decimal, step: int) -> Decimal:
    return max(Decimal(round(number / step)), Decimal(1)) * step


def _rows(account: Account, entry: TimeEntry) -> tuple[Row, Row, Row]:
    return (
        account.tables["projects"][entry.project["id"]],
        entry.task_assignment,
        entry.user_assignment,
    )
