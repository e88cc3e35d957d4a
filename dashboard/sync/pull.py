"""Pull of an account: everything the first time, then changes."""

import ctypes
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, islice
from threading import Event, Lock
from typing import TypeAlias

from dashboard.store.completeness import LIMITED
from dashboard.store.record_store import Changes, Records
from dashboard.store.schema import STORED
from dashboard.sync.deletion_guard import MOST, check_odd, get_or_note, ids_of, note_odd, read_again
from dashboard.sync.paging import iterate_list
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.windows import (
    EARLIEST,
    LATEST,
    DateWindow,
    complete_since,
    missing_windows,
    plan_windows,
)
from harvest_client import Forbidden, Harvest, Page, Resource
from harvest_client.entities import Entity
from harvest_client.models.records import Record

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of glibc's mallopt
_LARGE = 256 * 1024


def tune_malloc() -> None:
    """Let the C library return every large block to the system as soon as it is free.

    By itself glibc raises that bound to the size of what was freed, and an answer's two megabytes
    then stay in the heap of whichever thread read it: 45 MB more at the peak of a first sync.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL("libc.so.6").mallopt(_MMAP_THRESHOLD, _LARGE)


@dataclass(frozen=True, slots=True)
class Selection:
    """Part of an entity that is stored in full: of these days, what `parameters` of a list select.

    `uninvoiced` is the part before HARVEST_SYNC_START: balances need what is left to invoice.
    """

    days: DateWindow
    uninvoiced: bool = False
    parameters: Mapping[str, object] = field(default_factory=dict)


def start_of(entity: Entity, start: date | None) -> date | None:
    """Return the first day of which all records are stored; None where no start limits them."""
    return start if entity.name in LIMITED else None


def stored_selections(entity: Entity, start: date | None) -> tuple[Selection, ...]:
    """Return the parts of an entity that are stored, each in full."""
    first = start_of(entity, start)
    if first is None:
        return (Selection(DateWindow(EARLIEST, LATEST)),)
    before = DateWindow(EARLIEST, first - timedelta(days=1))
    return (
        Selection(DateWindow(first, LATEST)),
        Selection(before, uninvoiced=True, parameters={"is_billed": False}),
    )


def drop_before_start(
    records: Records, entity: Entity, read: list[Record], start: date | None
) -> list[Record]:
    """Return the records of days from `start` on, those not invoiced, and those stored already.

    The latter may have moved to a day before `start`, or been invoiced since.
    """
    first = start_of(entity, start)
    if entity.date_field is None or first is None:
        return read
    older = {
        record.id
        for record in read
        if (day := getattr(record, entity.date_field)) is not None
        and day < first
        and record.is_billed is not False
    }
    stored = records.comparing.stored_ids(entity, older)
    return [record for record in read if record.id not in older or record.id in stored]


# Enough to hide Harvest's latency; more would only wait for the rate budget together.
THREADS = 6

# More than our clock and Harvest's can disagree, and than a change takes to become visible.
OVERLAP = timedelta(minutes=10)

# A list of one page costs the same one request whether all of it is asked for or what changed.
_ONE_PAGE = 2_000

# Pages written together: few enough to keep memory low, many enough to write fast.
_BATCH = 3

# What takes long begins first.
_IN_ORDER = sorted(STORED.values(), key=lambda entity: entity.date_field is None)
_WINDOWED = sum(entity.date_field is not None for entity in _IN_ORDER)
_EVERYONE_MAY = "time_entries"  # without it there is nothing to show: a refusal ends the sync


Task: TypeAlias = Callable[[], "list[Task]"]
"""A step of a pull, for any thread; returns the steps that follow from it."""


class SyncCancelled(Exception):
    """The sync was asked to stop. What it stored stays; the next one goes on from there."""


@dataclass
class Pull:
    """One reading of an account.

    `start` is the oldest day to keep of time and expenses. `publish` is called whenever a first
    pull has something new to show, with the first complete day of each entity that still arrives.
    Afterwards `whole` has the names of what was read by windows from its first day to its last, and
    `absent` the stored records that lists read to their end no longer have.
    """

    harvest: Harvest
    records: Records
    tally: ProgressCounter
    stop: Event
    today: date
    start: date | None
    started: datetime
    full: bool
    publish: Callable[[Mapping[str, date]], None]
    changes: dict[str, Changes] = field(default_factory=dict)
    absent: dict[str, list[int]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    _left: dict[str, list[DateWindow]] = field(default_factory=dict)
    _exact: dict[str, bool] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def run(self) -> None:
        """Read everything there is to read; raises the first error once all threads are quiet."""
        tune_malloc()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="pull") as pool:
            running = {pool.submit(self._begin_entity, entity) for entity in _IN_ORDER}
            try:
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    running |= {pool.submit(task) for item in done for task in item.result()}
                    self._show_progress()
            except BaseException:
                self.stop.set()
                for future in running:
                    future.cancel()
                raise

    def _begin_entity(self, entity: Entity) -> list[Task]:
        """Read the entity, or returns the windows to read it by."""
        try:
            if entity.date_field and self._needs_all(entity):
                return self._plan_windows(entity)
            self._read(entity)
        except Forbidden as error:
            if entity.name == _EVERYONE_MAY:
                raise
            self.records.finish_pull(entity, None, refused=f"{error} {error.remedy}")
        return []

    def _needs_all(self, entity: Entity) -> bool:
        state = self.records.get_state(entity)
        return self.full or state.watermark is None or state.pull_started is not None

    def _read(self, entity: Entity) -> None:
        resource = self.get_resource(entity)
        if entity.path is None:
            self.tally.expect_rows(entity.name, 1)
            record = get_or_note(self.records, resource)
            self.store_pages(entity, [[record]] if record else [])
            self.tally.add_rows(entity.name, 1)
        elif entity.date_field:
            self.catch_up(entity)
            read_again(self.records, resource, lambda record: self._store_kept(entity, [record]))
            self._read_days_again(entity)
        elif self._is_short(entity):
            self._to_the_end(entity)
        else:
            self.catch_up(entity)
            if self.records.odd.count_odd(entity) or resource.count() != self.records.rows(entity):
                self._to_the_end(entity)
        check_odd(self.records, entity)
        self.records.finish_pull(entity, self.started - OVERLAP)

    def _is_short(self, entity: Entity) -> bool:
        few = self.records.rows(entity) <= _ONE_PAGE
        return few or self._needs_all(entity) or not entity.updated_since

    def _to_the_end(self, entity: Entity) -> None:
        """Read a list by cursor, which has every record that is there all the while."""
        present: set[int] = set()
        self._read_list(entity, present)
        odd = self.records.odd
        absent = [] if odd.has_met_unknown(entity) else self.records.find_absent(entity, present)
        self.absent[entity.name] = absent
        odd.keep_only(entity, present)

    def _read_days_again(self, entity: Entity) -> None:
        """Read the days of records whose key could not be read, which cannot be asked for."""
        for day in self.records.odd.due_days(entity, MOST):
            for page in self.iterate_pages(entity, from_=day, to=day):
                self._store_kept(entity, page.data)
            self.records.odd.keep_read_on(entity, day)

    def catch_up(self, entity: Entity) -> int:
        """Read what changed since the watermark, for as many requests.

        Also what moved to a day before `start`, where it would seem to be deleted.
        """
        since = self.records.get_state(entity).watermark
        requests = 0
        for page in self.iterate_pages(entity, updated_since=since):
            requests += 1
            self.tally.add_rows(entity.name, len(page.data))
            self._store_kept(entity, page.data)
        return requests

    def _plan_windows(self, entity: Entity) -> list[Task]:
        resource = self.get_resource(entity)
        if self.records.get_state(entity).pull_started is None or self.full:
            self.records.begin_pull(entity, self.started)
        self._exact[entity.name] = self.records.rows(entity) > 0
        first = start_of(entity, self.start)
        kept = {"from_": first} if first else {}
        rows = resource.count(**kept)
        self.tally.expect_rows(entity.name, rows)
        if rows is not None and rows <= _ONE_PAGE:
            self._read_list(entity, set(), **kept)
            return self._by_windows(entity, [])
        planned = plan_windows(
            rows=rows or 0,
            oldest=self.find_oldest(entity, rows, **kept),
            today=self.today,
            start=first,
        )
        remaining = missing_windows(planned, self.records.list_windows(entity))
        return self._by_windows(entity, remaining)

    def _by_windows(self, entity: Entity, remaining: list[DateWindow]) -> list[Task]:
        with self._lock:
            self._left[entity.name] = list(remaining)
        if not remaining:
            self._finish_pull(entity)
        return [partial(self._read_window, entity, window) for window in remaining]

    def find_oldest(self, entity: Entity, rows: int | None, **parameters: object) -> date:
        """Return the oldest day of a list of so many `rows`, for one request."""
        if not rows or entity.date_field is None:
            return self.today
        # Lists begin with the newest day, so the last page of one row is the oldest.
        page = self.get_resource(entity).list(per_page=1, page=rows, **parameters)
        day: date | None = getattr(page.data[0], entity.date_field) if page.data else None
        return day or self.today

    def _read_window(self, entity: Entity, window: DateWindow) -> list[Task]:
        self._read_list(entity, set(), **window.parameters)
        self.records.window_done(entity, (window.first, window.last))
        with self._lock:
            remaining = self._left[entity.name]
            remaining.remove(window)
            finished = not remaining
        if finished:
            self._finish_pull(entity)
        return []

    def _finish_pull(self, entity: Entity) -> None:
        # A pull that was interrupted may be days old: what changed since is still to come.
        began = self.records.get_state(entity).pull_started or self.started
        if began >= self.started:
            self.records.odd.keep_read(entity)
        else:
            self.records.odd.keep_read_since(entity, began - OVERLAP)
        check_odd(self.records, entity)
        self.records.finish_pull(entity, began - OVERLAP)
        self.whole.add(entity.name)

    def iterate_pages(self, entity: Entity, **parameters: object) -> Iterator[Page]:
        """Yield the pages of a list, until the sync is asked to stop."""
        # What is not invoiced counts whatever its day.
        uninvoiced = parameters.get("is_billed") is False
        start = None if uninvoiced else start_of(entity, self.start)
        for page in iterate_list(self.get_resource(entity), **parameters):
            note_odd(self.records, page.odd, start)
            yield page
            self.go_on()

    def go_on(self) -> None:
        if self.stop.is_set():
            raise SyncCancelled

    def _read_list(self, entity: Entity, present: set[int], **parameters: object) -> None:
        pages = self._read_pages(entity, present, **parameters)
        while some := next(pages, None):
            self.store_pages(entity, chain([some], islice(pages, _BATCH - 1)))

    def _read_pages(
        self, entity: Entity, present: set[int], **parameters: object
    ) -> Iterator[list[Record]]:
        """Yield the records of a list, page by page; `present` gets their ids."""
        for number, page in enumerate(self.iterate_pages(entity, **parameters)):
            if number == 0 and "from_" not in parameters and "to" not in parameters:
                self.tally.expect_rows(entity.name, page.meta.total_entries)
            fresh = [record for record in page.data if record.id not in present]
            present.update(ids_of(page))
            self.tally.add_rows(entity.name, len(fresh))
            yield fresh

    def store_pages(self, entity: Entity, pages: Iterable[Sequence[Record]]) -> Changes:
        changed = self.records.upsert(entity, pages, exact=self._exact.get(entity.name, True))
        self._count_changes(entity, changed)
        return changed

    def _store_kept(self, entity: Entity, read: list[Record]) -> None:
        self.store_pages(entity, [drop_before_start(self.records, entity, read, self.start)])

    def mark_deleted(self, entity: Entity, ids: Sequence[int]) -> None:
        self._count_changes(entity, self.records.mark_deleted(entity, ids, self.started))

    def _count_changes(self, entity: Entity, changed: Changes) -> None:
        with self._lock:
            self.changes[entity.name] = self.changes.get(entity.name, Changes()) + changed

    def get_resource(self, entity: Entity) -> Resource:
        return self.harvest.get_resource(entity.name).collect_odd()

    def _show_progress(self) -> None:
        with self._lock:
            if len(self._left) < _WINDOWED:
                return
            days = {name: complete_since(remaining) for name, remaining in self._left.items()}
        arriving = {name: day for name, day in days.items() if day is not None}
        if arriving and EARLIEST < max(arriving.values()) < LATEST:
            for name in days:
                check_odd(self.records, STORED[name])
            self.publish(arriving)
