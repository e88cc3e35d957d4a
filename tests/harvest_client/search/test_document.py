"""The filter language: what it means, and that every fault is named with its place."""

import json
import string
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from harvest_client.entities import ENTITIES
from harvest_client.models.fields import (
    Field,
    FieldType,
    day,
    decimal,
    flag,
    instant,
    integer,
    record,
    records,
    text,
)
from harvest_client.models.fields import texts as texts_field
from harvest_client.search import (
    And,
    AnyOf,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    SearchError,
    all_of,
    canonical_json,
    field_paths,
    iterate_conjuncts,
    parse,
    parse_text,
    searchable_fields,
)

LINES = records(
    "lines",
    "",
    record("project", "", integer("id"), text("name")),
    text("kind"),
    text("link", secret=True),
)
KNOWN: dict[str, Field] = {
    "id": integer("id"),
    "hours": decimal("hours"),
    "billable": flag("billable"),
    "spent_date": day("spent_date"),
    "updated_at": instant("updated_at"),
    "notes": text("notes"),
    "roles": texts_field("roles"),
    "client": record("client", "", integer("id"), text("name")),
    "client.id": integer("id"),
    "client.name": text("name"),
    "lines": LINES,
}


def read(document: object) -> Filter:
    return parse(document, KNOWN)


