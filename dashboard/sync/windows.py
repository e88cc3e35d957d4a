"""Cutting an account's history into windows of days, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.dates import HARVEST_BEGAN

EARLIEST = date(1, 1, 1)
LATEST = date(9999, 12, 31)

# Fewer rows than this are read in one go: two pages.
_SMALL = 4_000
_FEWEST, _MOST = 4_000, 20_000  # rows a window should hold
_WINDOWS = 16  # as many as keep several threads busy to the end without wasting requests


@dataclass(frozen=True, slots=True, order=True)
class DateWindow:
    """Days from `first` to `last`, both included. `EARLIEST` and `LATEST` mean open."""

    first: date
    last: date

    @property
    def parameters(self) -> dict[str, date]:
        """The window as parameters of a list."""
        asked = {}
        if self.first > EARLIEST:
            asked["from_"] = self.first
        if self.last < LATEST:
            asked["to"] = self.last
        return asked


def plan_windows(*, rows: int, oldest: date, today: date, start: date | None) -> list[DateWindow]:
    """All days from `start` (None: the beginning) on, newest first, without gap or overlap.

    The newest two windows are a month each, so that there is something to see early; the others
    hold as many whole months as make them worth a few pages each. The newest is open to the
    future and the oldest to the past: rows outside what was expected are read all the same. Days
    before there was a Harvest are slips of the pen, and no history to cut.
    """
    floor, oldest = start or EARLIEST, max(oldest, HARVEST_BEGAN)
    if rows <= _SMALL or oldest >= today:
        return [DateWindow(floor, LATEST)]
    wanted = min(max(rows // _WINDOWS, _FEWEST), _MOST)
    months = _count_months(oldest, today)
    length = max(1, round(wanted * months / rows))
    cut, last = [], LATEST
    first = today.replace(day=1)
    while first > max(oldest, floor):
        cut.append(DateWindow(first, last))
        last = first - timedelta(days=1)
        first = _months_before(first, 1 if len(cut) == 1 else length)
    cut.append(DateWindow(floor, last))
    return cut


def missing_windows(
    planned: Iterable[DateWindow], done: Iterable[tuple[date, date]]
) -> list[DateWindow]:
    """The parts of the planned windows that are not done, in their order.

    A plan made on another day is cut elsewhere, so windows are compared by days.
    """
    left = list(planned)
    for first, last in done:
        left = [part for window in left for part in _cut_window(window, first, last)]
    return left


def complete_since(left: Iterable[DateWindow]) -> date | None:
    """The first day from which on everything is stored; `LATEST` when nothing is."""
    lasts = [window.last for window in left]
    if not lasts:
        return None
    newest_gap = max(lasts)
    return newest_gap + timedelta(days=1) if newest_gap < LATEST else LATEST


def _cut_window(window: DateWindow, first: date, last: date) -> list[DateWindow]:
    if last < window.first or first > window.last:
        return [window]
    newer = [DateWindow(last + timedelta(days=1), window.last)] if last < window.last else []
    older = [DateWindow(window.first, first - timedelta(days=1))] if first > window.first else []
    return newer + older


def _count_months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _months_before(day: date, months: int) -> date:
    """The first of the month, that many months before `day`; never before `EARLIEST`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1) if index >= 12 else EARLIEST
