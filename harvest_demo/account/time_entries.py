"""Time entries of the demo agency."""

import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from harvest_demo.account import company
from harvest_demo.account.account import (
    CLIENT,
    PROJECT,
    TASK,
    TASK_ASSIGNMENT,
    USER,
    USER_ASSIGNMENT,
    Account,
    Row,
    TimeEntry,
    end_of,
    first_of_month,
    hours_of,
    instant,
    rate_on,
    rounded,
)
from harvest_demo.account.assignments import Engagement
from harvest_demo.account.pricing import billable_rate, is_billable
from harvest_demo.account.workdays import WorkingDay

FIRST_ID = 2450000001
RUNNING = 3
_LONGEST = 23 * 60


@dataclass(frozen=True, slots=True)
class _Choice:
    """Engagements of a person in one month, with cumulative weights."""

    engagements: Sequence[Engagement]
    cumulated: Sequence[float]

    def draw(self, rng: random.Random) -> Engagement:
        return self.engagements[bisect_left(self.cumulated, rng.random() * self.cumulated[-1])]


class Logbook:
    """Makes time entries, remembering what a person may work on in each month."""

    def __init__(
        self, account: Account, rng: random.Random, engagements: Mapping[int, Sequence[Engagement]]
    ) -> None:
        self._account = account
        self._rng = rng
        self._engagements = engagements
        self._choices: dict[tuple[int, date], _Choice] = {}
        self._next_id = FIRST_ID

    def entries(self, days: Sequence[WorkingDay], count: int) -> Iterator[TimeEntry]:
        """Exactly `count` entries, the last few of them timers that run today."""
        stopped = max(count - RUNNING, 0)
        for working, pieces in zip(days, _spread(self._rng, stopped, len(days)), strict=True):
            yield from self._day(working, pieces)
        today = [working for working in days if working.day == self._account.today]
        people = [working.person.user_id for working in today or days[-20:]]
        for number in range(count - stopped):
            yield self._running(people[number * 3 % len(people)], number)

    def _day(self, working: WorkingDay, pieces: int) -> Iterator[TimeEntry]:
        rest = working.minutes
        for remaining in range(pieces, 0, -1):
            share = rest / remaining
            minutes = rest if remaining == 1 else int(share * (0.4 + 1.2 * self._rng.random()))
            # Two in five people round by themselves.
            if self._rng.random() < 0.4:
                minutes = round(minutes / 15) * 15
            minutes = min(max(minutes, 3), _LONGEST)
            rest = max(rest - minutes, 3)
            yield self._entry(working.person.user_id, working.day, minutes)

    def _entry(self, user_id: int, day: date, minutes: int) -> TimeEntry:
        rng, account = self._rng, self._account
        engagement = self._choice(user_id, day).draw(rng)
        tasks = engagement.task_assignments
        # Mostly one's own discipline, sometimes anything else that the project has.
        task_assignment = tasks[0 if rng.random() < 0.72 else rng.randrange(len(tasks))]
        user_assignment, project = engagement.user_assignment, engagement.work.row
        copy = account.copy
        hours = hours_of(minutes)
        created, updated = self._stamps(day)
        return TimeEntry(
            id=self._id(),
            spent_date=day,
            hours=hours,
            hours_without_timer=hours,
            rounded_hours=rounded(hours),
            notes=company.NOTES[rng.randrange(len(company.NOTES))],
            is_locked=False,
            locked_reason=None,
            is_closed=False,
            is_billed=False,
            timer_started_at=None,
            started_time=None,
            ended_time=None,
            is_running=False,
            billable=is_billable(project, task_assignment),
            budgeted=False,
            billable_rate=billable_rate(account, project, task_assignment, user_assignment, day),
            cost_rate=rate_on(account.cost_rates[user_id], day),
            created_at=created,
            updated_at=updated,
            approval_status="unsubmitted",
            user=copy("users", user_id, USER),
            client=copy("clients", project["client"]["id"], CLIENT),
            project=copy("projects", project["id"], PROJECT),
            task=copy("tasks", task_assignment["task"]["id"], TASK),
            user_assignment=copy("user_assignments", user_assignment["id"], USER_ASSIGNMENT),
            task_assignment=copy("task_assignments", task_assignment["id"], TASK_ASSIGNMENT),
            external_reference=self._reference() if rng.random() < 0.06 else None,
            invoice=None,
        )

    def _running(self, user_id: int, number: int) -> TimeEntry:
        # The account is a photograph: the hours are those of the moment it was taken.
        today = self._account.today
        entry = self._entry(user_id, today, 20 + number * 37)
        entry.is_running = True
        entry.hours_without_timer = hours_of(number * 15)
        entry.notes = "Timer läuft ⏱"
        entry.created_at = instant(today, 8, 40, number)
        entry.timer_started_at = entry.updated_at = instant(today, 9 + number, 5, 11)
        return entry

    def _stamps(self, day: date) -> tuple[datetime, datetime]:
        rng, today = self._rng, self._account.today
        created = instant(day, rng.randrange(9, 19), rng.randrange(60), rng.randrange(60))
        if rng.random() < 0.08:  # written down days later
            created = min(created + timedelta(days=rng.randrange(1, 6)), end_of(today))
        if rng.random() < 0.9:
            return created, created
        return created, min(created + timedelta(minutes=rng.randrange(5, 8000)), end_of(today))

    def _choice(self, user_id: int, day: date) -> _Choice:
        month = first_of_month(day)
        result = self._choices.get((user_id, month))
        if result is None:
            result = self._choices[user_id, month] = _choice(self._engagements[user_id], month)
        return result

    def _id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _reference(self) -> Row:
        number = str(10_000 + self._rng.randrange(80_000))
        return {
            "id": number,
            "group_id": "41",
            "account_id": "19",
            "permalink": f"https://tracker.example.com/items/{number}",
            "service": "tracker.example.com",
            "service_icon_url": "https://tracker.example.com/icon.png",
        }