def refusal(reading: Callable[[], Filter]) -> SearchError | None:
    try:
        reading()
    except SearchError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("document", "meaning"),
    [
        ({}, And(())),
        ({"eq": {"billable": True}}, Compare(Operator.EQ, "billable", True)),
        ({"neq": {"notes": None}}, Compare(Operator.NEQ, "notes", None)),
        ({"gt": {"hours": 1.5}}, Compare(Operator.GT, "hours", Decimal("1.5"))),
        ({"lte": {"hours": 8}}, Compare(Operator.LTE, "hours", Decimal(8))),
        (
            {"gte": {"spent_date": "2026-01-05"}},
            Compare(Operator.GTE, "spent_date", date(2026, 1, 5)),
        ),
        (
            {"lt": {"updated_at": "2026-01-05T10:00:00+02:00"}},
            Compare(Operator.LT, "updated_at", datetime(2026, 1, 5, 8, tzinfo=UTC)),
        ),
        (
            {"lt": {"updated_at": "2026-01-05"}},
            Compare(Operator.LT, "updated_at", datetime(2026, 1, 5, tzinfo=UTC)),
        ),
        ({"in": {"id": [3, 1]}}, OneOf("id", (3, 1))),
        ({"like": {"client.name": "%a_b%"}}, Compare(Operator.LIKE, "client.name", "%a_b%")),
        (
            {"array_contains": {"roles": "Design"}},
            Compare(Operator.ARRAY_CONTAINS, "roles", "Design"),
        ),
        ({"not": {"eq": {"id": 1}}}, Not(Compare(Operator.EQ, "id", 1))),
        (
            {"or": [{"eq": {"id": 1}}, {"eq": {"id": 2}}]},
            Or((Compare(Operator.EQ, "id", 1), Compare(Operator.EQ, "id", 2))),
        ),
        (
            {"gte": {"id": 1}, "lt": {"id": 5}},
            And((Compare(Operator.GTE, "id", 1), Compare(Operator.LT, "id", 5))),
        ),
        ({"and": [{"eq": {"id": 1}}]}, Compare(Operator.EQ, "id", 1)),
        ({"fuzzy": {"notes": "re-tro"}}, Compare(Operator.FUZZY, "notes", "re-tro")),
        ({"keyword": {"notes": "a b"}}, Compare(Operator.KEYWORD, "notes", "a b")),
        ({"contains": {"roles": "x"}}, Compare(Operator.ARRAY_CONTAINS, "roles", "x")),
        (
            {"any": {"lines": {"eq": {"project.id": 5}, "neq": {"kind": "x"}}}},
            AnyOf(
                "lines",
                And(
                    (
                        Compare(Operator.EQ, "project.id", 5),
                        Compare(Operator.NEQ, "kind", "x"),
                    )
                ),
            ),
        ),
        ({"eq": {"client": None}}, Compare(Operator.EQ, "client", None)),
        ({"eq": {"client": {}}}, Compare(Operator.NEQ, "client", None)),
        ({"neq": {"client": {}}}, Compare(Operator.EQ, "client", None)),
        ({"eq": {"client": {"id": 5}}}, Compare(Operator.EQ, "client.id", 5)),
        ({"neq": {"client": {"id": 5}}}, Compare(Operator.NEQ, "client.id", 5)),
        (
            {"eq": {"client": {"name": None}}},
            And(
                (
                    Compare(Operator.NEQ, "client", None),
                    Compare(Operator.EQ, "client.name", None),
                )
            ),
        ),
        (
            {"neq": {"client": {"id": 5, "name": "x"}}},
            Not(
                And(
                    (Compare(Operator.EQ, "client.id", 5), Compare(Operator.EQ, "client.name", "x"))
                )
            ),
        ),
        (
            {"any": {"lines": {"eq": {"project": {}}}}},
            AnyOf("lines", Compare(Operator.NEQ, "project", None)),
        ),
    ],
)
def test_a_document_means_what_the_reference_says(document: object, meaning: Filter) -> None:
    assert read(document) == meaning


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"and": [{"eq": {"id": 1}}, {"eq": {"hour": 1}}]}, "$.and[1].eq.hour is no field; did"),
        ({"eq": {"client.nam": "x"}}, "$.eq.client.nam is no field; did you mean client.name?"),
        ({"equals": {"id": 1}}, "$.equals is no operator"),
        ({"startwith": {"notes": "x"}}, "$.startwith is no operator; did you mean startswith?"),
        ({"not": {"gte": {"billable": True}}}, "$.not.gte.billable is of kind boolean"),
        ({"gt": {"client": 1}}, "$.gt.client is an object: ask with eq or neq, or for what is"),
        ({"in": {"client": [1]}}, "inside it: client.id, client.name"),
        ({"eq": {"client": 1}}, "$.eq.client needs null or an object"),
        ({"eq": {"client": {"idd": 1}}}, "$.eq.client.idd is no field; did you mean client.id?"),
        ({"eq": {"client": {"id": "1"}}}, "$.eq.client.id needs a whole number"),
        ({"eq": {"client": {None: 1}}}, "$.eq.client.None is no field"),
        ({"startswith": {"roles": "Design"}}, "it takes array_contains"),
        ({"contains": {"roles": 1}}, "$.contains.roles needs a text"),
        ({"eq": {"billable": 1}}, "$.eq.billable needs true or false"),
        ({"eq": {"id": True}}, "$.eq.id needs a whole number"),
        ({"eq": {"id": "1"}}, "$.eq.id needs a whole number"),
        ({"eq": {"id": 2**63}}, "$.eq.id is a number larger than any id"),
        ({"gt": {"hours": "1"}}, "$.gt.hours needs a number"),
        ({"gt": {"hours": float("nan")}}, "$.gt.hours needs a number of at most 12 digits"),
        ({"gt": {"hours": 0.1234567}}, "$.gt.hours needs a number of at most 6 decimal places"),
        ({"gt": {"hours": None}}, "$.gt.hours needs a number"),
        ({"eq": {"spent_date": "2026-02-30"}}, "$.eq.spent_date is a day that no calendar has"),
        ({"eq": {"spent_date": "20260105"}}, "needs a date such as 2026-01-31"),
        ({"eq": {"updated_at": "2026-01-05T10:00:00"}}, "needs an instant with its zone"),
        ({"eq": {"updated_at": "0001-01-01T00:00:00+02:00"}}, "that no calendar has"),
        ({"in": {"id": []}}, "$.in.id needs at least one value"),
        ({"in": {"id": [1, "2"]}}, "$.in.id[1] needs a whole number"),
        ({"in": {"id": [1] * 501}}, "$.in.id has more than 500 values"),
        ({"in": {"notes": [None]}}, "$.in.notes[0] needs a text"),
        ({"in": {"id": 1}}, "$.in.id must be a list of values"),
        ({"eq": {"notes": "x" * 1001}}, "$.eq.notes is longer than 1,000 characters"),
        ({"eq": {"notes": "\ud800"}}, "half a character"),
        ({"eq": {"id": 1, "hours": 1}}, "$.eq must name one field"),
        ({"eq": []}, "$.eq must name one field"),
        ({"and": []}, "$.and needs at least one condition"),
        ({"and": {"eq": {"id": 1}}}, "$.and must be a list of conditions"),
        ({"or": [{}]}, "$.or[0] has no condition in it"),
        ({"fuzzy": {"notes": "-- "}}, "$.fuzzy.notes needs at least one word"),
        ({"keyword": {"notes": ""}}, "$.keyword.notes needs at least one word"),
        ({"fuzzy": {"hours": "1"}}, "$.fuzzy.hours is of kind decimal"),
        ({"any": {"lines": {}}}, "$.any.lines has no condition in it"),
        ({"any": {"lines": {"eq": {"kin": "x"}}}}, "$.any.lines.eq.kin is no field; did you mean"),
        ({"any": {"lines": {"eq": {"id": 1}}}}, "$.any.lines.eq.id is no field"),
        ({"any": {"lines": {"eq": {"link": "x"}}}}, "$.any.lines.eq.link is no field"),
        ({"any": {"roles": {"eq": {"x": 1}}}}, "it takes array_contains"),
        ({"any": {"client": {"eq": {"id": 1}}}}, "$.any.client is an object: ask with eq"),
        ({"eq": {"lines": None}}, '$.eq.lines is a list of objects: ask with {"any": {"lines"'),
        ({"contains": {"lines": "x"}}, "$.contains.lines is a list of objects: ask with"),
        ({"eq": {"lines.kind": "x"}}, 'ask with {"any": {"lines": {"eq": {"kind": …}}}}'),
        ({"eq": {"lines.link": "x"}}, "$.eq.lines.link is no field"),
        ({"any": {"lines": {"and": [{"eq": {"kind": "x"}}] * 199}}}, "more than 200 conditions"),
        ({"any": {"lines": {"in": {"kind": ["x"] * 501}}}}, "has more than 500 values"),
        ([], "$ must be an object"),
        (None, "$ must be an object"),
        ({1: {}}, "$.1 is no operator"),
        ({"eq": {None: 1}}, "$.eq.None is no field"),
        ({"and": [{"eq": {"id": 1}}] * 200}, "has more than 200 conditions"),
    ],
)
def test_a_fault_is_named_with_its_place_and_the_way_out(document: object, fault: str) -> None:
    with pytest.raises(SearchError) as raised:
        read(document)

    assert fault in str(raised.value)
    assert raised.value.path in str(raised.value)
    assert raised.value.remedy


