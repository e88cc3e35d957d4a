"""Odd records of a sync: noted, read again one by one, and refused when they are many."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain

from dashboard.store.odd_records import Odd
from dashboard.store.records import Records
from harvest_client import InvalidResponse, NotFound, OddRecord, Page, Record, Resource
from harvest_client.entities import Entity

MOST = 20  # requests of a sync and entity
_SHARE = 100  # one in so many may be odd


def ids_of(page: Page) -> Iterator[int]:
    """Return the ids of a page's records, odd ones among them: all of them are in Harvest."""
    odd = (record.id for record in page.odd if record.id is not None)
    return chain((record.id for record in page.data), odd)


def can_tell_apart(pages: Iterable[Page]) -> bool:
    """Return whether each record has a key: one without it may be any that seems to be gone."""
    return all(record.digest is None for page in pages for record in page.odd)


def note_odd(records: Records, odd: Iterable[OddRecord], start: date | None) -> None:
    """Note the odd records, but for those of days before `start`, which are not kept."""
    records.odd.note_odd(one for one in odd if start is None or one.day is None or one.day >= start)


def get_or_note(records: Records, resource: Resource, id: int | None = None) -> Record | None:
    """Return the record, or None if it is odd, which is noted. Raises `NotFound`."""
    try:
        return resource.get(id)
    except InvalidResponse as error:
        if error.odd is None:
            raise
        records.odd.note_odd([error.odd])
        return None


def read_again(records: Records, resource: Resource, store: Callable[[Record], object]) -> None:
    """Read the odd records of earlier syncs that this one has not met: they may be right now.

    Nothing says that they changed, so they are asked for by id, a few in each sync.
    """
    entity = resource.entity
    for id in records.odd.list_due(entity, MOST):
        try:
            record = get_or_note(records, resource, id)
        except NotFound:
            records.odd.remove_ids(entity, [id])
            continue
        if record:
            store(record)


def check_odd(records: Records, entity: Entity) -> None:
    """Raise `Malformed` if more than one record, and more than 1 % of all, are odd."""
    odd = records.odd.list_odd(entity) if records.odd.count_odd(entity) > 1 else []
    total = records.rows(entity) + sum(not one.is_stored for one in odd)
    if len(odd) * _SHARE > total:
        raise InvalidResponse(
            f"{entity.label}: {len(odd):,} of {total:,} records are not as documented, such as"
            f" {_odd_name(odd[0])}: {odd[0].problem}. That is too many to leave out, so the"
            " last version was kept."
        )


def _odd_name(odd: Odd) -> str:
    """Return the key, where it is known, and the field at fault."""
    return f"{odd.id}, {odd.field}" if odd.id is not None else odd.field or "one"
