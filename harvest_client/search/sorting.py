"""The order of a search's answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harvest_client.entities import Entity
from harvest_client.search.addressing import find_field, searchable_fields
from harvest_client.search.faults import SearchError, quote_name
from harvest_client.search.operators import OPERATORS

MAX_SORT = 8


class Order(StrEnum):
    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort condition. Records without a value come last, either way."""

    field: str
    order: Order = Order.ASC


def read_sort(entity: Entity, document: object, place: str) -> tuple[Sort, ...]:
    """The order that a list such as `[{"spent_date": "desc"}]` asks for.

    What is missing of the primary key is added at the end, so that no two records are equal. A
    field that is named again changes nothing. Raises `SearchError`.
    """
    if not isinstance(document, list | tuple):
        raise SearchError(place, 'must be a list such as [{"updated_at": "desc"}]')
    if len(document) > MAX_SORT:
        raise SearchError(place, f"has more than {MAX_SORT} fields")
    asked = [_read_sort(entity, part, f"{place}[{index}]") for index, part in enumerate(document)]
    sorts: dict[str, Sort] = {}
    for sort in (*asked, *_default_sort(entity)):
        sorts.setdefault(sort.field, sort)
    return tuple(sorts.values())


def _default_sort(entity: Entity) -> Iterator[Sort]:
    return map(Sort, entity.primary_key)


def _read_sort(entity: Entity, part: object, place: str) -> Sort:
    if not isinstance(part, Mapping) or len(part) != 1:
        raise SearchError(place, 'must name one field, such as {"updated_at": "desc"}')
    ((name, order),) = part.items()
    place = f"{place}.{quote_name(name)}"
    field = find_field(name, searchable_fields(entity), place)
    if field.kind not in OPERATORS["in"].takes:
        raise SearchError(place, f"is of kind {field.kind}, which has no order")
    if order not in tuple(Order):
        raise SearchError(place, "must be asc or desc")
    return Sort(name, Order(order))