def test_a_filter_may_be_eight_levels_deep_and_no_deeper() -> None:
    document: dict[str, Any] = {"eq": {"id": 1}}
    for _ in range(7):
        document = {"not": document}
    read(document)

    with pytest.raises(SearchError, match="deeper than 8"):
        read({"not": document})


def test_several_operators_in_one_object_count_as_the_and_they_stand_for() -> None:
    document: dict[str, Any] = {"gte": {"id": 1}, "lt": {"id": 5}}
    for _ in range(6):
        document = {"not": document}
    assert parse_text(canonical_json(read(document)), KNOWN) == read(document)

    with pytest.raises(SearchError, match="deeper than 8"):
        read({"not": document})


def test_an_object_counts_as_the_conditions_it_stands_for() -> None:
    within: dict[str, Any] = {"eq": {"client": {"id": 1, "name": "x"}}}
    for _ in range(6):
        within = {"not": within}
    assert parse_text(canonical_json(read(within)), KNOWN) == read(within)

    with pytest.raises(SearchError, match="deeper than 8"):
        read({"not": within})
    with pytest.raises(SearchError, match="has more than 200 conditions"):
        read({"or": [{"neq": {"client": {"id": 1, "name": "x"}}}] * 50})


def test_a_condition_on_elements_is_a_level_deeper() -> None:
    within: dict[str, Any] = {"eq": {"kind": "x"}}
    for _ in range(6):
        within = {"not": within}
    read({"any": {"lines": within}})

    with pytest.raises(SearchError, match="deeper than 8"):
        read({"not": {"any": {"lines": within}}})


