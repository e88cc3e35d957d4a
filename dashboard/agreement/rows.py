"""The records behind a difference: what is here beside what Harvest has, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from dashboard.store.snapshots import Snapshot
from harvest_client import Harvest, Record

_CENT = Decimal("0.01")


class Why(StrEnum):
    """How one record differs."""

    DELETED = "deleted in Harvest"
    MISSING = "not here yet"
    EDITED = "edited in Harvest"
    REPRICED = "another rate in Harvest"
    RUNNING = "a timer is running"
    BILLED = "marked as invoiced or not, differently"


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One time entry or expense; None where a side does not have it. Amounts as the rows have them.

    `hours` are rounded ones, None of an expense.
    """

    entity: str
    id: int
    day: date
    person: str
    project_id: int
    why: Why
    hours: Decimal | None
    hours_in_harvest: Decimal | None
    amount: Decimal | None
    amount_in_harvest: Decimal | None


@dataclass(frozen=True, slots=True)
class _Row:
    """What both sides say of one record, in the same words."""

    day: date
    person: str
    project_id: int
    hours: Decimal | None
    amount: Decimal | None
    facts: tuple[object, ...]
    billed: bool
    running: bool


def time_rows(
    snapshot: Snapshot, harvest: Harvest, project_id: int, first: date, last: date
) -> list[RowDifference]:
    """The time entries of a project in which we and Harvest differ; a request per 2,000."""
    live = {
        entry.id: _live_entry(entry)
        for entry in harvest.time_entries.all(project_id=project_id, from_=first, to=last)
    }
    stored = {
        row[0]: _Row(row[1], row[2] or "", project_id, row[3], row[4], row[5:9], row[9], row[10])
        for row in snapshot.rows(
            "SELECT f.id, f.day, u.name, f.rounded_hours, f.rounded_amount, f.raw_hours,"
            " f.billable, f.user_id, f.task_id, f.is_billed, f.is_running"
            " FROM time_facts AS f LEFT JOIN users AS u ON u.id = f.user_id"
            " WHERE f.project_id = ? AND f.day BETWEEN ? AND ?",
            [project_id, first, last],
        )
    }
    return list(_differing("time_entries", stored, live))


def expense_rows(
    snapshot: Snapshot, harvest: Harvest, project_id: int, first: date, last: date
) -> list[RowDifference]:
    """As `time_rows`, of expenses."""
    live = {
        expense.id: _Row(
            expense.spent_date, expense.user.name, project_id, None, expense.total_cost,
            (expense.billable, expense.user.id), bool(expense.is_billed), False,
        )
        for expense in harvest.expenses.all(project_id=project_id, from_=first, to=last)
    }  # fmt: skip
    stored = {
        row[0]: _Row(row[1], row[2] or "", project_id, None, row[3], row[4:6], row[6], False)
        for row in snapshot.rows(
            'SELECT r.id, r.spent_date, r."user".name, r.total_cost, r.billable, r."user".id,'
            " coalesce(r.is_billed, false) FROM records.expenses AS r"
            " WHERE r.project.id = ? AND r.spent_date BETWEEN ? AND ?",
            [project_id, first, last],
        )
    }
    return list(_differing("expenses", stored, live))


def _live_entry(entry: Record) -> _Row:
    hours = entry.hours if entry.rounded_hours is None else entry.rounded_hours
    rate = entry.billable_rate if entry.billable else None
    return _Row(
        entry.spent_date,
        entry.user.name,
        entry.project.id,
        hours,
        None if rate is None else hours * rate,
        (entry.hours, bool(entry.billable), entry.user.id, entry.task.id),
        bool(entry.is_billed),
        bool(entry.is_running),
    )


def _differing(
    entity: str, stored: dict[int, _Row], live: dict[int, _Row]
) -> Iterator[RowDifference]:
    for id in sorted(stored.keys() | live.keys()):
        here, there = stored.get(id), live.get(id)
        why = _why(here, there)
        shown = here or there
        if why is None or shown is None:
            continue
        yield RowDifference(
            entity, id, shown.day, shown.person, shown.project_id, why,
            here.hours if here else None, there.hours if there else None,
            _cents(here), _cents(there),
        )  # fmt: skip


def _why(here: _Row | None, there: _Row | None) -> Why | None:
    if there is None:
        return Why.DELETED
    if here is None:
        return Why.MISSING
    if (here.day, here.hours, here.facts) != (there.day, there.hours, there.facts):
        return Why.RUNNING if there.running else Why.EDITED
    if here.amount != there.amount:
        return Why.EDITED if here.hours is None else Why.REPRICED
    return Why.BILLED if here.billed != there.billed else None


def _cents(row: _Row | None) -> Decimal | None:
    return None if row is None or row.amount is None else row.amount.quantize(_CENT, ROUND_HALF_UP)
