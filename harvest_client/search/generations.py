"""A filter in the words of one generation of the hosted API, never selecting less than it does.

What a generation cannot say, or whose effect nobody documents, is left out or widened: null under
`neq` and `not`, the case of `like`, the order of texts, whatever is inside an object. Harvest's
instants are whole seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from harvest_client.fields import Field, FieldType, by_name
from harvest_client.search import sent_values
from harvest_client.search.conditions import (
    And,
    AnyOf,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    field_paths,
)
from harvest_client.search.sent_texts import as_like, as_pieces, text_patterns


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
            sent = [sent_values.exact_value(value) for value in values]
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
    """Those that can be sent, and true together."""
    parts = list(parts)
    documents = [part.document for part in parts if part.document is not None]
    exact = all(part.exact for part in parts)
    if len(documents) > 1:
        return WireQuery({"and": documents}, exact)
    return WireQuery(documents[0] if documents else None, exact)


def _any_of(parts: Iterable[WireQuery]) -> WireQuery:
    """One of which is true: only all of them together can be sent."""
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
    sent = sent_values.exact_value(value)
    if sent is not None:
        return WireQuery({operator.value: {name: sent}}, True)
    wider = sent_values.widen_comparison(operator, value)
    return WireQuery({wider[0].value: {name: wider[1]}}, False) if wider else _LEFT_OUT


def _write_text_operator(
    operator: Operator, name: str, value: str, generation: ApiVersion
) -> WireQuery:
    """Text operators, as what the generation has for them."""
    say = as_pieces if generation is ApiVersion.C else as_like
    said = [say(name, pattern) for pattern in text_patterns(operator, value)]
    parts = [WireQuery(*one) if one else _LEFT_OUT for one in said]
    if operator is Operator.KEYWORD:
        return WireQuery(_any_of(parts).document, False)  # parts of words are found as well
    return _all_of(parts)
