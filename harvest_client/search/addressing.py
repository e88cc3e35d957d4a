"""Which fields can be asked about, and under which path."""

from collections.abc import Iterable, Iterator, Mapping

from harvest_client.entities import Entity
from harvest_client.fields import Field, Kind
from harvest_client.search.faults import SearchError, nearest

Fields = Mapping[str, Field]
"""What a filter may ask about: a field under the path it is asked for, such as `client.name`."""


def searchable(entity: Entity) -> Fields:
    """Every field of `entity` that may be asked about: not those whose value opens a link.

    What is inside a list of objects has no path of its own: a list holds many.
    """
    return dict(_addressed(entity.fields, ""))


def inside(field: Field) -> Fields:
    """What may be asked about one element of a list of objects."""
    return dict(_addressed(field.fields, ""))


def _addressed(fields: Iterable[Field], prefix: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        if field.secret:
            continue
        path = f"{prefix}{field.name}"
        yield path, field
        if field.kind is Kind.OBJECT:
            yield from _addressed(field.fields, f"{path}.")


def found(name: object, known: Fields, place: str) -> Field:
    """The field called `name`; raises `SearchError` with the nearest one when there is none."""
    if isinstance(name, str) and name in known:
        return known[name]
    for path, field in known.items():
        if field.kind is Kind.OBJECTS and isinstance(name, str) and name.startswith(f"{path}."):
            inner = name.removeprefix(f"{path}.")
            if inner in inside(field):
                example = f'{{"any": {{"{path}": {{"eq": {{"{inner}": …}}}}}}}}'
                raise SearchError(place, f"is inside a list: ask with {example}")
    raise SearchError(place, "is no field" + nearest(name, known))
