"""In-memory account of the demo: its tables, time entries and timestamps."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

import msgspec

Row = dict[str, Any]
"""One record as Harvest sends it, under Harvest's own names."""

USER = ("id", "name")
CLIENT = ("id", "name")
CLIENT_WITH_CURRENCY = ("id", "name", "currency")
PROJECT = ("id", "name")
PROJECT_WITH_CODE = ("id", "name", "code")
TASK = ("id", "name")
CATEGORY = ("id", "name", "unit_price", "unit_name")
USER_ASSIGNMENT = (
    "id", "is_project_manager", "is_active", "budget", "created_at", "updated_at", "hourly_rate",
)  # fmt: skip
TASK_ASSIGNMENT = (
    "id", "billable", "is_active", "created_at", "updated_at", "hourly_rate", "budget",
)  # fmt: skip


class Copies:
    """Hands out one shared copy per record and shape, and keeps all of them up to date.

    As in Harvest, a copy shows the state at reading time: renaming a client renames it in every
    time entry without touching the entries' `updated_at`.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], dict[tuple[str, ...], Row]] = {}

    def of(self, entity: str, row: Row, shape: tuple[str, ...]) -> Row:
        """Return the shared copy of `row` that has the fields of `shape`."""
        shapes = self._made.setdefault((entity, row["id"]), {})
        if shape not in shapes:
            shapes[shape] = _part(row, shape)
        return shapes[shape]

    def refresh(self, entity: str, row: Row) -> None:
        """Carry a change of `row` into every copy of it."""
        for shape, copy in self._made.get((entity, row["id"]), {}).items():
            copy.update(_part(row, shape))


def display_name(user: Row) -> str:
    """Return a person's name as Harvest prints it."""
    return " ".join(part for part in (user["first_name"], user["last_name"]) if part)


def _part(row: Row, shape: tuple[str, ...]) -> Row:
    # A person has two names, and one where they are mentioned.
    return {
        key: display_name(row) if key == "name" and "first_name" in row else row[key]
        for key in shape
    }


def chance(seed: int, purpose: str) -> random.Random:
    """Return a source of chance of its own for each purpose, so that one part can change alone.

    Only `random`, `randrange` and what is built on them may be drawn: `gauss` and friends go
    through the platform's mathematics library.
    """
    return random.Random(f"{seed} {purpose}")


def instant(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), UTC)


def end_of(day: date) -> datetime:
    """Return the last instant of `day` that is still that day where the agency is, in Berlin."""
    return instant(day, 21, 59, 59)


def some_time(rng: random.Random, day: date) -> datetime:
    """Return an instant in the working hours of `day`."""
    return instant(day, rng.randrange(7, 18), rng.randrange(60), rng.randrange(60))


def soon_after(rng: random.Random, moment: datetime, today: date, *, days: int) -> datetime:
    """Return an instant up to `days` later, but never after the end of `today`."""
    later = moment + timedelta(seconds=rng.randrange(60, days * 86_400))
    return min(later, end_of(today))


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


_QUARTERS = Decimal(4)
_CENT = Decimal("0.01")


class TimeEntry(msgspec.Struct, gc=False, kw_only=True):
    """A time entry in the order and under the names in which Harvest sends it.

    The objects inside are shared between entries and with the account, so a client renamed there
    is renamed here. Refers to no other entry: safe to keep from the garbage collector.
    """

    id: int
    spent_date: date
    hours: Decimal
    hours_without_timer: Decimal
    rounded_hours: Decimal
    notes: str | None
    is_locked: bool
    locked_reason: str | None
    is_closed: bool
    is_billed: bool
    timer_started_at: datetime | None
    started_time: str | None
    ended_time: str | None
    is_running: bool
    billable: bool
    budgeted: bool
    billable_rate: Decimal | None
    cost_rate: Decimal | None
    created_at: datetime
    updated_at: datetime
    approval_status: str
    user: Row
    client: Row
    project: Row
    task: Row
    user_assignment: Row
    task_assignment: Row
    external_reference: Row | None
    invoice: Row | None

    @property
    def day_and_id(self) -> tuple[date, int]:
        return self.spent_date, self.id

    @property
    def fees(self) -> Decimal:
        """Return the amount of the entry at its rate, zero without a rate; not rounded."""
        if not self.billable or self.billable_rate is None:
            return Decimal(0)
        return self.rounded_hours * self.billable_rate


def rounded(hours: Decimal) -> Decimal:
    """Return the account's rounding rule: up to the next quarter hour."""
    return (hours * _QUARTERS).to_integral_value(ROUND_CEILING) / _QUARTERS


