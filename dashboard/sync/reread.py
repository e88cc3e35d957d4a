"""Reading some records again, whole: those of a project whose total is not Harvest's.

Harvest reprices old entries, and marks them as invoiced, without saying that they changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dashboard.config import Settings
from dashboard.store.records import Changes, Records
from dashboard.store.schema import STORED
from dashboard.sync.odd_guard import get_or_note, ids_of
from dashboard.sync.run import opened_records
from dashboard.sync.walk import walk
from harvest_client import Harvest, NotFound, Record, Resource

# More than this gone from one project is left to the sync's own search for what was deleted.
_MOST_GONE = 50


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """The records of an entity, of one project and these days."""

    entity: str
    project_id: int
    first: date
    last: date


def reread(
    settings: Settings, harvest: Harvest, parts: Iterable[Part], *, patience: float = 0.0
) -> Changes:
    """Replaces what is stored of these parts by what Harvest has, and publishes that.

    A part is read whole before anything of it is concluded. Raises `SyncBusy`.
    """
    changed = Changes()
    with opened_records(settings, patience) as records:
        for part in sorted(set(parts)):
            changed += _part(records, harvest, part)
        pointer = records.published()
        if pointer and (changed.inserted or changed.updated or changed.deleted):
            records.publish(
                synced_at=pointer.synced_at,
                today=settings.today,
                since=pointer.since,
                partial=pointer.partial,
            )
    return changed


def _part(records: Records, harvest: Harvest, part: Part) -> Changes:
    entity = STORED[part.entity]
    before = datetime.now(UTC)
    resource = harvest.resource(part.entity).collect_odd()
    live: dict[int, Record] = {}
    present: set[int] = set()
    for page in walk(resource, project_id=part.project_id, from_=part.first, to=part.last):
        records.odd.note(page.odd)
        live |= {record.id: record for record in page.data}
        present.update(ids_of(page))
    stored = records.ids_within(entity, part.project_id, part.first, part.last)
    changed = records.upsert(entity, [list(live.values())])
    gone = sorted(stored - present)
    if len(gone) > _MOST_GONE:
        return changed
    gone = [id for id in gone if _is_gone(records, resource, id)]
    return changed + records.mark_deleted(entity, gone, before)


def _is_gone(records: Records, resource: Resource, id: int) -> bool:
    """Whether Harvest has no such record: it may only have moved to another day or project."""
    try:
        get_or_note(records, resource, id)
    except NotFound:
        return True
    return False
