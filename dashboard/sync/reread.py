"""Reading some records again, whole: those of a project whose total is not Harvest's.

Harvest reprices old entries, and marks them as invoiced, without saying that they changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from dashboard.config import Settings
from dashboard.store.readings import Reading
from dashboard.store.records import Changes, Records
from dashboard.store.schema import STORED
from dashboard.sync.run import opened_records
from dashboard.sync.walk import walk
from harvest_client import Harvest, NotFound, Resource

# More than this gone from one project is left to the sync's own search for what was deleted.
_MOST_GONE = 50


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Records of an entity, of one project and these days; of projects, the project itself.

    `date.min` and `date.max` are without an end on that side.
    """

    entity: str
    project_id: int
    first: date = date.min
    last: date = date.max

    @property
    def parameters(self) -> dict[str, object]:
        """Return the part as parameters of a list."""
        window = {"from_": self.first, "to": self.last}
        ends = (date.min, date.max)
        return {
            "project_id": self.project_id,
            **{name: day for name, day in window.items() if day not in ends},
        }


def reread(
    settings: Settings, harvest: Harvest, parts: Iterable[Part], *, patience: float = 0.0
) -> Changes:
    """Replace what is stored of these parts by what Harvest has, and publish that.

    A part is read whole before anything of it is concluded. Raises `SyncBusy`.
    """
    changed = Changes()
    with opened_records(settings, patience) as records:
        for part in _merge(parts):
            changed += read_part(records, harvest, part)
        if changed.inserted or changed.updated or changed.deleted:
            _publish(settings, records)
    return changed


def keep_readings(
    settings: Settings, readings: Mapping[str, Reading], *, patience: float = 0.0
) -> None:
    """Store the readings that the account follows, and publish what they change."""
    with opened_records(settings, patience) as records:
        records.readings.replace(readings)
        _publish(settings, records)


def read_part(records: Records, harvest: Harvest, part: Part) -> Changes:
    """Replace the stored records of one part by what Harvest has."""
    entity = STORED[part.entity]
    before = datetime.now(UTC)
    resource = harvest.resource(part.entity)
    if part.entity == "projects":
        return _read_project(records, resource, part)
    live = {r.id: r for page in walk(resource, **part.parameters) for r in page.data}
    stored = records.ids_within(entity, part.project_id, part.first, part.last)
    changed = records.upsert(entity, [list(live.values())])
    gone = sorted(stored - live.keys())
    if len(gone) > _MOST_GONE:
        return changed
    gone = [id for id in gone if _is_gone(resource, id)]
    return changed + records.mark_deleted(entity, gone, before)


def _read_project(records: Records, resource: Resource, part: Part) -> Changes:
    try:
        project = resource.get(part.project_id)
    except NotFound:
        return Changes()  # the sync's own list says whether it is deleted
    return records.upsert(STORED[part.entity], [[project]])


def _merge(parts: Iterable[Part]) -> list[Part]:
    """Return one part in place of several of the same entity and project, over all their days."""
    whole: dict[tuple[str, int], Part] = {}
    for part in parts:
        key = (part.entity, part.project_id)
        known = whole.get(key, part)
        whole[key] = replace(
            part, first=min(part.first, known.first), last=max(part.last, known.last)
        )
    return sorted(whole.values())


def _publish(settings: Settings, records: Records) -> None:
    pointer = records.published()
    if pointer:
        records.publish(
            synced_at=pointer.synced_at,
            today=settings.today,
            since=pointer.since,
            partial=pointer.partial,
        )


def _is_gone(resource: Resource, id: int) -> bool:
    """Whether Harvest has no such record: it may only have moved to another day or project."""
    try:
        resource.get(id)
    except NotFound:
        return True
    return False
