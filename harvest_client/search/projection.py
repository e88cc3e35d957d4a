"""Sort order and fields of a search."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harvest_client.entities import Entity
from harvest_client.search.errors import SearchError, quote_name
from harvest_client.search.field_paths import (
    Fields,
    find_field,
    searchable_fields,
    selectable_fields,
)
from harvest_client.search.operators import OPERATORS

MAX_FIELDS = 500


def read_fields(entity: Entity, document: object, place: str) -> tuple[str, ...]:
    """Return the paths that a list of dotted paths, or of lists of keys, names, in its order.

    None is there twice, and none lies inside another: whoever asks for an object and for a key of
    it gets the whole object. Raises `SearchError`.
    """
    if not isinstance(document, list | tuple):
        raise SearchError(place, 'must be a list such as ["id", "client.name"]')
    if not document:
        raise SearchError(place, "needs at least one field; leave it out for all")
    if len(document) > MAX_FIELDS:
        raise SearchError(place, f"has more than {MAX_FIELDS} fields")
    known = selectable_fields(entity)
    requested = [_read(known, part, f"{place}[{index}]") for index, part in enumerate(document)]
    return tuple(dict.fromkeys(_outermost_path(path, requested) for path in requested))


def _read(known: Fields, part: object, place: str) -> str:
    if isinstance(part, list | tuple) and part and all(isinstance(key, str) for key in part):
        part = ".".join(part)
    if not isinstance(part, str):
        raise SearchError(place, 'must be a path such as "client.name", or a list of its keys')
    find_field(part, known, place)
    return part


def _outermost_path(path: str, requested: list[str]) -> str:
    """Return the path itself, or the shortest one asked for that holds it."""
    return min((other for other in requested if f"{path}.".startswith(f"{other}.")), key=len)


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
    """Return the order that a list such as `[{"spent_date": "desc"}]` asks for.

    What is missing of the primary key is added at the end, so that no two records are equal. A
    field that is named again changes nothing. Raises `SearchError`.
    """
    if not isinstance(document, list | tuple):
        raise SearchError(place, 'must be a list such as [{"updated_at": "desc"}]')
    if len(document) > MAX_SORT:
        raise SearchError(place, f"has more than {MAX_SORT} fields")
    requested = [
        _read_sort(entity, part, f"{place}[{index}]") for index, part in enumerate(document)
    ]
    sorts: dict[str, Sort] = {}
    for sort in (*requested, *_default_sort(entity)):
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
