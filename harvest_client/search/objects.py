"""Comparison with a whole object, as conditions on the keys it names."""

from collections.abc import Mapping

from harvest_client.fields import FieldType
from harvest_client.search import values
from harvest_client.search.addressing import Fields, find_field
from harvest_client.search.conditions import And, Compare, Filter, Not, Operator, all_of
from harvest_client.search.faults import SearchError, quote_name
from harvest_client.search.operators import OPERATORS, operators_for


def equal_object(name: str, value: object, known: Fields, path: str) -> Filter:
    """True where the object `name` is there and every key that `value` names is equal.

    `{}` names none: the object is there. None: it is not. Raises `SearchError`.
    """
    if value is None:
        return Compare(Operator.EQ, name, None)
    if not isinstance(value, Mapping):
        raise SearchError(path, "needs null or an object of the keys that must be equal")
    parts = [
        _key_condition(
            f"{name}.{key}" if isinstance(key, str) else key,
            part,
            known,
            f"{path}.{quote_name(key)}",
        )
        for key, part in value.items()
    ]
    if all(isinstance(part, Compare) and part == _absent_condition(part.field) for part in parts):
        # No key says that the object itself is there.
        parts.insert(0, Compare(Operator.NEQ, name, None))
    return all_of(*parts)


def negate_object(filter: Filter) -> Filter:
    """True exactly where what `equal` made is false."""
    if not isinstance(filter, Compare):
        return Not(filter)
    turned = Operator.NEQ if filter.operator is Operator.EQ else Operator.EQ
    return Compare(turned, filter.field, filter.value)


def count_conditions(filter: Filter) -> int:
    """Return the number of conditions of a filter, written out."""
    match filter:
        case And(parts):
            return 1 + sum(map(count_conditions, parts))
        case Not(part):
            return 1 + count_conditions(part)
        case _:
            return 1


def count_levels(filter: Filter) -> int:
    """Return the number of levels of a filter's document, written out."""
    match filter:
        case And(parts):
            return 1 + max(map(count_levels, parts))
        case Not(part):
            return 1 + count_levels(part)
        case _:
            return 1


def _key_condition(name: str, value: object, known: Fields, path: str) -> Filter:
    field = find_field(name, known, path)
    if field.kind is FieldType.OBJECT:
        return equal_object(name, value, known, path)
    if field.kind not in OPERATORS["eq"].takes:
        raise SearchError(
            path, f"is of kind {field.kind}: it takes {', '.join(operators_for(field.kind))}"
        )
    if value is None:
        return Compare(Operator.EQ, name, None)
    try:
        return Compare(Operator.EQ, name, values.read(field.kind, value))
    except ValueError as error:
        raise SearchError(path, str(error)) from None


def _absent_condition(name: str) -> Compare:
    return Compare(Operator.EQ, name, None)
