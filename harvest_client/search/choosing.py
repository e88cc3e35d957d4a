"""Fields that a search returns."""

from harvest_client.entities import Entity
from harvest_client.search.addressing import Fields, find_field, selectable_fields
from harvest_client.search.faults import SearchError

MAX_FIELDS = 500


def read_fields(entity: Entity, document: object, place: str) -> tuple[str, ...]:
    """The paths that a list of dotted paths, or of lists of keys, names, in its order.

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
    asked = [_read(known, part, f"{place}[{index}]") for index, part in enumerate(document)]
    return tuple(dict.fromkeys(_outermost_path(path, asked) for path in asked))


def _read(known: Fields, part: object, place: str) -> str:
    if isinstance(part, list | tuple) and part and all(isinstance(key, str) for key in part):
        part = ".".join(part)
    if not isinstance(part, str):
        raise SearchError(place, 'must be a path such as "client.name", or a list of its keys')
    find_field(part, known, place)
    return part


def _outermost_path(path: str, asked: list[str]) -> str:
    """The path itself, or the shortest one asked for that holds it."""
    return min((other for other in asked if f"{path}.".startswith(f"{other}.")), key=len)
