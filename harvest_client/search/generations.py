"""A filter in the words of one generation of the hosted API, never selecting less than it does.

What a generation cannot say, or whose effect nobody documents, is left out or widened: null under
`neq` and `not`, the case of `like`, the order of texts, whatever is inside an object. Harvest's
instants are whole seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from harvest_client.fields import Field, Kind, by_name
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
    fields,
)
from harvest_client.search.sent_texts import as_like, as_pieces, patterns


class Generation(StrEnum):
    """The three interfaces of the hosted API there have been, oldest first."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Printed:
    """`document` is the filter to send, None to send none; it selects at least what was asked.

    Unless it is `exact`, the answer must be checked with `matches`.
    """

    document: dict[str, Any] | None
    exact: bool


_LEFT_OUT = Printed(None, False)
_ARRAY_CONTAINS = {Generation.B: "contains", Generation.C: "array_contains"}
_TEXT = {
    Operator.LIKE,
    Operator.STARTSWITH,
    Operator.ENDSWITH,
    Operator.CONTAINS,
    Operator.FUZZY,
    Operator.KEYWORD,
}


def printed(filter: Filter, generation: Generation, fields: Iterable[Field]) -> Printed:
    """What to send for `filter`, where `fields` are those that the hosted copy can search."""
    return _printed(filter, generation, by_name(fields))


def _printed(filter: Filter, generation: Generation, known: Mapping[str, Field]) -> Printed:
    match filter:
        case Compare(field=name) | OneOf(field=name) if name not in known:
            return _LEFT_OUT
        case Compare():
            return _comparison(filter, generation, known[filter.field])
        case OneOf(name, values):
            sent = [sent_values.exactly(value) for value in values]
            return _LEFT_OUT if None in sent else Printed({"in": {name: sent}}, True)
        case AnyOf():
            return _LEFT_OUT
        case Not(part):
            return _negated(part, _printed(part, generation, known), known)
        case And(parts):
            return _all_of(_printed(part, generation, known) for part in parts)
        case Or(parts):
            return _any_of(_printed(part, generation, known) for part in parts)


def _all_of(parts: Iterable[Printed]) -> Printed:
    """Those that can be sent, and true together."""
    parts = list(parts)
    documents = [part.document for part in parts if part.document is not None]
    exact = all(part.exact for part in parts)
    if len(documents) > 1:
        return Printed({"and": documents}, exact)
    return Printed(documents[0] if documents else None, exact)


def _any_of(parts: Iterable[Printed]) -> Printed:
    """One of which is true: only all of them together can be sent."""
    parts = list(parts)
    if not parts or any(part.document is None for part in parts):
        return Printed(None, any(part.exact and part.document is None for part in parts))
    if len(parts) == 1:
        return parts[0]
    return Printed({"or": [part.document for part in parts]}, all(part.exact for part in parts))


def _negated(part: Filter, sent: Printed, known: Mapping[str, Field]) -> Printed:
    never_null = all(known[name].required for name in fields(part) if name in known)
    if sent.document is None or not sent.exact or not never_null:
        return _LEFT_OUT
    return Printed({"not": sent.document}, True)


def _comparison(compare: Compare, generation: Generation, field: Field) -> Printed:
    operator, name, value = compare.operator, compare.field, compare.value
    if value is None:
        # Of what is never null, this is true of every record.
        return Printed(None, operator is Operator.NEQ and field.required)
    if operator in _TEXT:
        return _text(operator, name, str(value), generation)
    if operator is Operator.ARRAY_CONTAINS:
        word = _ARRAY_CONTAINS.get(generation)
        return Printed({word: {name: value}}, True) if word else _LEFT_OUT
    if operator is Operator.NEQ and not field.required:
        return _LEFT_OUT
    if operator not in (Operator.EQ, Operator.NEQ) and field.kind is Kind.TEXT:
        return _LEFT_OUT  # nobody says by which rules texts are ordered
    sent = sent_values.exactly(value)
    if sent is not None:
        return Printed({operator.value: {name: sent}}, True)
    wider = sent_values.widened(operator, value)
    return Printed({wider[0].value: {name: wider[1]}}, False) if wider else _LEFT_OUT


def _text(operator: Operator, name: str, value: str, generation: Generation) -> Printed:
    """Text operators, as what the generation has for them."""
    say = as_pieces if generation is Generation.C else as_like
    said = [say(name, pattern) for pattern in patterns(operator, value)]
    parts = [Printed(*one) if one else _LEFT_OUT for one in said]
    if operator is Operator.KEYWORD:
        return Printed(_any_of(parts).document, False)  # parts of words are found as well
    return _all_of(parts)
