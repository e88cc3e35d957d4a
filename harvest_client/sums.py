"""Pages of a report for consecutive windows, made into the one page of the whole window."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from harvest_client.entities import Entity
from harvest_client.odd_record import OddRecord
from harvest_client.records import Record
from harvest_client.results import Meta, Page


def merge_report_pages(entity: Entity, pages: Iterable[Page]) -> Page:
    """One row per key of the report: what adds up added, everything else as last heard.

    A sum of which a part is not known (null without the right to see it) is not known. Truncated
    where one of the pages is.
    """
    rows: dict[tuple[object, ...], Record] = {}
    truncated = False
    odd: tuple[OddRecord, ...] = ()
    for page in pages:
        truncated = truncated or page.meta.truncated
        odd += page.odd
        for row in page.data:
            key = tuple(getattr(row, name) for name in entity.primary_key)
            known = rows.get(key)
            rows[key] = _merge_rows(entity, known, row) if known else row
    return Page(list(rows.values()), Meta(None, len(rows), truncated), odd)


def _merge_rows(entity: Entity, known: Record, row: Record) -> Record:
    return msgspec.structs.replace(
        row,
        **{name: _add_amounts(getattr(known, name), getattr(row, name)) for name in entity.sums},
    )


def _add_amounts(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
