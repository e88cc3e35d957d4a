"""Comparison of a period with an earlier one: as many days, or as many whole months."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from dashboard.config.dates import months_after, whole_months
from dashboard.metrics.scope import Scope

_DAY = timedelta(days=1)
_LONGEST_YEAR = 366


class ComparisonPeriod(StrEnum):
    """The earlier days to compare with. `NOTHING` is false."""

    NOTHING = ""
    PREVIOUS = "previous"
    YEAR = "year"
    WORKDAY = "workday"

    def earlier_scope(self, scope: Scope, holidays: tuple[date, ...] = ()) -> Scope:
        """Return the earlier scope to compare `scope` with.

        `PREVIOUS` is the period just before. `WORKDAY` is the same, up to the same working day:
        a Monday the 2nd is compared with the first working day of the month before. `YEAR` is the
        same days a year earlier, or as many years earlier as the period is long.

        Whole months are compared with as many whole months, any other days with as many days.
        While a period is under way, only the days that have begun are compared. A result never
        overlaps `scope` and never has a day that has not begun.
        """
        match self:
            case ComparisonPeriod.YEAR:
                return _shift_by_years(scope)
            case ComparisonPeriod.WORKDAY:
                return _end_on_same_workday(scope, holidays)
            case _:
                return _shift_by_periods(scope)


def _shift_by_periods(scope: Scope) -> Scope:
    """Return the last period of the same length that is before `scope` and has begun."""
    months = whole_months(scope.start, scope.end)
    start, end = _period_before(scope.start, scope.end, months)
    while scope.start > scope.today and end > scope.today:
        start, end = _period_before(start, end, months)
    if _is_under_way(scope):
        # A shorter month has fewer days than have begun of this one.
        end = min(end, _last_day(start, scope.start, scope.today))
    return replace(scope, start=start, end=end)


def _shift_by_years(scope: Scope) -> Scope:
    last = scope.today if _is_under_way(scope) else scope.end
    days = last - scope.start
    years = -(-(days.days + 1) // _LONGEST_YEAR)
    while True:
        start = _years_before(scope.start, years)
        end = _last_day(start, scope.start, last)
        if end >= scope.start:  # of a leap year's 366 days the year before has one less
            start, end = scope.start - _DAY - days, scope.start - _DAY
        if end <= scope.today:
            return replace(scope, start=start, end=end)
        years += 1


def _period_before(start: date, end: date, months: int) -> tuple[date, date]:
    """Return the days just before: `months` whole ones, or as many days if `months` is 0."""
    first = months_after(start, -months) if months else start - (end - start + _DAY)
    return first, start - _DAY


def _last_day(start: date, first: date, last: date) -> date:
    """Return the last of as many days from `start` as `first` to `last` are, or whole months."""
    months = whole_months(first, last) if start.day == 1 else 0
    return months_after(start, months) - _DAY if months else start + (last - first)


def _years_before(day: date, years: int) -> date:
    year = day.year - years
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _is_under_way(scope: Scope) -> bool:
    return scope.start <= scope.today < scope.end


def _end_on_same_workday(scope: Scope, holidays: tuple[date, ...]) -> Scope:
    if not _is_under_way(scope):
        return _shift_by_periods(scope)
    whole = _shift_by_periods(replace(scope, today=scope.end))
    free = frozenset(holidays)
    wanted = _count_workdays(scope.start, scope.today, free)
    end, count = whole.start, _count_workdays(whole.start, whole.start, free)
    # Up to the day before the next working day: a weekend belongs to the Friday before it.
    while end < whole.end:
        count += _count_workdays(end + _DAY, end + _DAY, free)
        if count > wanted:
            break
        end += _DAY
        if count == wanted and not _is_free(scope.today, free):
            break
    return replace(whole, end=end, today=scope.today)


def _count_workdays(first: date, last: date, free: frozenset[date]) -> int:
    days = (first + number * _DAY for number in range((last - first).days + 1))
    return sum(not _is_free(day, free) for day in days)


def _is_free(day: date, free: frozenset[date]) -> bool:
    return day.weekday() >= 5 or day in free
