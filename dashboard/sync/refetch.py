"""Refetch of parts of an entity: repriced records, budgets, and differing days."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dashboard.store.readings import BudgetUse
from dashboard.store.record_store import Changes, Records
from dashboard.store.schema import STORED, is_storable
from dashboard.store.word_search import Owner
from dashboard.sync.deletion_guard import get_or_note, ids_of
from dashboard.sync.paging import iterate_list
from dashboard.sync.pull import Pull
from harvest_client import ApiError, Harvest, InvalidResponse, NotFound, Record, Resource
from harvest_client.entities import Entity

log = logging.getLogger(__name__)


def read_budget_report(harvest: Harvest, records: Records, start: date | None) -> None:
    """Store the report for one request, or nothing where all work is stored.

    Without the report nothing is stored: what is used of a budget may then be more than is shown.
    """
    rows: dict[int, BudgetUse] = {}
    if start is not None and harvest.reports_at_hand:
        try:
            rows = {
                row.project_id: BudgetUse(row.project_id, row.budget_by, row.budget_spent)
                for row in harvest.project_budget.all()
                if row.project_id is not None
                and row.budget_by is not None
                and row.budget_spent is not None
                and is_storable(row.budget_spent)
            }
        except (ApiError, InvalidResponse) as error:
            log.warning("the budget report was not read: %s", error)
    records.budget_reports.replace(rows.values())


# More than this gone from one project is left to the sync's own search for what was deleted.
_MOST_GONE = 50


@dataclass(frozen=True, slots=True, order=True)
class RefetchUnit:
    """Records of an entity of these days: of one owner, or of all where `id` is 0.

    Of projects it is the project itself. `date.min` and `date.max` are without an end on that side.
    `uninvoiced` leaves out what is marked as invoiced.
    """

    entity: str
    owner: Owner = "project"
    id: int = 0
    first: date = date.min
    last: date = date.max
    uninvoiced: bool = False

    @property
    def parameters(self) -> dict[str, object]:
        """Return the part as parameters of a list."""
        window = {"from_": self.first, "to": self.last}
        ends = (date.min, date.max)
        return {
            **({f"{self.owner}_id": self.id} if self.id else {}),
            **({"is_billed": False} if self.uninvoiced else {}),
            **{name: day for name, day in window.items() if day not in ends},
        }


def read_part(records: Records, harvest: Harvest, part: RefetchUnit) -> Changes:
    """Replace the stored records of one part by what Harvest has."""
    entity = STORED[part.entity]
    before = datetime.now(UTC)
    resource = harvest.get_resource(part.entity).collect_odd()
    if part.entity == "projects":
        return _read_project(records, resource, part)
    live: dict[int, Record] = {}
    present: set[int] = set()
    for page in iterate_list(resource, **part.parameters):
        records.odd.note_odd(page.odd)
        live |= {record.id: record for record in page.data}
        present.update(ids_of(page))
    stored = records.ids_within(entity, part.owner, part.id, part.first, part.last)
    changed = records.upsert(entity, [list(live.values())])
    if part.uninvoiced:
        return changed  # what is not among them may have been invoiced
    missing = sorted(stored - present)
    if len(missing) > _MOST_GONE:
        return changed
    missing = [id for id in missing if _is_gone(records, resource, id)]
    return changed + records.mark_deleted(entity, missing, before)


def _read_project(records: Records, resource: Resource, part: RefetchUnit) -> Changes:
    try:
        project = get_or_note(records, resource, part.id)
    except NotFound:
        return Changes()  # the sync's own list says whether it is deleted
    return records.upsert(STORED[part.entity], [[project]] if project else [])


def _is_gone(records: Records, resource: Resource, id: int) -> bool:
    """Return whether Harvest has no such record: it may have moved to another day or project."""
    try:
        get_or_note(records, resource, id)
    except NotFound:
        return True
    return False


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
                row = read_part(self.pull.records, self.pull.harvest, part)
                changes[entity.name] = changes.get(entity.name, Changes()) + row
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
