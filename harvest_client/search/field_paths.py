"""Paths of the fields that can be searched or returned."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from harvest_client.entities import Entity
from harvest_client.models.fields import Field, FieldType
from harvest_client.search.errors import SearchError, nearest_name

Fields = Mapping[str, Field]
"""What a filter may ask about: a field under the path it is asked for, such as `client.name`."""

_OBJECT = frozenset({FieldType.OBJECT})


def searchable_fields(entity: Entity) -> Fields:
    """Return every field of `entity` that may be asked about: not those whose value opens a link.

    What is inside a list of objects has no path of its own: a list holds many.
    """
    return dict(_walk_fields(entity.fields, "", _OBJECT))


def selectable_fields(entity: Entity) -> Fields:
    """Every field of `entity` that may be shown: also what is inside its lists of objects."""
    return dict(_walk_fields(entity.fields, "", {FieldType.OBJECT, FieldType.OBJECTS}))


def element_fields(field: Field) -> Fields:
    """Return the fields of one element of a list of objects."""
    return dict(_walk_fields(field.fields, "", _OBJECT))


def find_field(name: object, known: Fields, place: str) -> Field:
    """The field called `name`; raises `SearchError` with the nearest one when there is none."""
    if isinstance(name, str) and name in known:
        return known[name]
    for path, field in known.items():
        if (
            field.kind is FieldType.OBJECTS
            and isinstance(name, str)
            and name.startswith(f"{path}.")
        ):
            inner = name.removeprefix(f"{path}.")
            if inner in element_fields(field):
                example = f'{{"any": {{"{path}": {{"eq": {{"{inner}": …}}}}}}}}'
                raise SearchError(place, f"is inside a list: ask with {example}")
    raise SearchError(place, "is no field" + nearest_name(name, known))


def _walk_fields(
    fields: Iterable[Field], prefix: str, opened: Collection[FieldType]
) -> Iterator[tuple[str, Field]]:
    """Yield the fields and, after each whose kind is among `opened`, those inside it."""
    for field in fields:
        if field.secret:
            continue
        path = f"{prefix}{field.name}"
        yield path, field
        if field.kind in opened:
            yield from _walk_fields(field.fields, f"{path}.", opened)
