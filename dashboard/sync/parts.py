"""Reading a part of an entity's records again, whole, and storing what Harvest has of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from dashboard.store.records import Changes, Records
from dashboard.store.schema import STORED
from dashboard.store.terms import Owner
from dashboard.sync.odd_guard import get_or_note, ids_of
from dashboard.sync.walk import iterate_list
from harvest_client import Harvest, NotFound, Record, Resource

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
    gone = sorted(stored - present)
    if len(gone) > _MOST_GONE:
        return changed
    gone = [id for id in gone if _is_gone(records, resource, id)]
    return changed + records.mark_deleted(entity, gone, before)


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
