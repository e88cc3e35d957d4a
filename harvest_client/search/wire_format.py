"""A filter in the form of one version of the hosted API; it never selects fewer records.

What a generation cannot say, or whose effect nobody documents, is left out or widened: null under
`neq` and `not`, the case of `like`, the order of texts, whatever is inside an object. Harvest's
instants are whole seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from harvest_client.models.fields import Field, FieldType, by_name
from harvest_client.search.filter_ast import (
    And,
    AnyOf,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    Value,
    field_paths,
)
from harvest_client.search.values import case_spellings, fold_case, split_words

Said = tuple[dict[str, Any], bool]


def text_patterns(operator: Operator, value: str) -> list[list[str]]:
    """Return the patterns that a text operator asks for."""
    match operator:
        case Operator.STARTSWITH:
            return [[value, ""]]
        case Operator.ENDSWITH:
            return [["", value]]
        case Operator.CONTAINS:
            return [["", value, ""]]
        case Operator.FUZZY | Operator.KEYWORD:
            return [["", word, ""] for word in split_words(value)]
        case _:
            return [value.split("%")]


def as_like(name: str, pieces: list[str]) -> Said | None:
    """The pattern for `like` of generations A and B, None where it could mean something else.

    Nobody says whether `like` ignores case, what `_` is, or how a `%` is written.
    """
    literal = "".join(pieces)
    if not literal or any(character in "%_\\" for character in literal):
        return None
    if any(case_spellings(fold_case(character)) != character for character in literal):
        return None
    return {"like": {name: "%".join(pieces)}}, True


def as_pieces(name: str, pieces: list[str]) -> Said | None:
    """Return the pattern for generation C, which ignores case and has no wildcards."""
    first, *between, last = pieces if len(pieces) > 1 else (*pieces, *pieces)
    requested = [
        ("startswith", first),
        ("endswith", last),
        *(("contains", part) for part in between),
    ]
    parts = [{operator: {name: part}} for operator, part in requested if part]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"and": parts}, len(parts) == 1


Sent = bool | int | float | str

_SECOND = timedelta(seconds=1)


def exact_value(value: Value) -> Sent | None:
    """Return the value that equals `value` alone; None if JSON has none."""
    match value:
        case Decimal():
            number = int(value) if value == int(value) else float(value)
            return number if Decimal(repr(number)) == value else None
        case datetime():
            return None if value.microsecond else _instant_text(value)
        case date():
            return value.isoformat()
        case _:
            return value


def widen_comparison(operator: Operator, value: Value) -> tuple[Operator, Sent] | None:
    """Return a comparison with a whole second that is true wherever the one asked for is."""
    if not isinstance(value, datetime):
        return None
    second = value.replace(microsecond=0)
    if operator in (Operator.GT, Operator.GTE):
        return Operator.GTE, _instant_text(second)
    if (
        operator in (Operator.LT, Operator.LTE)
        and second < datetime.max.replace(tzinfo=UTC) - _SECOND
    ):
        return operator, _instant_text(second + _SECOND)
    return None


def _instant_text(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


class ApiVersion(StrEnum):
    """The three interfaces of the hosted API there have been, oldest first."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class WireQuery:
    """`document` is the filter to send, None to send none; it selects at least what was asked.

    Unless it is `exact`, the answer must be checked with `matches`.
    """

    document: dict[str, Any] | None
    exact: bool


_LEFT_OUT = WireQuery(None, False)
_ARRAY_CONTAINS = {ApiVersion.B: "contains", ApiVersion.C: "array_contains"}
_TEXT = {
    Operator.LIKE,
    Operator.STARTSWITH,
    Operator.ENDSWITH,
    Operator.CONTAINS,
    Operator.FUZZY,
    Operator.KEYWORD,
}


def write_query(filter: Filter, generation: ApiVersion, fields: Iterable[Field]) -> WireQuery:
    """Return the query to send for `filter`; `fields` are those that the hosted copy can search."""
    return _write_filter(filter, generation, by_name(fields))


def _write_filter(filter: Filter, generation: ApiVersion, known: Mapping[str, Field]) -> WireQuery:
    match filter:
        case Compare(field=name) | OneOf(field=name) if name not in known:
            return _LEFT_OUT
        case Compare():
            return _write_comparison(filter, generation, known[filter.field])
        case OneOf(name, values):
            sent = [exact_value(value) for value in values]
            return _LEFT_OUT if None in sent else WireQuery({"in": {name: sent}}, True)
        case AnyOf():
            return _LEFT_OUT
        case Not(part):
            return _write_negation(part, _write_filter(part, generation, known), known)
        case And(parts):
            return _all_of(_write_filter(part, generation, known) for part in parts)
        case Or(parts):
            return _any_of(_write_filter(part, generation, known) for part in parts)


def _all_of(parts: Iterable[WireQuery]) -> WireQuery:
    """Return those that can be sent, and true together."""
    parts = list(parts)
    documents = [part.document for part in parts if part.document is not None]
    exact = all(part.exact for part in parts)
    if len(documents) > 1:
        return WireQuery({"and": documents}, exact)
    return WireQuery(documents[0] if documents else None, exact)


def _any_of(parts: Iterable[WireQuery]) -> WireQuery:
    """Return one of which is true: only all of them together can be sent."""
    parts = list(parts)
    if not parts or any(part.document is None for part in parts):
        return WireQuery(None, any(part.exact and part.document is None for part in parts))
    if len(parts) == 1:
        return parts[0]
    return WireQuery({"or": [part.document for part in parts]}, all(part.exact for part in parts))


def _write_negation(part: Filter, sent: WireQuery, known: Mapping[str, Field]) -> WireQuery:
    never_null = all(known[name].required for name in field_paths(part) if name in known)
    if sent.document is None or not sent.exact or not never_null:
        return _LEFT_OUT
    return WireQuery({"not": sent.document}, True)


def _write_comparison(compare: Compare, generation: ApiVersion, field: Field) -> WireQuery:
    operator, name, value = compare.operator, compare.field, compare.value
    if value is None:
        # Of what is never null, this is true of every record.
        return WireQuery(None, operator is Operator.NEQ and field.required)
    if operator in _TEXT:
        return _write_text_operator(operator, name, str(value), generation)
    if operator is Operator.ARRAY_CONTAINS:
        word = _ARRAY_CONTAINS.get(generation)
        return WireQuery({word: {name: value}}, True) if word else _LEFT_OUT
    if operator is Operator.NEQ and not field.required:
        return _LEFT_OUT
    if operator not in (Operator.EQ, Operator.NEQ) and field.kind is FieldType.TEXT:
        return _LEFT_OUT  # nobody says by which rules texts are ordered
    sent = exact_value(value)
    if sent is not None:
        return WireQuery({operator.value: {name: sent}}, True)
    wider = widen_comparison(operator, value)
    return WireQuery({wider[0].value: {name: wider[1]}}, False) if wider else _LEFT_OUT


def _write_text_operator(
    operator: Operator, name: str, value: str, generation: ApiVersion
) -> WireQuery:
    """Text operators, as what the generation has for them."""
    say = as_pieces if generation is ApiVersion.C else as_like
    texts = [say(name, pattern) for pattern in text_patterns(operator, value)]
    parts = [WireQuery(*item) if item else _LEFT_OUT for item in texts]
    if operator is Operator.KEYWORD:
        return WireQuery(_any_of(parts).document, False)  # parts of words are found as well
    return _all_of(parts)
