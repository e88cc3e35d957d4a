"""Rows, the filter document and the language say the same."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.filter_form import (
    NOT_NULL,
    NULL,
    FilterForm,
    FilterGroup,
    FilterRow,
    filter_document,
    filter_groups,
    list_fields,
    row_fields,
    row_operators,
)
from dashboard.components.filter_inputs import as_text, from_text
from dashboard.metrics.scope import FIELDS
from harvest_client.entities import ENTITIES
from harvest_client.models.fields import Field, FieldType
from harvest_client.search import (
    Fields,
    SearchError,
    canonical_json,
    parse,
    parse_text,
    searchable_fields,
)
from harvest_client.search.operators import OPERATORS

KNOWN = {**{name: searchable_fields(entity) for name, entity in ENTITIES.items()}, "where": FIELDS}
_FIRST, _LAST = datetime(1900, 1, 1), datetime(2999, 1, 1)  # noqa: DTZ001
_INSTANTS = st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    FieldType.INTEGERS: st.integers(-(2**63), 2**63 - 1),
    FieldType.DECIMAL: st.decimals(-(10**11), 10**11, places=6),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.TEXT: _TEXTS,
    FieldType.TEXTS: _TEXTS,
    FieldType.DATE: st.dates(),
    FieldType.TIMESTAMP: _INSTANTS,
}


@st.composite
def rows(draw: st.DrawFn, known: Fields) -> FilterRow:
    fields = row_fields(known)
    path = draw(st.sampled_from(sorted(fields)))
    field: Field = fields[path]
    operator = draw(st.sampled_from(row_operators(field)))
    negated = draw(st.booleans())
    if operator in (NULL, NOT_NULL):
        return FilterRow(path, operator, None, negated)
    if operator in ("fuzzy", "keyword"):
        return FilterRow(path, operator, "word " + draw(_TEXTS), negated)
    values = _VALUES[field.kind]
    if operator == "in":
        return FilterRow(path, "in", tuple(draw(st.lists(values, min_size=1, max_size=3))), negated)
    return FilterRow(path, operator, draw(values), negated)


@st.composite
def groups(draw: st.DrawFn, known: Fields) -> FilterGroup:
    inside = draw(st.sampled_from(["", *list_fields(known)]))
    fields = list_fields(known)[inside] if inside else known
    parts = draw(st.lists(rows(fields), min_size=1, max_size=3).map(tuple))
    return FilterGroup(parts, draw(st.sampled_from(["and", "or"])), inside, draw(st.booleans()))


@st.composite
def everything(draw: st.DrawFn) -> tuple[Fields, FilterForm]:
    known = KNOWN[draw(st.sampled_from(sorted(KNOWN)))]
    parts = draw(st.lists(rows(known) | groups(known), max_size=4).map(tuple))
    return known, FilterForm(parts, draw(st.sampled_from(["and", "or"])))


@given(everything())
def test_what_rows_say_is_read_back_as_rows_that_say_it(asked: tuple[Fields, FilterForm]) -> None:
    known, said = asked
    filter = parse(filter_document(said), known)

    again = filter_groups(parse_text(canonical_json(filter), known))

    assert again is not None
    assert parse(filter_document(again), known) == filter
    assert filter_groups(parse(filter_document(again), known)) == again


@given(everything())
def test_every_value_goes_through_a_text(asked: tuple[Fields, FilterForm]) -> None:
    known, said = asked
    for row in said.parts:
        if isinstance(row, FilterRow) and row.operator not in (NULL, NOT_NULL):
            kind = known[row.path].kind
            for value in row.value if isinstance(row.value, tuple) else (row.value,):
                assert from_text(kind, as_text(value)) == value


def test_rows_have_every_operator_of_the_language() -> None:
    offered = {name for known in KNOWN.values() for f in row_fields(known).values()
               for name in row_operators(f)}  # fmt: skip
    inner = {name for known in KNOWN.values() for fields in list_fields(known).values()
             for f in row_fields(fields).values() for name in row_operators(f)}  # fmt: skip

    joining = {"and", "or", "not", "any"}
    assert (offered | inner) - {NULL, NOT_NULL} == OPERATORS.keys() - joining
    assert any(list_fields(known) for known in KNOWN.values())


def test_all_that_joins_is_in_one_document() -> None:
    said = FilterForm(
        (
            FilterRow("billable_rate", "gt", Decimal("0.1"), negated=True),
            FilterGroup((FilterRow("spent_date", "gte", date(2026, 1, 1)),
                   FilterRow("client.name", "eq", "a'\"b")), "or"),
            FilterRow("invoice", NOT_NULL),
        )
    )  # fmt: skip
    known = KNOWN["time_entries"]

    assert json.loads(canonical_json(parse(filter_document(said), known))) == {
        "and": [
            {"not": {"gt": {"billable_rate": 0.1}}},
            {"or": [{"gte": {"spent_date": "2026-01-01"}}, {"eq": {"client.name": "a'\"b"}}]},
            {"neq": {"invoice": None}},
        ]
    }
    assert filter_groups(parse(filter_document(said), known)) == said


def test_conditions_on_one_line_stay_together() -> None:
    said = FilterForm(
        (FilterGroup((FilterRow("kind", "eq", "Service"), FilterRow("amount", "gt", 100)),
               inside="line_items"),)
    )  # fmt: skip

    assert filter_document(said) == {
        "any": {"line_items": {"and": [{"eq": {"kind": "Service"}}, {"gt": {"amount": 100}}]}}
    }
    read = filter_groups(parse(filter_document(said), ENTITIES["invoices"]))
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
    assert filter_groups(parse(document, ENTITIES["time_entries"])) is None


def test_a_row_without_a_value_is_not_taken_for_null() -> None:
    with pytest.raises(SearchError, match="has no value yet"):
        filter_document(FilterForm((FilterRow("hours", "eq"),)))


def test_no_condition_selects_everything() -> None:
    assert filter_document(FilterForm((FilterGroup(()),))) == {}
    assert filter_groups(None) == filter_groups(parse({}, FIELDS)) == FilterForm()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldType.INTEGER, "1.5"),
        (FieldType.DECIMAL, "NaN"),
        (FieldType.DATE, "yesterday"),
        (FieldType.BOOLEAN, "1"),
    ],
)
def test_what_is_no_value_stays_as_it_was_typed(kind: FieldType, text: str) -> None:
    assert from_text(kind, text) == text