def _choice(engagements: Sequence[Engagement], month: date) -> _Choice:
    open_then = [
        engagement
        for engagement in engagements
        if first_of_month(engagement.work.first) <= month <= engagement.work.last
    ]
    return _Choice(open_then, list(accumulate(engagement.weight for engagement in open_then)))


def _spread(rng: random.Random, count: int, days: int) -> list[int]:
    """Return the number of entries of each of `days` working days: uneven, `count` in all."""
    item, rest = divmod(count, days)
    pieces = [item] * days
    for lucky in rng.sample(range(days), rest):
        pieces[lucky] += 1
    for _ in range(days // 2):
        giver, taker = rng.randrange(days), rng.randrange(days)
        if pieces[giver] > 1:
            pieces[giver] -= 1
            pieces[taker] += 1
    return pieces


_LONG_AGO = 21  # days after which nearly everything has been approved
_THIS_WEEK = 7


def approve(account: Account, rng: random.Random) -> None:
    """Fill approval states and locks of time entries and expenses."""
    archived = {row["id"] for row in account.rows("projects") if not row["is_active"]}
    missing = {row["id"] for row in account.rows("users") if not row["is_active"]}
    for entry in account.entries:
        entry.approval_status = _status(rng, account.today, entry.spent_date, entry.is_billed)
        entry.is_closed = entry.approval_status == "approved"
        stale = entry.project["id"] in archived or entry.user["id"] in missing
        entry.locked_reason = lock(
            is_billed=entry.is_billed, is_archived=stale, is_approved=entry.is_closed
        )
        entry.is_locked = entry.locked_reason is not None
    for row in account.rows("expenses"):
        status = _status(rng, account.today, row["spent_date"], row["is_billed"])
        stale = row["project"]["id"] in archived or row["user"]["id"] in missing
        reason = lock(
            is_billed=row["is_billed"], is_archived=stale, is_approved=status == "approved"
        )
        row["approval_status"], row["is_closed"] = status, status == "approved"
        row["is_locked"], row["locked_reason"] = reason is not None, reason


def lock(*, is_billed: bool, is_archived: bool, is_approved: bool) -> str | None:
    """Return the reason why a record cannot be edited; None if it can."""
    if is_billed:
        return "Item Invoiced"
    if is_archived:
        return "Item Archived"
    return "Item Approved" if is_approved else None


def _status(rng: random.Random, today: date, day: date, is_billed: bool) -> str:
    age, luck = (today - day).days, rng.random()
    if is_billed:
        return "approved"
    if age > _LONG_AGO:
        return "approved" if luck < 0.96 else "submitted" if luck < 0.99 else "unsubmitted"
    if age > _THIS_WEEK:
        return "submitted" if luck < 0.6 else "approved" if luck < 0.9 else "unsubmitted"
    return "unsubmitted" if luck < 0.9 else "submitted"
