"""Re-reading time and expenses whose project, assignments or person changed.

All of those are read at each sync. A change of a rate, a budget or the client reaches old entries,
and nobody promises that these then have a new `updated_at`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.store.records import Changes
from dashboard.store.schema import STORED
from dashboard.store.terms import Owner
from dashboard.sync.parts import RefetchUnit, read_part
from dashboard.sync.pull import Pull
from harvest_client.entities import Entity

_DAY = timedelta(days=1)
_PAGE = 2_000  # records of a request
_OWNERS: tuple[Owner, ...] = ("project", "user")


@dataclass(frozen=True, slots=True)
class RepricePull:
    """Reads again what depends on changed terms, by whichever way takes fewer requests."""

    pull: Pull

    def run(self) -> dict[str, Changes]:
        """Return the changes per entity. Terms count as read only when all of it is stored."""
        terms = self.pull.records.terms
        changes: dict[str, Changes] = {}
        changed = {owner: terms.changed_owners(owner) for owner in _OWNERS}
        if any(changed.values()) and not self._is_whole:
            for entity, part in self._changed_parts(changed):
                self.pull.go_on()
                found = read_part(self.pull.records, self.pull.harvest, part)
                changes[entity.name] = changes.get(entity.name, Changes()) + found
        terms.note_terms()
        return changes

    @property
    def _is_whole(self) -> bool:
        """Return whether all time and expenses have just been read."""
        return {"time_entries", "expenses"} <= self.pull.whole

    def _changed_parts(
        self, changed: dict[Owner, list[int]]
    ) -> Iterator[tuple[Entity, RefetchUnit]]:
        records = self.pull.records
        time, expenses = STORED["time_entries"], STORED["expenses"]
        requests = sum(
            records.terms.count_entries(owner, [id]) // _PAGE + 1
            for owner, ids in changed.items()
            for id in ids
        )
        if requests > records.rows(time) // _PAGE + 1:
            yield from self._stored_parts(time)
        else:
            for owner, ids in changed.items():
                for id in ids:
                    yield from self._stored_parts(time, owner=owner, id=id)
        # A person's rates are in no expense.
        ids = changed["project"]
        if len(ids) > records.rows(expenses) // _PAGE + 1:
            yield from self._stored_parts(expenses)
        else:
            for id in ids:
                yield from self._stored_parts(expenses, owner="project", id=id)

    def _stored_parts(
        self, entity: Entity, owner: Owner = "project", id: int = 0
    ) -> Iterator[tuple[Entity, RefetchUnit]]:
        """Return what is stored of an owner: all days, or the uninvoiced before the start."""
        start = self.pull.start
        yield entity, RefetchUnit(entity.name, owner, id, first=start or date.min)
        if start:
            yield entity, RefetchUnit(entity.name, owner, id, last=start - _DAY, uninvoiced=True)
