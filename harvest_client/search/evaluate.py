"""The filter language on typed records: what SQL must agree with, and the check of what a server
answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from harvest_client.models.records import Record
from harvest_client.search.filter_ast import And, AnyOf, Compare, Filter, Not, OneOf, Operator, Or
from harvest_client.search.values import fold_case, split_words


def matches(filter: Filter, record: Record) -> bool:
    """Return whether `filter` selects `record`, which must have every attribute that it names."""
    match filter:
        case Compare(Operator.EQ, field, value):
            return bool(_value_at(record, field) == value)
        case Compare(Operator.NEQ, field, value):
            return bool(_value_at(record, field) != value)
        case Compare(operator, field, value):
            result = _value_at(record, field)
            return result is not None and value is not None and _compare(operator, result, value)
        case OneOf(field, values):
            return _value_at(record, field) in values
        case AnyOf(field, part):
            return any(matches(part, element) for element in _value_at(record, field) or ())
        case Not(part):
            return not matches(part, record)
        case And(parts):
            return all(matches(part, record) for part in parts)
        case Or(parts):
            return any(matches(part, record) for part in parts)


def _value_at(record: Record, path: str) -> Any:
    """Return the value at a path; None below an object that is not there."""
    result: Any = record
    for name in path.split("."):
        if result is None:
            return None
        result = getattr(result, name)
    return result


def _compare(
    operator: Operator, result: Any, value: bool | int | Decimal | str | date | datetime
) -> bool:
    match operator:
        case Operator.GT:
            return bool(result > value)
        case Operator.GTE:
            return bool(result >= value)
        case Operator.LT:
            return bool(result < value)
        case Operator.LTE:
            return bool(result <= value)
        case Operator.ARRAY_CONTAINS:
            return value in result
    text, requested = fold_case(result), fold_case(str(value))
    match operator:
        case Operator.STARTSWITH:
            return text.startswith(requested)
        case Operator.ENDSWITH:
            return text.endswith(requested)
        case Operator.CONTAINS:
            return requested in text
        case Operator.FUZZY:
            return all(word in text for word in split_words(requested))
        case Operator.KEYWORD:
            return not set(split_words(requested)).isdisjoint(split_words(text))
        case _:
            return _matches_pattern(text, requested.split("%"))


def _matches_pattern(text: str, pieces: list[str]) -> bool:
    """Return whether the text is the pieces in order, with anything between them.

    Each piece is taken where it comes first, so no pattern is slow.
    """
    first, *between, last = pieces if len(pieces) > 1 else [*pieces, ""]
    if len(pieces) == 1:
        return text == first
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in between:
        place = text.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True
