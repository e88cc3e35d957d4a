"""Reading an account into the records: everything the first time, then what changed."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, islice
from threading import Event, Lock
from typing import TypeAlias

from dashboard.store.records import Changes, Records
from dashboard.store.schema import STORED
from dashboard.sync.memory import give_large_blocks_back
from dashboard.sync.progress import Tally
from dashboard.sync.windows import EARLIEST, LATEST, Window, complete_since, missing, windows
from harvest_client import Forbidden, Harvest, Resource
from harvest_client.entities import Entity
from harvest_client.records import Record

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


class Stopped(Exception):
    """The sync was asked to stop. What it stored stays; the next one goes on from there."""


@dataclass
class Pull:
    """One reading of an account.

    `start` is the oldest day to keep. `publish` is called with the first day that is completely
    stored whenever a first pull has something new to show.
    """

    harvest: Harvest
    records: Records
    tally: Tally
    stop: Event
    today: date
    start: date | None
    started: datetime
    full: bool
    publish: Callable[[date], None]
    changes: dict[str, Changes] = field(default_factory=dict)
    _left: dict[str, list[Window]] = field(default_factory=dict)
    _exact: dict[str, bool] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def run(self) -> None:
        """Reads everything there is to read; raises the first error once all threads are quiet."""
        give_large_blocks_back()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="pull") as pool:
            running = {pool.submit(self._begin, entity) for entity in _IN_ORDER}
            try:
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    running |= {pool.submit(task) for task in _tasks(done)}
                    self._show_progress()
            except BaseException:
                self.stop.set()
                for future in running:
                    future.cancel()
                raise

    def _begin(self, entity: Entity) -> list[Task]:
        """Reads the entity, or returns the windows to read it by."""
        try:
            if entity.date_field and self._needs_all(entity):
                return self._plan(entity)
            self._read(entity)
        except Forbidden as error:
            if entity.name == _EVERYONE_MAY:
                raise
            self.records.finish(entity, None, refused=f"{error} {error.remedy}")
        return []

    def _needs_all(self, entity: Entity) -> bool:
        state = self.records.state(entity)
        return self.full or state.watermark is None or state.pull_started is not None

    def _read(self, entity: Entity) -> None:
        state = self.records.state(entity)
        resource = self._resource(entity)
        if entity.path is None:
            self.tally.expect(entity.name, 1)
            self._store(entity, [[resource.get()]])
            self.tally.add(entity.name, 1)
        elif (
            self._needs_all(entity)
            or not entity.updated_since
            or self.records.rows(entity) <= _ONE_PAGE
            and entity.date_field is None
        ):
            self._pages(entity)
        else:
            assert state.watermark
            since = {"updated_since": state.watermark}
            self._pages(entity, **since, **self._window_of_all(entity))
        self.records.finish(entity, self.started - OVERLAP)

    def _plan(self, entity: Entity) -> list[Task]:
        resource = self._resource(entity)
        if self.records.state(entity).pull_started is None or self.full:
            self.records.begin_pull(entity, self.started)
        self._exact[entity.name] = self.records.rows(entity) > 0
        kept = self._window_of_all(entity)
        rows = resource.count(**kept)
        self.tally.expect(entity.name, rows)
        if rows is not None and rows <= _ONE_PAGE:
            self._pages(entity, **kept)
            return self._by_windows(entity, [])
        planned = windows(
            rows=rows or 0,
            oldest=self._oldest(entity, rows),
            today=self.today,
            start=self.start,
        )
        left = missing(planned, self.records.windows(entity))
        return self._by_windows(entity, left)

    def _by_windows(self, entity: Entity, left: list[Window]) -> list[Task]:
        with self._lock:
            self._left[entity.name] = list(left)
        if not left:
            self._finish_pull(entity)
        return [partial(self._read_window, entity, window) for window in left]

    def _oldest(self, entity: Entity, rows: int | None) -> date:
        if not rows or entity.date_field is None:
            return self.today
        # Lists begin with the newest day, so the last page of one row is the oldest.
        page = self._resource(entity).list(per_page=1, page=rows, **self._window_of_all(entity))
        return getattr(page.data[0], entity.date_field) if page.data else self.today

    def _read_window(self, entity: Entity, window: Window) -> list[Task]:
        self._pages(entity, **window.parameters)
        self.records.window_done(entity, (window.first, window.last))
        with self._lock:
            left = self._left[entity.name]
            left.remove(window)
            finished = not left
        if finished:
            self._finish_pull(entity)
        return []

    def _finish_pull(self, entity: Entity) -> None:
        # A pull that was interrupted may be days old: what changed since is still to come.
        began = self.records.state(entity).pull_started or self.started
        self.records.finish(entity, began - OVERLAP)

    def _pages(self, entity: Entity, **parameters: object) -> None:
        pages = self._read_pages(entity, **parameters)
        while some := next(pages, None):
            self._store(entity, chain([some], islice(pages, _BATCH - 1)))

    def _read_pages(self, entity: Entity, **parameters: object) -> Iterator[list[Record]]:
        for page in self._resource(entity).pages(**parameters):
            if "from_" not in parameters and "to" not in parameters:
                self.tally.expect(entity.name, page.meta.total_entries)
            self.tally.add(entity.name, len(page.data))
            yield page.data
            if self.stop.is_set():
                raise Stopped

    def _store(self, entity: Entity, pages: Iterable[list[Record]]) -> None:
        changed = self.records.upsert(entity, pages, exact=self._exact.get(entity.name, True))
        with self._lock:
            self.changes[entity.name] = self.changes.get(entity.name, Changes()) + changed

    def _window_of_all(self, entity: Entity) -> dict[str, date]:
        return {"from_": self.start} if self.start and entity.date_field else {}

    def _resource(self, entity: Entity) -> Resource:
        resource: Resource = getattr(self.harvest, entity.name)
        return resource

    def _show_progress(self) -> None:
        with self._lock:
            if len(self._left) < _WINDOWED:
                return
            sinces = [complete_since(left) for left in self._left.values()]
        since = max((since for since in sinces if since is not None), default=EARLIEST)
        if EARLIEST < since < LATEST:
            self.publish(since)


def _tasks(done: Iterable[Future[list[Task]]]) -> list[Task]:
    return [task for future in done for task in future.result()]
