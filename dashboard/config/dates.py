"""Calendar of an account, calendar months, and plausible days of records."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, and the names of tasks that leave is booked on, in lower case."""

    holidays: tuple[date, ...] = ()
    leave_tasks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The same for the same calendar: facts of another one are made anew."""
        return " ".join([*map(date.isoformat, self.holidays), *self.leave_tasks])


FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
"""The days that a period may have."""

HARVEST_BEGAN = date(2006, 1, 1)

_DAY = timedelta(days=1)
_YEARS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def plausible_days(today: date) -> Days:
    """Return the days that records are expected to have: a date outside is a slip of the pen.

    It ends with a year, so that the same is said all year long.
    """
    return Days(FIRST_DAY, date(min(today.year + _YEARS_AHEAD, LAST_DAY.year), 12, 31))


def months_after(first: date, months: int) -> date:
    """Return the first day of the month that is `months` after that of `first`; may be negative."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def whole_months(first: date, last: date) -> int:
    """Return how many calendar months the days are exactly, 0 if they are not."""
    after = last + _DAY
    if first.day != 1 or after.day != 1:
        return 0
    return (after.year - first.year) * 12 + after.month - first.month


def months_around(day: date, length: int, steps: int, first_month: int) -> Days:
    """Return the span of `length` months around `day`, or the one `steps` spans later.

    Spans begin in `first_month` and every `length` months from there.
    """
    index = day.year * 12 + day.month - first_month
    start = date(day.year, day.month, 1)
    first = months_after(start, steps * length - index % length)
    return Days(first, months_after(first, length) - _DAY)
