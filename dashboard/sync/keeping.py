"""Which of the records that were read are kept."""

from datetime import date

from dashboard.store.records import Records
from harvest_client.entities import Entity
from harvest_client.records import Record


def kept(records: Records, entity: Entity, read: list[Record], start: date | None) -> list[Record]:
    """Those of days from `start` on, and those that are stored and have moved before it."""
    if entity.date_field is None or start is None:
        return read
    days = {record.id: getattr(record, entity.date_field) for record in read}
    before = {id for id, day in days.items() if day is not None and day < start}
    moved = records.comparing.known(entity, before)
    return [record for record in read if record.id not in before or record.id in moved]
