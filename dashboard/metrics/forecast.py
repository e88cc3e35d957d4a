"""Forecast of the month's billable hours, and the error of the same method in past months."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dashboard.metrics.bounds import find_bounds
from dashboard.metrics.completeness import complete_since, incomplete_reasons
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.metric import Fact
from dashboard.metrics.permissions import require_visible
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join

TOO_LITTLE = "Not enough data"

_DAY = timedelta(days=1)
_WINDOW = timedelta(weeks=4)
_MONTHS = 6
_ENOUGH = 3  # months below which an error says nothing
_WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """Forecast for a month that is over, and its actual hours."""

    month: date
    forecast: float
    actual: float

    @property
    def error(self) -> float:
        """Return the error as a share of the actual hours."""
        return abs(self.forecast - self.actual) / self.actual


@dataclass(frozen=True, slots=True)
class Forecast:
    """Billable hours of the month of `month`, its first day.

    `so_far` are those of the days before `first`, the first day that is still ahead: today, whose
    hours are not all entered. From there on `workdays` are left, at `pace` hours each. `error` is
    the median of what `tried` was off by, a share. `hours` and `error` are None where there is no
    telling; `why` then says the reason. `notes` say why not all of the days before are known.
    """

    month: date
    first: date
    so_far: float
    workdays: int
    pace: float
    hours: float | None
    error: float | None
    tried: tuple[BacktestResult, ...]
    why: str = ""
    notes: tuple[str, ...] = ()

    @property
    def last(self) -> date:
        """The last day of the month."""
        return month_after(self.month) - _DAY


def forecast_hours(snapshot: Snapshot, scope: Scope, holidays: tuple[date, ...] = ()) -> Forecast:
    """Return the billable hours with which the month of the scope's today will end.

    The hours of the days before today, and for each working day from today on the mean of those of
    the last four weeks. The same is tried on the same working day of each of the last six months
    for which the four weeks before are known. The scope's days do not matter, its filter does.
    Raises `MetricError` for a filter that time cannot follow.
    """
    require_visible(snapshot.viewer, scope)
    today, free = scope.today, frozenset(holidays)
    month = today.replace(day=1)
    months = [month]
    for _ in range(_MONTHS):
        months.append((months[-1] - _DAY).replace(day=1))
    earliest = months[-1] - _WINDOW
    span = replace(scope, start=earliest, end=month_after(month) - _DAY)
    hours = _hours_by_day(snapshot, span)
    # Before the first day of which all is stored, no hours means not known.
    stored = find_bounds(snapshot, today, [Fact.TIME]).days
    first_day = complete_since(snapshot, Fact.TIME) or (stored.first if stored else None)
    so_far, remaining, pace, told = _extrapolate(hours, month, today, free)
    done = count_workdays(month, today - _DAY, free)
    tried = []
    for past in reversed(months[1:]):
        first = _same_workday(past, done, remaining, free)
        actual = _sum_hours(hours, past, month_after(past) - _DAY)
        if first_day is not None and first_day <= first - _WINDOW and actual > 0:
            tried.append(BacktestResult(past, _extrapolate(hours, past, first, free)[-1], actual))
    enough = len(tried) >= _ENOUGH
    return Forecast(
        month=month,
        first=today,
        so_far=so_far,
        workdays=remaining,
        pace=pace,
        hours=told if enough else None,
        error=statistics.median(item.error for item in tried) if enough else None,
        tried=tuple(tried),
        why="" if enough else TOO_LITTLE,
        notes=incomplete_reasons(snapshot, [Fact.TIME], span),
    )


def count_workdays(first: date, last: date, free: frozenset[date] = frozenset()) -> int:
    """Return the number of weekdays that are not `free`; 0 if `last` is before `first`."""
    days = (first + number * _DAY for number in range((last - first).days + 1))
    return sum(day.weekday() < _WORKDAYS and day not in free for day in days)


def month_after(month: date) -> date:
    """Return the first day of the month after that of `month`."""
    return (month.replace(day=28) + 4 * _DAY).replace(day=1)


def _extrapolate(
    hours: Mapping[date, float], month: date, first: date, free: frozenset[date]
) -> tuple[float, int, float, float]:
    """Hours before `first`, working days left from it on, hours a working day, and their sum."""
    so_far = _sum_hours(hours, month, first - _DAY)
    remaining = count_workdays(first, month_after(month) - _DAY, free)
    counted = count_workdays(first - _WINDOW, first - _DAY, free)
    pace = _sum_hours(hours, first - _WINDOW, first - _DAY) / counted if counted else 0.0
    return so_far, remaining, pace, so_far + remaining * pace


def _same_workday(month: date, done: int, remaining: int, free: frozenset[date]) -> date:
    """Return the working day of `month` with `done` before it, else its last one.

    Its end where none is `left`. A shorter month is not tried at its end otherwise: nothing would
    be left to be wrong about.
    """
    after = month_after(month)
    days = [month + number * _DAY for number in range((after - month).days)]
    working = [day for day in days if count_workdays(day, day, free)]
    return working[min(done, len(working) - 1)] if working and remaining else after


def _sum_hours(hours: Mapping[date, float], first: date, last: date) -> float:
    return sum(result for day, result in hours.items() if first <= day <= last)


def _hours_by_day(snapshot: Snapshot, scope: Scope) -> dict[date, float]:
    total = Sql(f"SELECT f.day AS day, CAST(sum(f.{scope.basis}_hours) AS DOUBLE) AS hours")
    ours = rows(Fact.TIME, scope, among="f.billable")
    return dict(snapshot.rows(*sql_join("\n", [total, ours, Sql("GROUP BY f.day")])))
