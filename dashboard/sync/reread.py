"""Reading some records again, whole: those of a project whose total is not Harvest's.

Harvest reprices old entries, and marks them as invoiced, without saying that they changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dashboard.config import Settings
from dashboard.store.readings import Reading
from dashboard.store.records import Changes, Records
from dashboard.store.terms import Owner
from dashboard.sync.parts import RefetchUnit, read_part
from dashboard.sync.run import opened_records
from harvest_client import Harvest


def refetch_parts(
    settings: Settings, harvest: Harvest, parts: Iterable[RefetchUnit], *, patience: float = 0.0
) -> Changes:
    """Replace what is stored of these parts by what Harvest has, and publish that.

    A part is read whole before anything of it is concluded. Raises `SyncBusy`.
    """
    changed = Changes()
    with opened_records(settings, patience) as records:
        for part in _merge_parts(parts):
            changed += read_part(records, harvest, part)
        if changed.inserted or changed.updated or changed.deleted:
            _publish(settings, records)
    return changed


def keep_readings(
    settings: Settings, readings: Mapping[str, Reading], *, patience: float = 0.0
) -> None:
    """Store the readings that the account follows, and publish what they change."""
    with opened_records(settings, patience) as records:
        records.readings.replace_all(readings)
        _publish(settings, records)


def _merge_parts(parts: Iterable[RefetchUnit]) -> list[RefetchUnit]:
    """Return one part in place of several of the same entity and owner, over all their days."""
    whole: dict[tuple[str, Owner, int], RefetchUnit] = {}
    for part in parts:
        key = (part.entity, part.owner, part.id)
        known = whole.get(key, part)
        whole[key] = replace(
            part, first=min(part.first, known.first), last=max(part.last, known.last)
        )
    return sorted(whole.values())


def _publish(settings: Settings, records: Records) -> None:
    pointer = records.get_published()
    if pointer:
        records.publish(
            synced_at=pointer.synced_at,
            today=settings.today_in(records.get_timezone()),
            completeness=pointer.completeness,
        )
