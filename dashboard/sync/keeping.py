"""Selection of the records that are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from dashboard.store.completeness import LIMITED
from dashboard.store.records import Records
from dashboard.sync.windows import EARLIEST, LATEST, DateWindow
from harvest_client.entities import Entity
from harvest_client.records import Record


@dataclass(frozen=True, slots=True)
class Selection:
    """Part of an entity that is stored in full: of these days, what `parameters` of a list select.

    `uninvoiced` is the part before HARVEST_SYNC_START: balances need what is left to invoice.
    """

    days: DateWindow
    uninvoiced: bool = False
    parameters: Mapping[str, object] = field(default_factory=dict)


def start_of(entity: Entity, start: date | None) -> date | None:
    """Return the first day of which all records are stored; None where no start limits them."""
    return start if entity.name in LIMITED else None


def stored_selections(entity: Entity, start: date | None) -> tuple[Selection, ...]:
    """Return the parts of an entity that are stored, each in full."""
    first = start_of(entity, start)
    if first is None:
        return (Selection(DateWindow(EARLIEST, LATEST)),)
    before = DateWindow(EARLIEST, first - timedelta(days=1))
    return (
        Selection(DateWindow(first, LATEST)),
        Selection(before, uninvoiced=True, parameters={"is_billed": False}),
    )


def drop_before_start(
    records: Records, entity: Entity, read: list[Record], start: date | None
) -> list[Record]:
    """Return the records of days from `start` on, those not invoiced, and those stored already.

    The latter may have moved to a day before `start`, or been invoiced since.
    """
    first = start_of(entity, start)
    if entity.date_field is None or first is None:
        return read
    older = {
        record.id
        for record in read
        if (day := getattr(record, entity.date_field)) is not None
        and day < first
        and record.is_billed is not False
    }
    stored = records.comparing.stored_ids(entity, older)
    return [record for record in read if record.id not in older or record.id in stored]
