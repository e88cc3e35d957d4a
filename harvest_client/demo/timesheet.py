"""All time entries of an account, by day and by id."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter

from harvest_client.demo.entry import TimeEntry

_KEY = attrgetter("day_and_id")
_ABOVE_ALL_IDS = 2**63


class Timesheet:
    """Time entries in the order of their day, oldest first; edits keep the order."""

    def __init__(self, entries: Iterable[TimeEntry] = ()) -> None:
        self._ordered = sorted(entries, key=_KEY)
        self._by_id = {entry.id: entry for entry in self._ordered}
        self._highest_id = max(self._by_id, default=2_450_000_000)

    def __len__(self) -> int:
        return len(self._ordered)

    def __iter__(self) -> Iterator[TimeEntry]:
        return iter(self._ordered)

    @property
    def ordered(self) -> Sequence[TimeEntry]:
        return self._ordered

    def new_id(self) -> int:
        """An id that no entry has, nor had."""
        self._highest_id += 1
        return self._highest_id

    def get(self, entry_id: int) -> TimeEntry | None:
        return self._by_id.get(entry_id)

    def between(self, first: date | None, last: date | None) -> range:
        """The places in `ordered` of the entries of these days, both included."""
        start = 0 if first is None else bisect_left(self._ordered, (first, 0), key=_KEY)
        end = len(self._ordered)
        if last is not None:
            end = bisect_right(self._ordered, (last, _ABOVE_ALL_IDS), key=_KEY)
        return range(start, end)

    def add(self, entry: TimeEntry) -> None:
        self._ordered.insert(bisect_left(self._ordered, entry.day_and_id, key=_KEY), entry)
        self._by_id[entry.id] = entry

    def remove(self, entry: TimeEntry) -> None:
        del self._ordered[bisect_left(self._ordered, entry.day_and_id, key=_KEY)]
        del self._by_id[entry.id]

    def move(self, entry: TimeEntry, day: date) -> None:
        self.remove(entry)
        entry.spent_date = day
        self.add(entry)

    def remove_all(self, entries: Iterable[TimeEntry]) -> None:
        gone = {entry.id for entry in entries}
        self._ordered = [entry for entry in self._ordered if entry.id not in gone]
        for entry_id in gone:
            del self._by_id[entry_id]
