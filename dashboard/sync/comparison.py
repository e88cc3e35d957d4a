"""Finding what Harvest deleted, and whatever else we missed: what `updated_since` never tells.

Lists that were read to their end say by themselves what is gone. Of the long ones that are read by
what changed, the number of records is compared, at each sync as a whole, once a day by month; where
it differs, windows of days are halved until they are small enough to be read. Once a week every
record is read. Nothing is concluded from what others changed meanwhile.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from dashboard.store.comparing import ReconcileCheck, ReconcileLevel
from dashboard.store.records import Records
from dashboard.store.schema import STORED
from dashboard.sync.bisecting import Limits
from dashboard.sync.brakes import PROBES, DeletionGuard
from dashboard.sync.entity_comparison import EntityReconciler
from dashboard.sync.keeping import Selection, stored_selections
from dashboard.sync.pull import THREADS, Pull
from harvest_client.entities import Entity

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
        """Marks nothing before all is known, and nothing at all when too much is gone."""
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
        for name, found in self._found.items():
            self.pull.mark_deleted(STORED[name], found.gone)
        self._records.comparing.set_checks(self._stored_checks())

    def _confirm_all(self, entity: Entity) -> None:
        """A list that is empty at once is no evidence: each of its few records is asked for."""
        found = self._found[entity.name]
        every = len(found.gone) == self._records.rows(entity) <= PROBES
        if found.gone and every and entity.get_path:
            found.gone = [id for id in found.gone if found.is_gone(id)]

    def _confirm_projects(self) -> None:
        """A project that is gone took its time and expenses with it, unless some are still there.

        Those that moved to another project in time are brought by another catch-up.
        """
        if "projects" not in self._found:
            return
        projects = self._found["projects"]
        for name in _OF_PROJECTS:
            entity, found = STORED[name], self._entity_reconciler(STORED[name])
            found.kind = ReconcileLevel.COUNT
            held = self._records.comparing.records_of_owners(entity, "project", projects.gone)
            if not held:
                continue
            alive = {id for id in held if found.count_records(project_id=id) != 0}
            projects.gone = [id for id in projects.gone if id not in alive]
            if len(alive) < len(held):
                found.catch_up()
                still = self._records.comparing.records_of_owners(entity, "project", projects.gone)
                ids = [id for ids in still.values() for id in ids]
                found.gone = sorted(found.unchanged_records(ids))

    def _compare_entity(self, asking: ThreadPoolExecutor, entity: Entity) -> None:
        found = self._entity_reconciler(entity)
        kinds = [
            found.compare_selection(asking, selection, self._due_level(entity, selection))
            for selection in stored_selections(entity, self.pull.start)
        ]
        found.kind = min(kinds, key=lambda kind: len(_IMPLIES[kind]))

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
        gone = set(self._found[entity.name].gone)
        if entity.get_path is None and "projects" in self._found:
            # An assignment goes with its project, and cannot be asked for by its id.
            projects = self._found["projects"].gone
            gone.difference_update(
                id
                for ids in self._records.comparing.records_of_owners(
                    entity, "project", projects
                ).values()
                for id in ids
            )
        self.brakes.check_deletions(entity, len(gone), self._records.rows(entity))

    def _stored_checks(self) -> list[ReconcileCheck]:
        return [
            ReconcileCheck(
                name, kind, self.pull.started, found.requests,
                len(found.gone), found.changes.inserted, found.changes.updated,
            )
            for name, found in self._found.items()
            if found.told
            for kind in _IMPLIES[ReconcileLevel.RECORDS if name in self.pull.whole else found.kind]
        ]  # fmt: skip

    @property
    def _records(self) -> Records:
        return self.pull.records
