"""Windows of days: planned for a pull, and bisected to find differing days."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from dashboard.config.dates import HARVEST_BEGAN

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
        request = {}
        if self.first > EARLIEST:
            request["from_"] = self.first
        if self.last < LATEST:
            request["to"] = self.last
        return request


def plan_windows(*, rows: int, oldest: date, today: date, start: date | None) -> list[DateWindow]:
    """Return all days from `start` (None: the beginning) on, newest first, without gap or overlap.

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
    """Return the parts of the planned windows that are not done, in their order.

    A plan made on another day is cut elsewhere, so windows are compared by days.
    """
    remaining = list(planned)
    for first, last in done:
        remaining = [part for window in remaining for part in _cut_window(window, first, last)]
    return remaining


def complete_since(remaining: Iterable[DateWindow]) -> date | None:
    """Return the first day from which on everything is stored; `LATEST` when nothing is."""
    lasts = [window.last for window in remaining]
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
    """Return the first of the month, that many months before `day`; never before `EARLIEST`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1) if index >= 12 else EARLIEST


_DAY = timedelta(days=1)

Ask = Callable[[Sequence[DateWindow]], Sequence[int | None]]
"""How many records Harvest has in each of these windows, for one request each; None: not told."""


class TooManyQuestions(Exception):
    """So much differs that to read everything takes fewer requests."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A window of `leaf` records is read, not halved; `questions` may be asked about an entity."""

    leaf: int = 2_000
    questions: int = 150


@dataclass(frozen=True, slots=True)
class Counted:
    """Number of records in Harvest by window."""

    window: DateWindow
    rows: int


class Days:
    """Number of stored records by day."""

    def __init__(self, rows: Mapping[date, int]) -> None:
        self.days = sorted(rows)
        self._before = [0, *accumulate(rows[day] for day in self.days)]

    @property
    def total(self) -> int:
        return self._before[-1]

    def count_records(self, window: DateWindow) -> int:
        first, end = self._window_places(window)
        return self._before[end] - self._before[first]

    def split_window(self, window: DateWindow) -> tuple[DateWindow, DateWindow] | None:
        """The newer and the older half by our records, else by days; None of a single day."""
        if window.first >= window.last:
            return None
        first, end = self._window_places(window)
        if first < end:
            middle = bisect_right(self._before, (self._before[first] + self._before[end]) // 2)
            cut = self.days[min(max(middle - 1, first), end - 1)]
        else:
            cut = window.first + (window.last - window.first) // 2
        cut = min(cut, window.last - _DAY)
        return DateWindow(cut + _DAY, window.last), DateWindow(window.first, cut)

    def split_months(self, whole: DateWindow) -> list[DateWindow]:
        """`whole` by calendar months of which we have records; the first and last are open."""
        firsts = sorted({day.replace(day=1) for day in self.days})[1:]
        starts = [whole.first, *(first for first in firsts if first > whole.first)]
        ends = [start - _DAY for start in starts[1:]] + [whole.last]
        return [DateWindow(*ends_of) for ends_of in zip(starts, ends, strict=True)]

    def cover_days(self, days: Iterable[date], most: int) -> list[DateWindow]:
        """Windows of at most `most` records, or one day, that together have all of `days`."""
        matches: list[DateWindow] = []
        for day in sorted(set(days)):
            wider = DateWindow(matches[-1].first, day) if matches else None
            if wider and self.count_records(wider) <= most:
                matches[-1] = wider
            else:
                matches.append(DateWindow(day, day))
        return matches

    def _window_places(self, window: DateWindow) -> tuple[int, int]:
        return bisect_left(self.days, window.first), bisect_right(self.days, window.last)


def find_differing(
    counted: Iterable[Counted], ours: Days, ask: Ask, limits: Limits
) -> list[DateWindow]:
    """The windows to be read, of those `counted` or of their parts, where the numbers differ.

    Counts of what others edit meanwhile do not add up: that leads to a window too many or one too
    few, which the next comparison finds. Raises `TooManyQuestions`.
    """
    matches: list[DateWindow] = []
    remaining = [item for item in counted if item.rows != ours.count_records(item.window)]
    request = 0
    while remaining:
        cuts: list[tuple[Counted, DateWindow, DateWindow]] = []
        for item in remaining:
            halves = ours.split_window(item.window) if item.rows > limits.leaf else None
            if halves is None:
                matches.append(item.window)
            else:
                cuts.append((item, *halves))
        request += len(cuts)
        if request + len(matches) > limits.questions:
            raise TooManyQuestions
        remaining = []
        answers = ask([newer for _, newer, _ in cuts])
        for (whole, newer, older), rows in zip(cuts, answers, strict=True):
            if rows is None:
                raise TooManyQuestions
            for half in (Counted(newer, rows), Counted(older, whole.rows - rows)):
                if half.rows != ours.count_records(half.window):
                    remaining.append(half)
    return matches
