"""Reading an account through the hosted connector: lists that end early, merged with its copy.

A list is live and has every field, but ends after 2,000 records, the newest. A search reads the
copy to its end, but that has the searchable fields only, may lag, and does not forget. So of a long
table the newest records are whole, and older ones have only the fields that can be searched.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Event, Lock

from dashboard.store.completeness import LIMITED, TIME, Cause, Completeness, Gap
from dashboard.store.record_store import Changes, Records
from dashboard.store.schema import SEARCHED, STORED
from dashboard.sync.deletion_guard import (
    PROBES,
    DeletionGuard,
    check_odd,
    get_or_note,
    ids_of,
    note_odd,
    read_again,
)
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.pull import OVERLAP, SyncCancelled, drop_before_start, start_of
from harvest_client import Forbidden, Harvest, NotFound, Page, Record, Resource
from harvest_client.entities import Action, Entity

THREADS = 4
_BATCH = 3_000  # records written together

# Replication writes rows in the order of their change, but not at once.
_DAY = _LAG = timedelta(days=1)

# Single records that are fetched because a list was too short for them, per entity and sync.
_MOST_GAPS = 200
_MENTIONED = ("users", "clients", "projects", "tasks")

_EVERYONE_MAY = "time_entries"  # without it there is nothing to show: a refusal ends the sync


@dataclass
class AirbytePull:
    """One reading of an account. `start` is the oldest day to keep of time and expenses.

    `whole_from` has, of lists by day that were too short, the first day from which on all records
    were in the list.
    """

    harvest: Harvest
    records: Records
    tally: ProgressCounter
    stop: Event
    start: date | None
    started: datetime
    full: bool
    brakes: DeletionGuard = DeletionGuard()
    changes: dict[str, Changes] = field(default_factory=dict)
    whole_from: dict[str, date] = field(default_factory=dict)
    _short: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def run(self) -> None:
        """Read everything there is to read; raises the first error once all threads are quiet."""
        with ThreadPoolExecutor(THREADS, thread_name_prefix="pull") as pool:
            running = [pool.submit(self._read, entity) for entity in STORED.values()]
            try:
                for future in as_completed(running):
                    future.result()
            except BaseException:
                self.stop.set()
                for future in running:
                    future.cancel()
                raise
        for name in _MENTIONED:
            self._fill_gaps(STORED[name])

    def _read(self, entity: Entity) -> None:
        self._go_on()
        self.tally.expect_rows(entity.name, None)
        try:
            watermark = self._read_allowed(entity)
        except Forbidden as error:
            if entity.name == _EVERYONE_MAY:
                raise
            self.records.finish_pull(entity, None, refused=f"{error} {error.remedy}")
        else:
            check_odd(self.records, entity)
            self.records.finish_pull(entity, watermark)

    def _read_allowed(self, entity: Entity) -> datetime | None:
        resource = self._get_resource(entity)
        if Action.LIST not in entity.actions:
            self._store_records(entity, filter(None, [get_or_note(self.records, resource)]))
            return self.started - OVERLAP
        page = resource.list()
        note_odd(self.records, page.odd, start_of(entity, self.start))
        self._store_records(entity, page.data)
        if not page.meta.truncated:
            self._note_deleted(entity, self._find_absent(entity, page))
            self.records.odd.keep_only(entity, set(ids_of(page)))
            return self.started - OVERLAP
        with self._lock:
            self._short.add(entity.name)
        return self._merge_search(entity, page)

    def _merge_search(self, entity: Entity, page: Page) -> datetime | None:
        """Read the copy and stores what the list had no room for; the next watermark."""
        whole_from = _whole_from(entity, page)
        if entity.date_field:
            # Of a list in no order nothing is certain, of no day.
            with self._lock:
                self.whole_from[entity.name] = whole_from or self.started.date() + _DAY
        if whole_from:
            # Before the copy is read: what only moved to another day comes back with that.
            self._note_deleted(entity, self._find_absent(entity, page, whole_from))
        listed = set(ids_of(page))
        since = newest = self.records.get_state(entity).watermark
        some: list[Record] = []
        # What cannot be asked for by its id is found again by reading all of the copy.
        all_again = Action.GET not in entity.actions and self.records.odd.count_odd(entity) > 0
        for record in self._search_records(
            entity, None if self.full or all_again else since, listed
        ):
            if record.updated_at:
                seen = record.updated_at - _LAG
                newest = max(newest, seen) if newest else seen
            if record.id in listed:
                continue
            if self._is_ghost(entity, record, whole_from):
                continue
            some.append(record)
            if len(some) == _BATCH:
                self._store_records(entity, some, SEARCHED)
                some = []
        self._store_records(entity, some, SEARCHED)
        if Action.GET in entity.actions:
            read_again(
                self.records,
                self._get_resource(entity),
                lambda record: self._store_records(entity, [record]),
            )
        elif all_again:
            self.records.odd.keep_read(entity)
        return newest

    def _search_records(
        self, entity: Entity, since: datetime | None, listed: set[int]
    ) -> Iterable[Record]:
        query: dict[str, object] = {"sort": [{"id": "asc"}]}
        if since is not None:
            query["filter"] = {"gte": {"updated_at": since}}
        for page in self._get_resource(entity).search_pages(query):
            self._go_on()
            unlisted = (odd for odd in page.odd if odd.id not in listed)
            note_odd(self.records, unlisted, start_of(entity, self.start))
            yield from page.data

    def _is_ghost(self, entity: Entity, record: Record, whole_from: date | None) -> bool:
        """Return whether the live list would contain the record if it existed."""
        if whole_from is None or entity.date_field is None:
            return False
        day, changed = getattr(record, entity.date_field), record.updated_at
        created_since = changed is None or changed >= self.started - OVERLAP
        return day is not None and day >= whole_from and not created_since

    def _find_absent(self, entity: Entity, page: Page, whole_from: date | None = None) -> list[int]:
        """The ids that are stored and no longer in the list, which is complete from that day."""
        if entity.primary_key != ("id",) or self.records.odd.has_met_unknown(entity):
            return []
        after = whole_from - timedelta(days=1) if whole_from else None
        return self.records.find_absent(entity, ids_of(page), after=after)

    def _note_deleted(self, entity: Entity, missing: list[int]) -> None:
        stored = self.records.rows(entity)
        self.brakes.check_deletions(entity, len(missing), stored)
        if len(missing) == stored <= PROBES and entity.get_path:
            # A list that is empty at once is no evidence: each of its few records is asked for.
            missing = [id for id in missing if self._is_gone(entity, id)]
        self._count_changes(entity, self.records.mark_deleted(entity, missing, self.started))

    def _is_gone(self, entity: Entity, id: int) -> bool:
        self._go_on()
        try:
            get_or_note(self.records, self._get_resource(entity), id)
        except NotFound:
            return True
        return False

    def _fill_gaps(self, entity: Entity) -> None:
        """Fetches, one by one, what entries mention and a list was too short for."""
        if entity.name not in self._short:
            return
        for id in self.records.hosted.find_unknown(entity)[:_MOST_GAPS]:
            self._go_on()
            try:
                record = get_or_note(self.records, self._get_resource(entity), id)
            except NotFound:
                continue  # deleted: its entries keep the name they were given
            self._store_records(entity, filter(None, [record]))

    def find_completeness(self, time_since: date | None) -> Completeness:
        """Return what is stored in full; of time entries, all from `time_since` on.

        Where a list was too short, nothing proves that the copy has all that is older.
        """
        gaps = dict(Completeness.from_start(self.start).gaps)
        for entity, listed_from in self.whole_from.items():
            since = time_since if entity == TIME else listed_from
            if since is None:
                continue
            uninvoiced = LIMITED.get(entity)
            if uninvoiced:
                gaps[uninvoiced] = Gap(since, Cause.COPY)
            if uninvoiced is None or self.start is None or since > self.start:
                gaps[entity] = Gap(since, Cause.COPY)
        return Completeness(gaps)

    def _get_resource(self, entity: Entity) -> Resource:
        return self.harvest.get_resource(entity.name).collect_odd()

    def _store_records(
        self, entity: Entity, read: Iterable[Record], basis: str | None = None
    ) -> None:
        if records := drop_before_start(self.records, entity, list(read), self.start):
            self._count_changes(entity, self.records.upsert(entity, [records], basis=basis))
            self.tally.add_rows(entity.name, len(records))

    def _count_changes(self, entity: Entity, changes: Changes) -> None:
        with self._lock:
            self.changes[entity.name] = self.changes.get(entity.name, Changes()) + changes

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise SyncCancelled


def _whole_from(entity: Entity, page: Page) -> date | None:
    """The first day of which a short list certainly has every record; None when none is certain.

    Lists of what happens on a day begin with the newest. Of the oldest day listed, some may be
    missing.
    """
    if entity.date_field is None:
        return None
    days = [getattr(record, entity.date_field) for record in page.data]
    if not days or None in days or days != sorted(days, reverse=True):
        return None
    first: date = days[-1] + timedelta(days=1)
    return first