def cents(amount: Decimal) -> Decimal:
    """Money as it is printed: half a cent goes up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def hours_of(minutes: int) -> Decimal:
    """Minutes as Harvest keeps them: decimal hours with two places."""
    return (Decimal(minutes) / 60).quantize(_CENT, ROUND_HALF_UP)


_KEY = attrgetter("day_and_id")
_ABOVE_ALL_IDS = 2**63


class Timesheet:
    """Time entries in the order of their day, oldest first; edits keep the order."""

    def __init__(self, entries: Iterable[TimeEntry] = ()) -> None:
        self._ordered = sorted(entries, key=_KEY)
        self._by_id = {entry.id: entry for entry in self._ordered}
        self._highest_id = max(self._by_id, default=2_450_000_000)

    def __len__(self) -> int:
        return len(self._ordered)

    def __iter__(self) -> Iterator[TimeEntry]:
        return iter(self._ordered)

    @property
    def ordered(self) -> Sequence[TimeEntry]:
        return self._ordered

    def new_id(self) -> int:
        """Return an id that no entry has, nor had."""
        self._highest_id += 1
        return self._highest_id

    def get(self, entry_id: int) -> TimeEntry | None:
        return self._by_id.get(entry_id)

    def between(self, first: date | None, last: date | None) -> range:
        """Return the places in `ordered` of the entries of these days, both included."""
        start = 0 if first is None else bisect_left(self._ordered, (first, 0), key=_KEY)
        end = len(self._ordered)
        if last is not None:
            end = bisect_right(self._ordered, (last, _ABOVE_ALL_IDS), key=_KEY)
        return range(start, end)

    def add(self, entry: TimeEntry) -> None:
        self._ordered.insert(bisect_left(self._ordered, entry.day_and_id, key=_KEY), entry)
        self._by_id[entry.id] = entry

    def remove(self, entry: TimeEntry) -> None:
        del self._ordered[bisect_left(self._ordered, entry.day_and_id, key=_KEY)]
        del self._by_id[entry.id]

    def move(self, entry: TimeEntry, day: date) -> None:
        self.remove(entry)
        entry.spent_date = day
        self.add(entry)

    def remove_all(self, entries: Iterable[TimeEntry]) -> None:
        missing = {entry.id for entry in entries}
        self._ordered = [entry for entry in self._ordered if entry.id not in missing]
        for entry_id in missing:
            del self._by_id[entry_id]


ACCOUNT_ID = "1090501"
TOKEN = "demo"  # opens nothing but the demo account
MANAGER_TOKEN = "demo-manager"
MEMBER_TOKEN = "demo-member"


@dataclass(slots=True)
class Account:
    """A company's Harvest account as of `today`, which every request may change.

    `tables` has the records of every entity except time entries, by entity name and id.
    `payments` are by invoice id; `billable_rates` and `cost_rates` are the dated rates of people,
    oldest first, by user id. `teammates` says whose time a manager may see. `tokens` maps an
    access token to the person it acts for. `now` stamps writes; tests may replace it.
    `version` counts the writes.
    """

    today: date
    company: Row
    tables: dict[str, dict[int, Row]] = field(default_factory=dict)
    entries: Timesheet = field(default_factory=Timesheet)
    payments: dict[int, list[Row]] = field(default_factory=dict)
    billable_rates: dict[int, list[Row]] = field(default_factory=dict)
    cost_rates: dict[int, list[Row]] = field(default_factory=dict)
    teammates: dict[int, frozenset[int]] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    copies: Copies = field(default_factory=Copies)
    version: int = 0
    now: Callable[[], datetime] | None = None

    def moment(self) -> datetime:
        """Return the instant that stamps a write: the real one, but never before `today` began."""
        if self.now is not None:
            return self.now()
        return max(datetime.now(UTC).replace(microsecond=0), instant(self.today, 0))

    def put(self, entity: str, rows: Iterable[Row]) -> None:
        self.tables.setdefault(entity, {}).update((row["id"], row) for row in rows)

    def rows(self, entity: str) -> Iterator[Row]:
        return iter(self.tables.get(entity, {}).values())

    def copy(self, entity: str, row_id: int, shape: tuple[str, ...]) -> Row:
        """Return the shared copy of that record that other records show."""
        return self.copies.of(entity, self.tables[entity][row_id], shape)

    def managed_by(self, user_id: int) -> frozenset[int]:
        """Return the ids of the projects that the person manages."""
        return frozenset(
            row["project"]["id"]
            for row in self.rows("user_assignments")
            if row["user"]["id"] == user_id and row["is_project_manager"] and row["is_active"]
        )

    def assigned_to(self, user_id: int) -> frozenset[int]:
        """Return the ids of the projects that the person works on."""
        return frozenset(
            row["project"]["id"]
            for row in self.rows("user_assignments")
            if row["user"]["id"] == user_id and row["is_active"]
        )


def rate_on(history: Iterable[Row], day: date) -> Decimal | None:
    """Return the amount of the dated rate that applies on `day`; None when none does."""
    for rate in history:
        started = rate["start_date"] is None or rate["start_date"] <= day
        ended = rate["end_date"] is not None and rate["end_date"] < day
        if started and not ended:
            amount: Decimal | None = rate["amount"]
            return amount
    return None
