"""The records behind a difference: what is here beside what Harvest has, one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import chain

from dashboard.reconciliation.compare import CLIENT, WindowResult
from dashboard.reconciliation.reports import REPORTS
from dashboard.store.column_limits import separate_odd
from dashboard.store.snapshots import Snapshot
from harvest_client import Harvest, InvalidResponse, NotFound, OddRecord, Record, Resource

# Projects whose records are read one by one; more differ at once only when everything does.
_MOST_PROJECTS = 30
_CENT = Decimal("0.01")
_BUDGET = (
    "budget_by", "budget_is_monthly", "budget", "cost_budget", "cost_budget_include_expenses",
)  # fmt: skip
_TERMS = ("is_active", "is_billable", "is_fixed_fee", "fee", "bill_by", "hourly_rate")


class Why(StrEnum):
    """Difference of one record."""

    DELETED = "deleted in Harvest"
    MISSING = "not here yet"
    EDITED = "edited in Harvest"
    REPRICED = "another rate in Harvest"
    RUNNING = "a timer is running"
    BILLED = "marked as invoiced or not, differently"
    MOVED = "moved to another client"
    BUDGET = "another budget in Harvest"
    SETTINGS = "other settings in Harvest"
    ODD = "could not be read, see the Data page"


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One time entry, expense or project; None where a side does not have the value.

    `hours` are rounded ones, None of an expense. `person` is the name of a project.
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
    """Values of one record on both sides, under the same names."""

    day: date
    person: str
    project_id: int | None
    hours: Decimal | None
    amount: Decimal | None
    facts: tuple[object, ...]
    billed: bool
    running: bool


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Days from `first` to `last`, both included; None is without an end on that side."""

    first: date | None = None
    last: date | None = None

    @property
    def parameters(self) -> dict[str, date | None]:
        """Return the window as parameters of a list."""
        return {"from_": self.first, "to": self.last}

    @property
    def bounds(self) -> tuple[date, date]:
        return self.first or date.min, self.last or date.max


def differing_rows(
    snapshot: Snapshot, harvest: Harvest, compared: Iterable[WindowResult]
) -> Iterator[RowDifference]:
    """Iterate over the records of the differing projects that differ themselves, each once."""
    windows: dict[int, set[Days]] = {}
    settings: set[int] = set()
    for item in compared:
        days = Days(item.first, item.last) if REPORTS[item.report].has_window else Days()
        for difference in item.differences:
            if difference.metric == CLIENT or not REPORTS[item.report].has_window:
                settings.add(difference.project_id)
            if difference.metric not in (CLIENT, "budget"):
                windows.setdefault(difference.project_id, set()).add(days)
    yield from project_rows(snapshot, harvest, sorted(settings)[:_MOST_PROJECTS])
    for project_id in sorted(windows)[:_MOST_PROJECTS]:
        spans = windows[project_id]
        for days in sorted(spans, key=repr) if Days() not in spans else [Days()]:
            yield from time_rows(snapshot, harvest, project_id, days)
            yield from expense_rows(snapshot, harvest, project_id, days)


def project_rows(
    snapshot: Snapshot, harvest: Harvest, ids: Iterable[int]
) -> Iterator[RowDifference]:
    """Iterate over the projects whose client, budget or terms are others; a request each."""
    columns = ", ".join(f"r.{name}" for name in (*_BUDGET, *_TERMS))
    for id in ids:
        try:
            live = harvest.projects.get(id)
        except NotFound:
            continue
        except InvalidResponse as error:
            if error.odd is None:
                raise
            continue  # the sync names it
        rows = snapshot.rows(
            f"SELECT r.client.id, {columns} FROM records.projects AS r WHERE r.id = ?", [id]
        )
        if not rows:
            continue
        client, *values = rows[0]
        ours = dict(zip((*_BUDGET, *_TERMS), values, strict=True))
        why = (
            Why.MOVED
            if client != _owner_id(live.client)
            else Why.BUDGET
            if any(ours[name] != getattr(live, name) for name in _BUDGET)
            else Why.SETTINGS
            if any(ours[name] != getattr(live, name) for name in _TERMS)
            else None
        )
        if why:
            day = snapshot.meta.synced_at.date()
            yield RowDifference("projects", id, day, live.name, id, why, None, None, None, None)


