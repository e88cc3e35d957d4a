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
            found = _value_at(record, field)
            return found is not None and value is not None and _compare(operator, found, value)
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
    """The value at a path; None below an object that is not there."""
    found: Any = record
    for name in path.split("."):
        if found is None:
            return None
        found = getattr(found, name)
    return found


def _compare(
    operator: Operator, found: Any, value: bool | int | Decimal | str | date | datetime
) -> bool:
    match operator:
        case Operator.GT:
            return bool(found > value)
        case Operator.GTE:
            return bool(found >= value)
        case Operator.LT:
            return bool(found < value)
        case Operator.LTE:
            return bool(found <= value)
        case Operator.ARRAY_CONTAINS:
            return value in found
    text, asked = fold_case(found), fold_case(str(value))
    match operator:
        case Operator.STARTSWITH:
            return text.startswith(asked)
        case Operator.ENDSWITH:
            return text.endswith(asked)
        case Operator.CONTAINS:
            return asked in text
        case Operator.FUZZY:
            return all(word in text for word in split_words(asked))
        case Operator.KEYWORD:
            return not set(split_words(asked)).isdisjoint(split_words(text))
        case _:
            return _matches_pattern(text, asked.split("%"))


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
