"""Capacity of people: contracted hours per day, without holidays and time off."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.oracle.facts import Directory, Row
from tests.oracle.periods import Calendar, iterate_days, parse_date
from tests.oracle.readings import Record, parse_number

ZERO = Fraction(0)


class Capacity:
    """Gross and net capacity of each person and day.

    time_rows: all time entries with the hours basis of the scope. Those on tasks of leave are
    time off.
    """

    def __init__(
        self,
        directory: Directory,
        calendar: Calendar,
        holidays: frozenset[date],
        time_rows: list[Row],
    ) -> None:
        self.directory = directory
        self.calendar = calendar
        self.holidays = holidays
        self.leave: dict[tuple[int, date], Fraction] = {}
        for row in time_rows:
            if "leave" in row.flags:
                key = (row.record["user"]["id"], row.day)
                self.leave[key] = self.leave.get(key, ZERO) + row.numbers["hours"]
        self.employment = {u["id"]: self._find_employment(u) for u in directory.users.values()}

    def _find_employment(self, user: Record) -> tuple[date, date]:
        """Return the days of joining and leaving.

        Joining is `_joined_on`, else the first time entry, else the day of creation. Leaving
        is `_left_on`, else the last time entry of an archived person, else never.
        """
        entries = self.directory.account["time_entries"]
        days = [
            date.fromisoformat(e["spent_date"]) for e in entries if e["user"]["id"] == user["id"]
        ]
        first = min(days, default=parse_date(user.get("created_at")) or date.min)
        last = date.max if user["is_active"] else max(days, default=date.min)
        joining, leaving = parse_date(user.get("_joined_on")), parse_date(user.get("_left_on"))
        return joining or first, leaving or last

    def gross_hours(self, user: Record, day: date) -> Fraction:
        """Return a fifth of the weekly capacity on weekdays from joining to leaving."""
        joining, leaving = self.employment[user["id"]]
        if day.weekday() >= 5 or not joining <= day <= leaving:
            return ZERO
        return parse_number(user["weekly_capacity"]) / 3600 / 5

    def net_hours(self, user: Record, day: date) -> Fraction:
        """Return the share of a day in what time off leaves of its whole week.

        Time off beyond the capacity of one day reduces the other days of that week.
        """
        left = {}
        for other in self.calendar.week_days(day):
            gross = ZERO if other in self.holidays else self.gross_hours(user, other)
            left[other] = gross - self.leave.get((user["id"], other), ZERO)
        total = sum(left.values(), ZERO)
        positive = sum((hours for hours in left.values() if hours > 0), ZERO)
        if total <= 0 or left[day] <= 0:
            return ZERO
        return left[day] * total / positive

    def list_rows(self, start: date, end: date) -> list[Row]:
        """Return one row for each person and day of the scope up to today."""
        rows = []
        for user in self.directory.users.values():
            dims = self.directory.person_dims(user["id"])
            for day in iterate_days(start, min(end, self.directory.today)):
                numbers = {"gross": self.gross_hours(user, day), "net": self.net_hours(user, day)}
                rows.append(Row("capacity", day, dims, numbers, record=user))
        return rows
