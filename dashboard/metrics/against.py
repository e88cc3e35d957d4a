"""What a period is compared with."""

import calendar
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from dashboard.metrics.scope import Scope

_DAY = timedelta(days=1)


class Against(StrEnum):
    """Which earlier days; nothing is false."""

    NOTHING = ""
    PREVIOUS = "previous"
    YEAR = "year"
    WORKDAY = "workday"

    def scope(self, scope: Scope, holidays: tuple[date, ...] = ()) -> Scope:
        """The scope to compare `scope` with.

        `PREVIOUS` is the period just before, while this one is under way as many days of it as
        have begun of this. `WORKDAY` is the same up to the same working day: a Monday the 2nd with
        the first working day of the month before. `YEAR` is the same days a year earlier. Days
        that have not begun are never compared with ones that have.
        """
        match self:
            case Against.YEAR:
                return _year_before(scope)
            case Against.WORKDAY:
                return _same_workday(scope, holidays)
            case _:
                return scope.previous()


def _year_before(scope: Scope) -> Scope:
    end = scope.last if scope.start <= scope.today else scope.end
    before = _earlier(end)
    if end == scope.end and _ends_month(end):
        before = before.replace(day=calendar.monthrange(before.year, before.month)[1])
    return replace(scope, start=_earlier(scope.start), end=before)


def _earlier(day: date) -> date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def _ends_month(day: date) -> bool:
    return (day + _DAY).day == 1


def _same_workday(scope: Scope, holidays: tuple[date, ...]) -> Scope:
    whole = replace(scope, today=scope.end).previous()
    if not scope.start <= scope.today < scope.end:
        return replace(whole, today=scope.today)
    free = frozenset(holidays)
    wanted = _workdays(scope.start, scope.today, free)
    end, found = whole.start, _workdays(whole.start, whole.start, free)
    # Up to the day before the next working day: a weekend belongs to the Friday before it.
    while end < whole.end:
        found += _workdays(end + _DAY, end + _DAY, free)
        if found > wanted:
            break
        end += _DAY
        if found == wanted and not _is_free(scope.today, free):
            break
    return replace(whole, end=end, today=scope.today)


def _workdays(first: date, last: date, free: frozenset[date]) -> int:
    days = (first + number * _DAY for number in range((last - first).days + 1))
    return sum(not _is_free(day, free) for day in days)


def _is_free(day: date, free: frozenset[date]) -> bool:
    return day.weekday() >= 5 or day in free