def time_rows(
    snapshot: Snapshot, harvest: Harvest, project_id: int, days: Days
) -> list[RowDifference]:
    """Return the time entries of a project that differ; a request per 2,000."""
    listed, odd = _read(harvest.time_entries, project_id, days)
    live = {entry.id: _live_entry(entry) for entry in listed}
    facts = "SELECT * FROM time_facts"
    if snapshot.has_table("running_facts"):
        facts += " UNION ALL BY NAME SELECT * FROM running_facts"
    stored = {
        row[0]: _Row(row[1], row[2] or "", project_id, row[3], row[4], row[5:9], row[9], row[10])
        for row in snapshot.rows(
            "SELECT f.id, f.day, u.name, f.rounded_hours,"
            " TRY_CAST(CASE WHEN f.billable THEN CAST(f.rounded_hours AS DECIMAL(19, 6))"
            " * f.billable_rate END AS DECIMAL(18, 6)), f.raw_hours,"
            " f.billable, f.user_id, f.task_id, f.is_billed, f.is_running"
            f" FROM ({facts}) AS f LEFT JOIN users AS u ON u.id = f.user_id"
            " WHERE f.project_id = ? AND f.day BETWEEN ? AND ?",
            [project_id, *days.bounds],
        )
    }
    return list(_differing_rows("time_entries", project_id, stored, live, odd))


def expense_rows(
    snapshot: Snapshot, harvest: Harvest, project_id: int, days: Days
) -> list[RowDifference]:
    """Return the expenses of a project that differ; a request per 2,000."""
    listed, odd = _read(harvest.expenses, project_id, days)
    live = {
        expense.id: _Row(
            expense.spent_date, _person_name(expense.user), project_id, None, expense.total_cost,
            (expense.billable, _owner_id(expense.user)), bool(expense.is_billed), False,
        )
        for expense in listed
    }  # fmt: skip
    stored = {
        row[0]: _Row(row[1], row[2] or "", project_id, None, row[3], row[4:6], row[6], False)
        for row in snapshot.rows(
            'SELECT r.id, r.spent_date, r."user".name, r.total_cost, r.billable, r."user".id,'
            " coalesce(r.is_billed, false) FROM records.expenses AS r"
            " WHERE r.project.id = ? AND r.spent_date BETWEEN ? AND ?",
            [project_id, *days.bounds],
        )
    }
    return list(_differing_rows("expenses", project_id, stored, live, odd))


def _read(
    resource: Resource, project_id: int, days: Days
) -> tuple[list[Record], dict[int, OddRecord]]:
    """Return the records of a project that can be read, and by id those that cannot."""
    pages = list(resource.collect_odd().pages(project_id=project_id, **days.parameters))
    good, unstorable = separate_odd(resource.entity, (item for page in pages for item in page.data))
    result = chain((item for page in pages for item in page.odd), unstorable)
    return good, {item.id: item for item in result if item.id is not None}


def _owner_id(owner: Record | None) -> int | None:
    """Return the id of a person, project or task; None where the record names none."""
    return owner.id if owner else None


def _person_name(person: Record | None) -> str:
    return person.name or "" if person else ""


def _live_entry(entry: Record) -> _Row:
    hours = entry.hours if entry.rounded_hours is None else entry.rounded_hours
    rate = entry.billable_rate if entry.billable else None
    return _Row(
        entry.spent_date,
        _person_name(entry.user),
        _owner_id(entry.project),
        hours,
        None if rate is None else hours * rate,
        (entry.hours, bool(entry.billable), _owner_id(entry.user), _owner_id(entry.task)),
        bool(entry.is_billed),
        bool(entry.is_running),
    )


def _differing_rows(
    entity: str,
    project_id: int,
    stored: dict[int, _Row],
    live: dict[int, _Row],
    odd: dict[int, OddRecord],
) -> Iterator[RowDifference]:
    for id, item in sorted(odd.items()):
        here = stored.get(id)
        day = here.day if here else item.day
        if day is not None:
            yield RowDifference(
                entity, id, day, here.person if here else "", project_id, Why.ODD,
                here.hours if here else None, None, _row_cents(here), None,
            )  # fmt: skip
    for id in sorted((stored.keys() | live.keys()) - odd.keys()):
        here, there = stored.get(id), live.get(id)
        why = _difference_reason(here, there)
        shown = here or there
        if why is None or shown is None:
            continue
        yield RowDifference(
            entity, id, shown.day, shown.person, project_id, why,
            here.hours if here else None, there.hours if there else None,
            _row_cents(here), _row_cents(there),
        )  # fmt: skip


def _difference_reason(here: _Row | None, there: _Row | None) -> Why | None:
    if there is None:
        return Why.DELETED
    if here is None:
        return Why.MISSING
    if (here.day, here.hours, here.facts) != (there.day, there.hours, there.facts):
        return Why.RUNNING if there.running else Why.EDITED
    if here.amount != there.amount:
        return Why.EDITED if here.hours is None else Why.REPRICED
    return Why.BILLED if here.billed != there.billed else None


def _row_cents(row: _Row | None) -> Decimal | None:
    return None if row is None or row.amount is None else row.amount.quantize(_CENT, ROUND_HALF_UP)