def test_amounts_keep_every_digit_in_a_text() -> None:
    document = {"eq": {"hours": Decimal("123456789012.123456")}}

    assert parse_text(canonical_json(read(document)), KNOWN) == read(document)


def test_a_filter_whose_text_could_not_be_read_again_is_refused() -> None:
    with pytest.raises(SearchError, match="longer than 100,000"):
        read({"in": {"notes": ["x" * 1_000] * 101}})


def test_a_document_that_contains_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["not"] = endless

    with pytest.raises(SearchError, match="deeper than 8"):
        read(endless)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", "is not JSON"),
        ('{"eq": {"id": 1}, "eq": {"id": 2}}', "'eq' is there twice"),
        ('{"and": [' * 10_000, "nested too deep"),
        ("[" * 100_000, "nested too deep"),
        ('{"eq": {"id": ' + "9" * 5_000 + "}}", "is not usable JSON"),
        ('{"eq": {"hours": NaN}}', "needs a number"),
        ('{"eq": {"hours": 1e400}}', "at most 12 digits"),
        ('{"eq": {"hours": 1e99999999}}', "at most 12 digits"),
        ('{"eq": {"hours": 1e-99999999}}', "at most 6 decimal places"),
        ('{"eq": {"hours": 1e-99999999999999999999}}', "out of range"),
        (" " * 100_001, "is longer than 100,000 characters"),
    ],
)
def test_a_text_that_is_no_filter_is_refused(written: str, fault: str) -> None:
    with pytest.raises(SearchError, match=fault):
        parse_text(written, KNOWN)


def test_zero_is_written_without_a_sign() -> None:
    assert canonical_json(read({"eq": {"hours": -0.0}})) == '{"eq":{"hours":0}}'


def test_tenths_are_tenths() -> None:
    assert parse_text('{"eq": {"hours": 0.1}}', KNOWN) == read({"eq": {"hours": Decimal("0.10")}})


def test_joining_filters_nests_nothing_and_loses_nothing() -> None:
    one, two, three = (Compare(Operator.EQ, "id", number) for number in (1, 2, 3))

    joined = all_of(And((one, two)), None, three)

    assert joined == And((one, two, three))
    assert list(iterate_conjuncts(joined)) == [one, two, three]
    assert all_of(one) == one
    assert all_of(None) == And(())


def test_the_fields_of_a_filter_are_all_that_decide() -> None:
    found = read({"not": {"or": [{"in": {"id": [1]}}, {"and": [{"gt": {"hours": 1}}]}]}})

    assert field_paths(found) == {"id", "hours"}
    assert field_paths(read({})) == frozenset()


def test_an_entity_may_be_asked_about_its_fields_and_those_inside_them() -> None:
    entries = ENTITIES["time_entries"]

    assert field_paths(parse({"eq": {"client.name": "Acme"}}, entries)) == {"client.name"}
    assert {"project.id", "spent_date", "hours"} <= searchable_fields(entries).keys()


