"""Finding the days in which Harvest has other records than we, for as few questions as possible."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from dashboard.sync.windows import Window

_DAY = timedelta(days=1)

Ask = Callable[[Sequence[Window]], Sequence[int | None]]
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
    """How many records Harvest has in a window."""

    window: Window
    rows: int


class Days:
    """How many records we have on each day."""

    def __init__(self, rows: Mapping[date, int]) -> None:
        self.days = sorted(rows)
        self._before = [0, *accumulate(rows[day] for day in self.days)]

    @property
    def total(self) -> int:
        return self._before[-1]

    def within(self, window: Window) -> int:
        first, end = self._places(window)
        return self._before[end] - self._before[first]

    def halves(self, window: Window) -> tuple[Window, Window] | None:
        """The newer and the older half by our records, else by days; None of a single day."""
        if window.first >= window.last:
            return None
        first, end = self._places(window)
        if first < end:
            middle = bisect_right(self._before, (self._before[first] + self._before[end]) // 2)
            cut = self.days[min(max(middle - 1, first), end - 1)]
        else:
            cut = window.first + (window.last - window.first) // 2
        cut = min(cut, window.last - _DAY)
        return Window(cut + _DAY, window.last), Window(window.first, cut)

    def months(self, whole: Window) -> list[Window]:
        """`whole` by calendar months of which we have records; the first and last are open."""
        firsts = sorted({day.replace(day=1) for day in self.days})[1:]
        starts = [whole.first, *(first for first in firsts if first > whole.first)]
        ends = [start - _DAY for start in starts[1:]] + [whole.last]
        return [Window(*ends_of) for ends_of in zip(starts, ends, strict=True)]

    def around(self, days: Iterable[date], most: int) -> list[Window]:
        """Windows of at most `most` records, or one day, that together have all of `days`."""
        found: list[Window] = []
        for day in sorted(set(days)):
            wider = Window(found[-1].first, day) if found else None
            if wider and self.within(wider) <= most:
                found[-1] = wider
            else:
                found.append(Window(day, day))
        return found

    def _places(self, window: Window) -> tuple[int, int]:
        return bisect_left(self.days, window.first), bisect_right(self.days, window.last)


def differing(counted: Iterable[Counted], ours: Days, ask: Ask, limits: Limits) -> list[Window]:
    """The windows to be read, of those `counted` or of their parts, where the numbers differ.

    Counts of what others edit meanwhile do not add up: that leads to a window too many or one too
    few, which the next comparison finds. Raises `TooManyQuestions`.
    """
    found: list[Window] = []
    left = [each for each in counted if each.rows != ours.within(each.window)]
    asked = 0
    while left:
        cuts: list[tuple[Counted, Window, Window]] = []
        for each in left:
            halves = ours.halves(each.window) if each.rows > limits.leaf else None
            if halves is None:
                found.append(each.window)
            else:
                cuts.append((each, *halves))
        asked += len(cuts)
        if asked + len(found) > limits.questions:
            raise TooManyQuestions
        left = []
        answers = ask([newer for _, newer, _ in cuts])
        for (whole, newer, older), rows in zip(cuts, answers, strict=True):
            if rows is None:
                raise TooManyQuestions
            for half in (Counted(newer, rows), Counted(older, whole.rows - rows)):
                if half.rows != ours.within(half.window):
                    left.append(half)
    return found
