"""What a comparison with a whole object stands for: conditions on the keys it names."""

from collections.abc import Mapping

from harvest_client.fields import Kind
from harvest_client.search import values
from harvest_client.search.addressing import Fields, found
from harvest_client.search.conditions import And, Compare, Filter, Not, Operator, all_of
from harvest_client.search.faults import SearchError, shown
from harvest_client.search.operators import OPERATORS, taken_by


def equal(name: str, value: object, known: Fields, path: str) -> Filter:
    """True where the object `name` is there and every key that `value` names is equal.

    `{}` names none: the object is there. None: it is not. Raises `SearchError`.
    """
    if value is None:
        return Compare(Operator.EQ, name, None)
    if not isinstance(value, Mapping):
        raise SearchError(path, "needs null or an object of the keys that must be equal")
    parts = [
        _part(f"{name}.{key}" if isinstance(key, str) else key, part, known, f"{path}.{shown(key)}")
        for key, part in value.items()
    ]
    if all(isinstance(part, Compare) and part == _absent(part.field) for part in parts):
        # No key says that the object itself is there.
        parts.insert(0, Compare(Operator.NEQ, name, None))
    return all_of(*parts)


def opposite(filter: Filter) -> Filter:
    """True exactly where what `equal` made is false."""
    if not isinstance(filter, Compare):
        return Not(filter)
    turned = Operator.NEQ if filter.operator is Operator.EQ else Operator.EQ
    return Compare(turned, filter.field, filter.value)


def size(filter: Filter) -> int:
    """How many conditions a filter is, written out."""
    match filter:
        case And(parts):
            return 1 + sum(map(size, parts))
        case Not(part):
            return 1 + size(part)
        case _:
            return 1


def height(filter: Filter) -> int:
    """How many levels of a document a filter takes, written out."""
    match filter:
        case And(parts):
            return 1 + max(map(height, parts))
        case Not(part):
            return 1 + height(part)
        case _:
            return 1


def _part(name: str, value: object, known: Fields, path: str) -> Filter:
    field = found(name, known, path)
    if field.kind is Kind.OBJECT:
        return equal(name, value, known, path)
    if field.kind not in OPERATORS["eq"].takes:
        raise SearchError(
            path, f"is of kind {field.kind}: it takes {', '.join(taken_by(field.kind))}"
        )
    if value is None:
        return Compare(Operator.EQ, name, None)
    try:
        return Compare(Operator.EQ, name, values.read(field.kind, value))
    except ValueError as error:
        raise SearchError(path, str(error)) from None


def _absent(name: str) -> Compare:
    return Compare(Operator.EQ, name, None)
