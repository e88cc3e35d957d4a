"""Calendar of an account: weeks, months, fiscal quarters and fiscal years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

TIME_DIMENSIONS = ("day", "week", "month", "quarter", "year")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def parse_date(text: str | None) -> date | None:
    """Return the day of a date or of a UTC instant, and null as None."""
    return date.fromisoformat(text[:10]) if text else None


def iterate_days(start: date, end: date) -> Iterator[date]:
    """Iterate over the days from `start` to `end`, both inclusive."""
    for offset in range((end - start).days + 1):
        yield start + timedelta(days=offset)


@dataclass(frozen=True)
class Calendar:
    """First weekday (0 is Monday) and first month of the fiscal year (1 is January)."""

    week_start: int
    fiscal_year_start: int

    def first_day(self, dimension: str, day: date) -> date:
        """Return the first day of the period of `day`. A period is named by its first day."""
        if dimension == "day":
            return day
        if dimension == "week":
            return day - timedelta(days=(day.weekday() - self.week_start) % 7)
        if dimension == "month":
            return day.replace(day=1)
        months = (day.month - self.fiscal_year_start) % 12
        if dimension == "quarter":
            months %= 3
        month = day.year * 12 + day.month - 1 - months
        return date(month // 12, month % 12 + 1, 1)

    def period_key(self, dimensions: Sequence[str], day: date) -> tuple[date, ...]:
        """Return the first days of the periods of `day`, one for each time dimension."""
        return tuple(self.first_day(d, day) for d in dimensions if d in TIME_DIMENSIONS)

    def last_days(self, dimensions: Sequence[str], start: date, end: date) -> list[date]:
        """Return the last day inside the scope for each combination of periods.

        Without time dimensions that is `end` alone.
        """
        if not any(d in TIME_DIMENSIONS for d in dimensions):
            return [end]
        days = {self.period_key(dimensions, day): day for day in iterate_days(start, end)}
        return sorted(days.values())

    def week_days(self, day: date) -> list[date]:
        """Return the seven days of the week of `day`."""
        first = self.first_day("week", day)
        return [first + timedelta(days=offset) for offset in range(7)]
