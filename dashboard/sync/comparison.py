"""Finding what Harvest deleted, and whatever else we missed: what `updated_since` never tells.

Lists that were read to their end say by themselves what is gone. Of the long ones that are read by
what changed, the number of records is compared, at each sync as a whole, once a day by month; where
it differs, windows of days are halved until they are small enough to be read. Once a week every
record is read. Nothing is concluded from what others changed meanwhile.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from threading import Lock

from dashboard.store.comparing import Check, Kind, Standing
from dashboard.store.records import Changes, Records
from dashboard.store.schema import STORED
from dashboard.sync.bisecting import Counted, Days, Limits, TooManyQuestions, differing
from dashboard.sync.brakes import PROBES, Brakes
from dashboard.sync.odd_guard import get_or_note, ids_of
from dashboard.sync.pull import THREADS, Pull
from dashboard.sync.windows import EARLIEST, LATEST, Window, windows
from harvest_client import NotFound
from harvest_client.entities import Entity

_EVERY = {Kind.RECORDS: timedelta(hours=163), Kind.MONTHS: timedelta(hours=20)}
_IMPLIES = {
    Kind.RECORDS: (Kind.RECORDS, Kind.MONTHS, Kind.COUNT),
    Kind.MONTHS: (Kind.MONTHS, Kind.COUNT),
    Kind.COUNT: (Kind.COUNT,),
}
_WINDOWED = tuple(entity for entity in STORED.values() if entity.date_field)
_OF_PROJECTS = ("time_entries", "expenses")


@dataclass
class Found:
    """What a comparison of one entity has found so far."""

    kind: Kind = Kind.RECORDS
    requests: int = 0
    gone: list[int] = field(default_factory=list)
    changes: Changes = Changes()
    told: bool = True


@dataclass
class Comparison:
    """Compares what `pull` has stored with what Harvest has, and marks what is gone."""

    pull: Pull
    brakes: Brakes
    limits: Limits = Limits()
    _found: dict[str, Found] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def run(self) -> None:
        """Marks nothing before all is known, and nothing at all when too much is gone."""
        for name, ids in self.pull.absent.items():
            self._found[name] = Found(gone=ids)
        for name in self.pull.absent:
            self._check_brakes(STORED[name])
            self._confirm_all(STORED[name])
        self._confirm_projects()
        with ThreadPoolExecutor(THREADS) as asking, ThreadPoolExecutor(len(_WINDOWED)) as pool:
            readable = [e for e in _WINDOWED if self._records.state(e).refused is None]
            for _ in pool.map(partial(self._compare, asking), readable):
                pass
        for name in self._found:
            self._check_brakes(STORED[name])
        for name, found in self._found.items():
            self.pull.mark_deleted(STORED[name], found.gone)
        self._records.comparing.keep_checks(self._checks())

    def _confirm_all(self, entity: Entity) -> None:
        """A list that is empty at once is no evidence: each of its few records is asked for."""
        found = self._found[entity.name]
        every = len(found.gone) == self._records.rows(entity) <= PROBES
        if found.gone and every and entity.get_path:
            found.gone = [id for id in found.gone if self._is_gone(entity, found, id)]

    def _confirm_projects(self) -> None:
        """A project that is gone took its time and expenses with it, unless some are still there.

        Those that moved to another project in time are brought by another catch-up.
        """
        projects = self._found.get("projects", Found())
        for name in _OF_PROJECTS:
            entity, found = STORED[name], self._found.setdefault(name, Found(Kind.COUNT))
            held = self._records.comparing.of(entity, "project", projects.gone)
            if not held:
                continue
            alive = {id for id in held if self._count(entity, found, project_id=id) != 0}
            projects.gone = [id for id in projects.gone if id not in alive]
            if len(alive) < len(held):
                self._catch_up(entity, found)
                still = self._records.comparing.of(entity, "project", projects.gone)
                ids = [id for ids in still.values() for id in ids]
                found.gone = sorted(self._standing(entity, ids))

    def _compare(self, asking: ThreadPoolExecutor, entity: Entity) -> None:
        found = self._found.setdefault(entity.name, Found())
        ours = Days(self._records.comparing.days(entity, self.pull.start, found.gone))
        found.kind = self._due(entity)
        pages = ours.total // self.limits.leaf + 1
        if found.kind is Kind.MONTHS and pages <= len(ours.months(self._whole)):
            found.kind = Kind.RECORDS  # which is closer and takes no more requests
        try:
            doubtful = self._doubtful(asking, entity, found, ours)
        except TooManyQuestions:
            found.kind = Kind.RECORDS
            doubtful = self._all(ours)
        absent: dict[int, date] = {}
        for part in asking.map(partial(self._read, entity, found), doubtful):
            absent |= part
        for id in found.gone:
            absent.pop(id, None)
        if absent:
            found.gone = sorted({*found.gone, *self._confirmed(entity, found, ours, absent)})

    def _doubtful(
        self, asking: ThreadPoolExecutor, entity: Entity, found: Found, ours: Days
    ) -> list[Window]:
        """The windows of which every record has to be read."""
        if found.kind is Kind.RECORDS:
            return self._all(ours)
        whole = self._whole
        cut = ours.months(whole) if found.kind is Kind.MONTHS else [whole]

        def ask(asked: Sequence[Window]) -> list[int | None]:
            count = partial(self._count, entity, found)
            return list(asking.map(lambda window: count(**window.parameters), asked))

        counts = [rows for rows in ask(cut) if rows is not None]
        if len(counts) < len(cut):
            found.told = False  # Harvest does not say: the weekly reading has to do
            return []
        # What is gone on balance is known already; too much of it is not searched for.
        gone = ours.total - sum(counts) + len(found.gone)
        self.brakes.check(entity, max(gone, 0), ours.total + len(found.gone))
        return differing(map(Counted, cut, counts), ours, ask, self.limits)

    def _all(self, ours: Days) -> list[Window]:
        pull = self.pull
        oldest = ours.days[0] if ours.days else pull.today
        return windows(rows=ours.total, oldest=oldest, today=pull.today, start=pull.start)

    def _read(self, entity: Entity, found: Found, window: Window) -> dict[int, date]:
        """Stores what Harvest has of these days; what we have and it has not, with its day."""
        seen: set[int] = set()
        for page in self.pull.walk(entity, **window.parameters):
            changed = self.pull.store(entity, [page.data])
            seen.update(ids_of(page))
            with self._lock:
                found.requests += 1
                found.changes += changed
        stored = self._records.comparing.between(entity, window.first, window.last)
        return {id: day for id, day in stored.items() if id not in seen}

    def _confirmed(
        self, entity: Entity, found: Found, ours: Days, absent: dict[int, date]
    ) -> Iterable[int]:
        """Those that are gone for certain: not moved, not edited meanwhile, missing again."""
        self._catch_up(entity, found)
        standing = self._standing(entity, absent)
        still = {id for id, each in standing.items() if each.day == absent[id]}
        running = {id for id in still if standing[id].running}
        # A running timer is edited without a trace, so a list is no evidence about it.
        alone = sorted(still if len(still) <= PROBES else filter(running.__contains__, still))
        gone = {id for id in alone[:PROBES] if self._is_gone(entity, found, id)}
        if len(still) <= PROBES:
            return gone
        again: set[int] = set()
        for window in ours.around((absent[id] for id in still), self.limits.leaf):
            again |= self._read(entity, found, window).keys()
        return gone | (still & again) - running

    def _is_gone(self, entity: Entity, found: Found, id: int) -> bool:
        found.requests += 1
        try:
            record = get_or_note(self._records, self.pull.resource(entity), id)
        except NotFound:
            return True
        found.changes += self.pull.store(entity, [[record]] if record else [])
        return False

    def _standing(self, entity: Entity, ids: Iterable[int]) -> dict[int, Standing]:
        return self._records.comparing.standing(entity, ids, self.pull.started)

    def _catch_up(self, entity: Entity, found: Found) -> None:
        found.requests += self.pull.catch_up(entity)

    def _count(self, entity: Entity, found: Found, **asked: object) -> int | None:
        self.pull.go_on()
        with self._lock:
            found.requests += 1
        return self.pull.resource(entity).count(**asked)

    def _due(self, entity: Entity) -> Kind:
        if entity.name in self.pull.whole:
            return Kind.COUNT  # all of it has just been read
        checks = self._records.comparing.checks()
        last = {check.kind: check.checked_at for check in checks if check.entity == entity.name}
        for kind, pause in _EVERY.items():
            if kind not in last or self.pull.started - last[kind] > pause:
                return kind
        return Kind.COUNT

    def _check_brakes(self, entity: Entity) -> None:
        gone = set(self._found[entity.name].gone)
        if entity.get_path is None and "projects" in self._found:
            # An assignment goes with its project, and cannot be asked for by its id.
            projects = self._found["projects"].gone
            gone.difference_update(
                id
                for ids in self._records.comparing.of(entity, "project", projects).values()
                for id in ids
            )
        self.brakes.check(entity, len(gone), self._records.rows(entity))

    def _checks(self) -> list[Check]:
        return [
            Check(
                name, kind, self.pull.started, found.requests,
                len(found.gone), found.changes.inserted, found.changes.updated,
            )
            for name, found in self._found.items()
            if found.told
            for kind in _IMPLIES[Kind.RECORDS if name in self.pull.whole else found.kind]
        ]  # fmt: skip

    @property
    def _whole(self) -> Window:
        return Window(self.pull.start or EARLIEST, LATEST)

    @property
    def _records(self) -> Records:
        return self.pull.records
