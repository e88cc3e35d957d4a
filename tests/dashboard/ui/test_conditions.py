"""Rows, the filter document and the language say the same."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.metrics.scope import FIELDS
from dashboard.ui.conditions import (
    NOT_NULL,
    NULL,
    Condition,
    Conditions,
    Group,
    askable,
    conditions,
    document,
    lists,
    operators,
)
from dashboard.ui.operands import as_text, from_text
from harvest_client.entities import ENTITIES
from harvest_client.fields import Field, Kind
from harvest_client.search import (
    Fields,
    SearchError,
    canonical,
    parse,
    parse_text,
    searchable,
)
from harvest_client.search.operators import OPERATORS

KNOWN = {**{name: searchable(entity) for name, entity in ENTITIES.items()}, "where": FIELDS}
_FIRST, _LAST = datetime(1900, 1, 1), datetime(2999, 1, 1)  # noqa: DTZ001
_INSTANTS = st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.INTEGERS: st.integers(-(2**63), 2**63 - 1),
    Kind.DECIMAL: st.decimals(-(10**11), 10**11, places=6),
    Kind.BOOLEAN: st.booleans(),
    Kind.TEXT: _TEXTS,
    Kind.TEXTS: _TEXTS,
    Kind.DATE: st.dates(),
    Kind.TIMESTAMP: _INSTANTS,
}


@st.composite
def rows(draw: st.DrawFn, known: Fields) -> Condition:
    fields = askable(known)
    path = draw(st.sampled_from(sorted(fields)))
    field: Field = fields[path]
    operator = draw(st.sampled_from(operators(field)))
    negated = draw(st.booleans())
    if operator in (NULL, NOT_NULL):
        return Condition(path, operator, None, negated)
    if operator in ("fuzzy", "keyword"):
        return Condition(path, operator, "word " + draw(_TEXTS), negated)
    values = _VALUES[field.kind]
    if operator == "in":
        return Condition(path, "in", tuple(draw(st.lists(values, min_size=1, max_size=3))), negated)
    return Condition(path, operator, draw(values), negated)


@st.composite
def groups(draw: st.DrawFn, known: Fields) -> Group:
    inside = draw(st.sampled_from(["", *lists(known)]))
    fields = lists(known)[inside] if inside else known
    parts = draw(st.lists(rows(fields), min_size=1, max_size=3).map(tuple))
    return Group(parts, draw(st.sampled_from(["and", "or"])), inside, draw(st.booleans()))


@st.composite
def everything(draw: st.DrawFn) -> tuple[Fields, Conditions]:
    known = KNOWN[draw(st.sampled_from(sorted(KNOWN)))]
    parts = draw(st.lists(rows(known) | groups(known), max_size=4).map(tuple))
    return known, Conditions(parts, draw(st.sampled_from(["and", "or"])))


@given(everything())
def test_what_rows_say_is_read_back_as_rows_that_say_it(asked: tuple[Fields, Conditions]) -> None:
    known, said = asked
    filter = parse(document(said), known)

    again = conditions(parse_text(canonical(filter), known))

    assert again is not None
    assert parse(document(again), known) == filter
    assert conditions(parse(document(again), known)) == again


@given(everything())
def test_every_value_goes_through_a_text(asked: tuple[Fields, Conditions]) -> None:
    known, said = asked
    for row in said.parts:
        if isinstance(row, Condition) and row.operator not in (NULL, NOT_NULL):
            kind = known[row.path].kind
            for value in row.value if isinstance(row.value, tuple) else (row.value,):
                assert from_text(kind, as_text(value)) == value


def test_rows_have_every_operator_of_the_language() -> None:
    offered = {name for known in KNOWN.values() for f in askable(known).values()
               for name in operators(f)}  # fmt: skip
    inner = {name for known in KNOWN.values() for fields in lists(known).values()
             for f in askable(fields).values() for name in operators(f)}  # fmt: skip

    joining = {"and", "or", "not", "any"}
    assert (offered | inner) - {NULL, NOT_NULL} == OPERATORS.keys() - joining
    assert any(lists(known) for known in KNOWN.values())


def test_all_that_joins_is_in_one_document() -> None:
    said = Conditions(
        (
            Condition("billable_rate", "gt", Decimal("0.1"), negated=True),
            Group((Condition("spent_date", "gte", date(2026, 1, 1)),
                   Condition("client.name", "eq", "a'\"b")), "or"),
            Condition("invoice", NOT_NULL),
        )
    )  # fmt: skip
    known = KNOWN["time_entries"]

    assert json.loads(canonical(parse(document(said), known))) == {
        "and": [
            {"not": {"gt": {"billable_rate": 0.1}}},
            {"or": [{"gte": {"spent_date": "2026-01-01"}}, {"eq": {"client.name": "a'\"b"}}]},
            {"neq": {"invoice": None}},
        ]
    }
    assert conditions(parse(document(said), known)) == said


def test_conditions_on_one_line_stay_together() -> None:
    said = Conditions(
        (Group((Condition("kind", "eq", "Service"), Condition("amount", "gt", 100)),
               inside="line_items"),)
    )  # fmt: skip

    assert document(said) == {
        "any": {"line_items": {"and": [{"eq": {"kind": "Service"}}, {"gt": {"amount": 100}}]}}
    }
    read = conditions(parse(document(said), ENTITIES["invoices"]))
    assert read == said


@pytest.mark.parametrize(
    "document",
    [
        {"not": {"not": {"not": {"eq": {"id": 1}}}}},
        {"or": [{"and": [{"or": [{"eq": {"id": 1}}, {"eq": {"id": 2}}]}, {"eq": {"id": 3}}]},
                {"eq": {"id": 4}}]},
    ],
)  # fmt: skip
def test_what_is_deeper_was_written_by_hand(document: dict[str, Any]) -> None:
    assert conditions(parse(document, ENTITIES["time_entries"])) is None


def test_a_row_without_a_value_is_not_taken_for_null() -> None:
    with pytest.raises(SearchError, match="has no value yet"):
        document(Conditions((Condition("hours", "eq"),)))


def test_no_condition_selects_everything() -> None:
    assert document(Conditions((Group(()),))) == {}
    assert conditions(None) == conditions(parse({}, FIELDS)) == Conditions()


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Kind.INTEGER, "1.5"), (Kind.DECIMAL, "NaN"), (Kind.DATE, "yesterday"), (Kind.BOOLEAN, "1")],
)
def test_what_is_no_value_stays_as_it_was_typed(kind: Kind, text: str) -> None:
    assert from_text(kind, text) == text
