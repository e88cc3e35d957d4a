"""Periods as people name them, resolved against today; as text they live in URLs."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.config.dates import (
    FIRST_DAY,
    LAST_DAY,
    Days,
    months_after,
    months_around,
    whole_months,
)
from dashboard.config.errors import MetricError
from dashboard.metrics.dimensions import DAY, MONTH, QUARTER, WEEK, YEAR, Dimension, day_label

RELATIVE = {
    "today": "Today",
    "yesterday": "Yesterday",
    "this_week": "This week",
    "last_week": "Last week",
    "this_month": "This month",
    "last_month": "Last month",
    "this_quarter": "This quarter",
    "last_quarter": "Last quarter",
    "year_to_date": "Year to date",
    "this_year": "This year",
    "last_year": "Last year",
    "this_fiscal_year": "This fiscal year",
    "last_fiscal_year": "Last fiscal year",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "12m": "Last 12 months",
    "all": "All time",
}
"""The periods that move with today, by the name they have in a URL."""

_DAY = timedelta(days=1)
_CUSTOM = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII)
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}
_STEPS = ((45, DAY), (400, WEEK), (2_200, MONTH), (7_400, QUARTER))  # up to how many days each


@dataclass(frozen=True, slots=True)
class Period:
    """One of `RELATIVE`, or two days that stay what they are. `str()` is what `parse` reads."""

    name: str
    days: tuple[date, date] | None = None

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Return the period that `text` names: `this_month`, or `2026-01-01..2026-02-15`.

        Raises `MetricError` when no such period can be.
        """
        if text in RELATIVE:
            return cls(text)
        match = _CUSTOM.fullmatch(text)
        if not match:
            raise MetricError(f"{text[:60]!r} is not a valid period.", remedy=_REMEDY)
        try:
            start, end = (date.fromisoformat(day) for day in match.groups())
        except ValueError:
            raise MetricError(f"{text} is not a valid date.", remedy=_REMEDY) from None
        return cls.between(start, end)

    @classmethod
    def between(cls, start: date, end: date) -> "Period":
        """The days from `start` to `end`, both included; raises `MetricError` as `parse` does."""
        if end < start:
            raise MetricError(
                f"The end date ({end}) is before the start date ({start}).",
                remedy="Swap the two dates.",
            )
        if start < FIRST_DAY or end > LAST_DAY:
            raise MetricError(
                f"{start}..{end} is outside {FIRST_DAY.year} to {LAST_DAY.year}.",
                remedy="Correct the year.",
            )
        return cls("custom", (start, end))

    @property
    def label(self) -> str:
        if self.days is None:
            return RELATIVE[self.name]
        start, end = self.days
        return day_label(start) if start == end else f"{day_label(start)} – {day_label(end)}"

    def __str__(self) -> str:
        return f"{self.days[0]}..{self.days[1]}" if self.days else self.name

    def resolve(
        self, today: date, week_start: int, fiscal_start: int, stored: Days | None
    ) -> tuple[date, date]:
        """Its first and last day.

        A week begins on weekday `week_start` (Monday 0), the fiscal year in month `fiscal_start`
        and its quarters every three months from there. All time has all days of `stored` and all of
        the current year. Calendar periods are whole, so the current one ends after today; the last
        12 months are whole months too, the current one among them.
        """
        if self.days:
            return self.days
        if self.name == "all":
            # Time may be entered ahead; `this_year` shows it, so all time must as well.
            ends = [months_around(today, 12, 0, month).last for month in (1, fiscal_start)]
            if stored is None:
                return today, max(ends)
            return min(stored.first, today), max(*ends, stored.last)
        if self.name in ("today", "yesterday"):
            day = today if self.name == "today" else today - _DAY
            return day, day
        if self.name == "year_to_date":
            return today.replace(month=1, day=1), today
        if self.name == "12m":
            return months_around(today, 1, -11, 1).first, months_around(today, 1, 0, 1).last
        if self.name[0].isdigit():
            return today - timedelta(days=int(self.name[:-1]) - 1), today
        which, unit = self.name.split("_", 1)
        back = -1 if which == "last" else 0
        if unit == "week":
            first = today - timedelta(days=(today.weekday() - week_start) % 7 - 7 * back)
            return first, first + timedelta(days=6)
        begins = 1 if unit == "year" else fiscal_start
        months = months_around(today, _MONTHS[unit], back, begins)
        return months.first, months.last


def neighbour_days(days: Days, direction: int) -> Days | None:
    """Return the period of the same length after `days`, or before it if `direction` is -1.

    Whole months stay whole months. None outside of the days that a period may have.
    """
    months = whole_months(days.first, days.last)
    if months:
        first = months_after(days.first, direction * months)
        last = months_after(first, months) - _DAY
    else:
        length = days.last - days.first + _DAY
        first, last = days.first + direction * length, days.last + direction * length
    return Days(first, last) if first >= FIRST_DAY and last <= LAST_DAY else None


_REMEDY = f"Use one of {', '.join(RELATIVE)}, or two dates such as 2026-01-01..2026-02-15."


def choose_step(start: date, end: date) -> Dimension:
    """Return the steps of a chart over these days: a few dozen, whatever the span."""
    days = (end - start).days + 1
    return next((step for most, step in _STEPS if days <= most), YEAR)
