"""Detection of deletions and missed updates, by counts and then record by record."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from threading import Lock

from dashboard.store.reconcile_state import CandidateRecord, ReconcileCheck, ReconcileLevel
from dashboard.store.record_store import Changes, Records
from dashboard.store.schema import STORED
from dashboard.sync.deletion_guard import PROBES, DeletionGuard, get_or_note, ids_of
from dashboard.sync.pull import THREADS, Pull, Selection, drop_before_start, stored_selections
from dashboard.sync.windows import (
    Counted,
    DateWindow,
    Days,
    Limits,
    TooManyQuestions,
    find_differing,
    plan_windows,
)
from harvest_client import NotFound
from harvest_client.entities import Entity


@dataclass
class EntityReconciler:
    """Comparison of one entity, and its findings so far.

    `gone` are the ids of records that Harvest no longer has. `told` says whether Harvest told how
    many there are.
    """

    entity: Entity
    pull: Pull
    brakes: DeletionGuard
    limits: Limits
    kind: ReconcileLevel = ReconcileLevel.RECORDS
    requests: int = 0
    gone: list[int] = field(default_factory=list)
    changes: Changes = Changes()
    told: bool = True
    _lock: Lock = field(default_factory=Lock)

    def compare_selection(
        self, asking: ThreadPoolExecutor, selection: Selection, kind: ReconcileLevel
    ) -> ReconcileLevel:
        """Compare what is stored of `selection`, at least as closely as `kind`; return how."""
        ours = Days(
            self._records.comparing.count_by_day(
                self.entity, selection.days.first, selection.days.last, self.gone,
                uninvoiced=selection.uninvoiced,
            )
        )  # fmt: skip
        pages = ours.total // self.limits.leaf + 1
        if kind is ReconcileLevel.MONTHS and pages <= len(ours.split_months(selection.days)):
            kind = ReconcileLevel.RECORDS  # which is closer and takes no more requests
        try:
            doubtful = self._differing_windows(asking, selection, ours, kind)
        except TooManyQuestions:
            kind = ReconcileLevel.RECORDS
            doubtful = self._all_windows(selection, ours)
        absent: dict[int, date] = {}
        for part in asking.map(partial(self._read, selection), doubtful):
            absent |= part
        for id in self.gone:
            absent.pop(id, None)
        if absent:
            self.gone = sorted({*self.gone, *self._confirm_absent(selection, ours, absent)})
        return kind

    def count_records(self, **asked: object) -> int | None:
        """Return how many records Harvest has; None where it does not say."""
        self.pull.go_on()
        with self._lock:
            self.requests += 1
        return self.pull.get_resource(self.entity).count(**asked)

    def catch_up(self) -> None:
        """Read what changed since the last sync."""
        self.requests += self.pull.catch_up(self.entity)

    def unchanged_records(self, ids: Iterable[int]) -> dict[int, CandidateRecord]:
        """Return those of `ids` that did not change since the sync began."""
        return self._records.comparing.unchanged_records(self.entity, ids, self.pull.started)

    def _differing_windows(
        self, asking: ThreadPoolExecutor, selection: Selection, ours: Days, kind: ReconcileLevel
    ) -> list[DateWindow]:
        """Return the windows of which every record has to be read."""
        if kind is ReconcileLevel.RECORDS and ours.total:
            return self._all_windows(selection, ours)
        whole = selection.days
        cut = ours.split_months(whole) if kind is ReconcileLevel.MONTHS else [whole]

        def count_windows(requested: Sequence[DateWindow]) -> list[int | None]:
            count = partial(self.count_records, **selection.parameters)
            return list(asking.map(lambda window: count(**window.parameters), requested))

        counts = [rows for rows in count_windows(cut) if rows is not None]
        if len(counts) < len(cut):
            self.told = False  # Harvest does not say: the weekly reading has to do
            return []
        if not ours.total:
            return self._unread_windows(selection, sum(counts))
        # What is gone on balance is known already; too much of it is not searched for. What is no
        # longer among the uninvoiced may have been invoiced.
        missing = ours.total - sum(counts) + len(self.gone)
        if not selection.uninvoiced:
            self.brakes.check_deletions(self.entity, max(missing, 0), ours.total + len(self.gone))
        return find_differing(map(Counted, cut, counts), ours, count_windows, self.limits)

    def _all_windows(self, selection: Selection, ours: Days) -> list[DateWindow]:
        oldest = ours.days[0] if ours.days else self.pull.today
        return _split_selection(selection, ours.total, oldest, self.pull.today)

    def _unread_windows(self, selection: Selection, rows: int) -> list[DateWindow]:
        """Return the windows of `rows` records of which none is stored yet."""
        if not rows:
            return []
        request = {**selection.days.parameters, **selection.parameters}
        long = rows > self.limits.leaf
        oldest = self.pull.find_oldest(self.entity, rows, **request) if long else self.pull.today
        return _split_selection(selection, rows, oldest, self.pull.today)

    def _read(
        self, selection: Selection, window: DateWindow, *, invoiced: bool = False
    ) -> dict[int, date]:
        """Store what Harvest has of these days; what we have and it has not, with its day.

        With `invoiced` it is asked for records that were invoiced since, too.
        """
        seen: set[int] = set()
        request = {} if invoiced else selection.parameters
        for page in self.pull.iterate_pages(self.entity, **window.parameters, **request):
            records = drop_before_start(self._records, self.entity, page.data, self.pull.start)
            changed = self.pull.store_pages(self.entity, [records])
            seen.update(ids_of(page))
            with self._lock:
                self.requests += 1
                self.changes += changed
        stored = self._records.comparing.days_of_records(
            self.entity, window.first, window.last, uninvoiced=selection.uninvoiced
        )
        return {id: day for id, day in stored.items() if id not in seen}

    def _confirm_absent(
        self, selection: Selection, ours: Days, absent: dict[int, date]
    ) -> Iterable[int]:
        """Those that are gone for certain: not moved, not edited meanwhile, missing again."""
        self.catch_up()
        standing = self.unchanged_records(absent)
        still = {id for id, item in standing.items() if item.day == absent[id]}
        running = {id for id in still if standing[id].running}
        # A running timer is edited without a trace, so a list is no evidence about it.
        alone = sorted(still if len(still) <= PROBES else filter(running.__contains__, still))
        missing = {id for id in alone[:PROBES] if self.is_gone(id)}
        if len(still) <= PROBES:
            return missing
        again: set[int] = set()
        for window in ours.cover_days((absent[id] for id in still), self.limits.leaf):
            again |= self._read(selection, window, invoiced=True).keys()
        return missing | (still & again) - running

    def is_gone(self, id: int) -> bool:
        """Return whether Harvest has no such record; store it where it has."""
        self.requests += 1
        try:
            record = get_or_note(self._records, self.pull.get_resource(self.entity), id)
        except NotFound:
            return True
        self.changes += self.pull.store_pages(self.entity, [[record]] if record else [])
        return False

    @property
    def _records(self) -> Records:
        return self.pull.records


def _split_selection(
    selection: Selection, rows: int, oldest: date, today: date
) -> list[DateWindow]:
    """Return the days of a selection in windows, of which `rows` records are expected."""
    days = selection.days
    cut = plan_windows(rows=rows, oldest=oldest, today=min(today, days.last), start=days.first)
    return [DateWindow(window.first, min(window.last, days.last)) for window in cut]


_EVERY = {ReconcileLevel.RECORDS: timedelta(hours=163), ReconcileLevel.MONTHS: timedelta(hours=20)}
_IMPLIES = {
    ReconcileLevel.RECORDS: (ReconcileLevel.RECORDS, ReconcileLevel.MONTHS, ReconcileLevel.COUNT),
    ReconcileLevel.MONTHS: (ReconcileLevel.MONTHS, ReconcileLevel.COUNT),
    ReconcileLevel.COUNT: (ReconcileLevel.COUNT,),
}
_WINDOWED = tuple(entity for entity in STORED.values() if entity.date_field)
_OF_PROJECTS = ("time_entries", "expenses")


@dataclass
class Reconciler:
    """Compares what `pull` has stored with what Harvest has, and marks what is gone."""

    pull: Pull
    brakes: DeletionGuard
    limits: Limits = Limits()
    _found: dict[str, EntityReconciler] = field(default_factory=dict)

    def run(self) -> None:
        """Mark nothing before all is known, and nothing at all when too much is gone."""
        for name, ids in self.pull.absent.items():
            self._entity_reconciler(STORED[name]).gone = ids
        for name in self.pull.absent:
            self._check_brakes(STORED[name])
            self._confirm_all(STORED[name])
        self._confirm_projects()
        with ThreadPoolExecutor(THREADS) as asking, ThreadPoolExecutor(len(_WINDOWED)) as pool:
            readable = [e for e in _WINDOWED if self._records.get_state(e).refused is None]
            for _ in pool.map(partial(self._compare_entity, asking), readable):
                pass
        for name in self._found:
            self._check_brakes(STORED[name])
        for name, result in self._found.items():
            self.pull.mark_deleted(STORED[name], result.gone)
        self._records.comparing.set_checks(self._stored_checks())

    def _confirm_all(self, entity: Entity) -> None:
        """A list that is empty at once is no evidence: each of its few records is asked for."""
        result = self._found[entity.name]
        every = len(result.gone) == self._records.rows(entity) <= PROBES
        if result.gone and every and entity.get_path:
            result.gone = [id for id in result.gone if result.is_gone(id)]

    def _confirm_projects(self) -> None:
        """A project that is gone took its time and expenses with it, unless some are still there.

        Those that moved to another project in time are brought by another catch-up.
        """
        if "projects" not in self._found:
            return
        projects = self._found["projects"]
        for name in _OF_PROJECTS:
            entity, result = STORED[name], self._entity_reconciler(STORED[name])
            result.kind = ReconcileLevel.COUNT
            held = self._records.comparing.records_of_owners(entity, "project", projects.gone)
            if not held:
                continue
            alive = {id for id in held if result.count_records(project_id=id) != 0}
            projects.gone = [id for id in projects.gone if id not in alive]
            if len(alive) < len(held):
                result.catch_up()
                still = self._records.comparing.records_of_owners(entity, "project", projects.gone)
                ids = [id for ids in still.values() for id in ids]
                result.gone = sorted(result.unchanged_records(ids))

    def _compare_entity(self, asking: ThreadPoolExecutor, entity: Entity) -> None:
        result = self._entity_reconciler(entity)
        kinds = [
            result.compare_selection(asking, selection, self._due_level(entity, selection))
            for selection in stored_selections(entity, self.pull.start)
        ]
        result.kind = min(kinds, key=lambda kind: len(_IMPLIES[kind]))

    def _entity_reconciler(self, entity: Entity) -> EntityReconciler:
        new = EntityReconciler(entity, self.pull, self.brakes, self.limits)
        return self._found.setdefault(entity.name, new)

    def _due_level(self, entity: Entity, selection: Selection) -> ReconcileLevel:
        if selection.uninvoiced and self.pull.full:
            return ReconcileLevel.RECORDS
        if entity.name in self.pull.whole and not selection.uninvoiced:
            return ReconcileLevel.COUNT  # all of it has just been read
        checks = self._records.comparing.list_checks()
        last = {check.kind: check.checked_at for check in checks if check.entity == entity.name}
        for kind, pause in _EVERY.items():
            if kind not in last or self.pull.started - last[kind] > pause:
                return kind
        return ReconcileLevel.COUNT

    def _check_brakes(self, entity: Entity) -> None:
        missing = set(self._found[entity.name].gone)
        if entity.get_path is None and "projects" in self._found:
            # An assignment goes with its project, and cannot be asked for by its id.
            projects = self._found["projects"].gone
            missing.difference_update(
                id
                for ids in self._records.comparing.records_of_owners(
                    entity, "project", projects
                ).values()
                for id in ids
            )
        self.brakes.check_deletions(entity, len(missing), self._records.rows(entity))

    def _stored_checks(self) -> list[ReconcileCheck]:
        return [
            ReconcileCheck(
                name, kind, self.pull.started, result.requests,
                len(result.gone), result.changes.inserted, result.changes.updated,
            )
            for name, result in self._found.items()
            if result.told
            for kind in _IMPLIES[ReconcileLevel.RECORDS if name in self.pull.whole else result.kind]
        ]  # fmt: skip

    @property
    def _records(self) -> Records:
        return self.pull.records