def test_secrets_cannot_be_guessed_by_filtering_on_them() -> None:
    secrets = {
        (name, field.name)
        for name, entity in ENTITIES.items()
        for field in entity.fields
        if field.secret
    }

    assert secrets
    for name, secret in secrets:
        with pytest.raises(SearchError, match="is no field"):
            parse({"startswith": {secret: "a"}}, ENTITIES[name])


_plain = st.text(max_size=20)
_amounts = st.decimals(-(10**11), 10**11, places=3, allow_nan=False)
_values: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(-(2**63), 2**63 - 1),
    "hours": _amounts,
    "billable": st.booleans(),
    "spent_date": st.dates().map(str),
    "updated_at": st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
    "notes": _plain,
    "client.name": _plain,
}


@st.composite
def _comparisons(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(_values)))
    takes = ["eq", "neq", "in"]
    if KNOWN[name].kind is not FieldType.BOOLEAN:
        takes += ["gt", "gte", "lt", "lte"]
    if KNOWN[name].kind is FieldType.TEXT:
        takes += ["like", "startswith", "endswith", "contains", "fuzzy", "keyword"]
    operator = draw(st.sampled_from(takes))
    if operator == "in":
        return {"in": {name: draw(st.lists(_values[name], min_size=1, max_size=3))}}
    if operator in ("eq", "neq") and draw(st.booleans()):
        return {operator: {name: None}}
    if operator in ("fuzzy", "keyword"):
        return {operator: {name: f"word {draw(_plain)}"}}
    return {operator: {name: draw(_values[name])}}


_named = st.sampled_from([{}, {"id": 1}, {"name": None}, {"id": None, "name": "x"}])
_on_objects = st.builds(
    lambda operator, value: {operator: {"client": value}},
    st.sampled_from(["eq", "neq"]),
    st.none() | _named,
)
_of_elements = st.builds(
    lambda part: {"any": {"lines": part}},
    st.sampled_from([{"eq": {"kind": "x"}}, {"not": {"gt": {"project.id": 1}}}]),
)
documents = st.recursive(
    _comparisons()
    | st.sampled_from([{"array_contains": {"roles": "Design"}}, {"contains": {"roles": "Ops"}}])
    | _on_objects
    | _of_elements,
    lambda inner: st.one_of(
        inner.map(lambda part: {"not": part}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"and": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"or": parts}),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
    ),
    max_leaves=8,
)


@given(documents)
def test_the_canonical_text_reads_back_as_the_same_filter(document: dict[str, Any]) -> None:
    assume(refusal(lambda: read(document)) is None)  # a few are too deep
    filter = read(document)

    again = parse_text(canonical_json(filter), KNOWN)

    assert again == filter
    assert canonical_json(again) == canonical_json(filter)


def test_equal_filters_have_one_canonical_text() -> None:
    spellings: list[object] = [
        {"gte": {"hours": 1}, "eq": {"billable": True}},
        {"and": [{"gte": {"hours": 1.0}}, {"and": [{"eq": {"billable": True}}]}]},
    ]

    assert {canonical_json(read(spelling)) for spelling in spellings} == {
        '{"and":[{"gte":{"hours":1}},{"eq":{"billable":true}}]}'
    }


_keys = st.sampled_from([*Operator, "and", "or", "not", "in", "any", *KNOWN]) | st.text(
    string.printable, max_size=5
)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=20,
)


@given(_anything)
@example({"and": [{"eq": {"hours": float("inf")}}]})
@example({"eq": {"hours": 1e308}})
def test_whatever_is_no_filter_is_a_search_error_with_a_path(document: object) -> None:
    error = refusal(lambda: read(document))

    assert error is None or error.path.startswith("$")
    assert str(error).encode()  # can be shown


@given(st.text(max_size=50) | _anything.map(json.dumps))
def test_whatever_text_is_no_filter_is_a_search_error(written: str) -> None:
    error = refusal(lambda: parse_text(written, KNOWN))

    assert error is None or error.path.startswith("$")
