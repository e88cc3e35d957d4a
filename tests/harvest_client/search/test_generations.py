"""What is sent to a hosted API selects no fewer records than were asked for, whatever it does."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest_client.entities import ENTITIES
from harvest_client.models.records import Record, record_type
from harvest_client.search import ApiVersion, WireQuery, matches, parse, write_query
from harvest_client.search.filter_ast import And, Compare, Filter, Not, OneOf, Operator, Or

ENTRIES, USERS = ENTITIES["time_entries"], ENTITIES["users"]
A, B, C = ApiVersion


def sent(document: object, generation: ApiVersion, entity: Any = ENTRIES) -> WireQuery:
    return write_query(parse(document, entity), generation, entity.searchable)


@pytest.mark.parametrize(
    ("document", "generation", "as_sent", "exact"),
    [
        ({}, A, None, True),
        ({"eq": {"notes": "Retro"}}, A, {"eq": {"notes": "Retro"}}, True),
        ({"eq": {"notes": None}}, C, None, False),
        ({"neq": {"id": 5}}, A, {"neq": {"id": 5}}, True),
        ({"neq": {"id": None}}, A, None, True),
        ({"neq": {"billable": True}}, C, None, False),
        ({"not": {"in": {"id": [5]}}}, A, {"not": {"in": {"id": [5]}}}, True),
        ({"not": {"gt": {"hours": 5}}}, A, None, False),
        ({"not": {"and": [{"eq": {"id": 5}}, {"eq": {"client.id": 5}}]}}, A, None, False),
        ({"gt": {"hours": 0.25}}, B, {"gt": {"hours": 0.25}}, True),
        ({"gt": {"notes": "m"}}, C, None, False),
        ({"lte": {"spent_date": "2026-01-31"}}, A, {"lte": {"spent_date": "2026-01-31"}}, True),
        (
            {"gt": {"updated_at": "2026-01-01T12:00:00+02:00"}},
            A,
            {"gt": {"updated_at": "2026-01-01T10:00:00Z"}},
            True,
        ),
        (
            {"gt": {"updated_at": "2026-01-01T10:00:00.5Z"}},
            A,
            {"gte": {"updated_at": "2026-01-01T10:00:00Z"}},
            False,
        ),
        (
            {"lt": {"updated_at": "2026-01-01T10:00:00.5Z"}},
            A,
            {"lt": {"updated_at": "2026-01-01T10:00:01Z"}},
            False,
        ),
        ({"eq": {"updated_at": "2026-01-01T10:00:00.5Z"}}, A, None, False),
        ({"like": {"notes": "12%"}}, A, {"like": {"notes": "12%"}}, True),
        ({"like": {"notes": "%a%"}}, B, None, False),
        ({"startswith": {"notes": "1%"}}, A, None, False),
        ({"contains": {"notes": "_"}}, B, None, False),
        ({"like": {"notes": "abc%"}}, C, {"startswith": {"notes": "abc"}}, True),
        ({"like": {"notes": "%abc"}}, C, {"endswith": {"notes": "abc"}}, True),
        ({"like": {"notes": "%abc%"}}, C, {"contains": {"notes": "abc"}}, True),
        (
            {"like": {"notes": "a%b"}},
            C,
            {"and": [{"startswith": {"notes": "a"}}, {"endswith": {"notes": "b"}}]},
            False,
        ),
        (
            {"like": {"notes": "abc"}},
            C,
            {"and": [{"startswith": {"notes": "abc"}}, {"endswith": {"notes": "abc"}}]},
            False,
        ),
        ({"like": {"notes": "%"}}, C, None, False),
        (
            {"fuzzy": {"notes": "Web, 2"}},
            C,
            {"and": [{"contains": {"notes": "web"}}, {"contains": {"notes": "2"}}]},
            True,
        ),
        ({"fuzzy": {"notes": "Web, 2"}}, A, {"like": {"notes": "%2%"}}, False),
        (
            {"keyword": {"notes": "web 2"}},
            C,
            {"or": [{"contains": {"notes": "web"}}, {"contains": {"notes": "2"}}]},
            False,
        ),
        ({"keyword": {"notes": "web 2"}}, B, None, False),
        ({"eq": {"client.id": 5}}, C, None, False),
        ({"eq": {"rounded_hours": 5}}, C, None, False),  # not in the copy
        (
            {"and": [{"eq": {"client.id": 5}}, {"eq": {"billable": True}}]},
            C,
            {"eq": {"billable": True}},
            False,
        ),
        ({"or": [{"eq": {"client.id": 5}}, {"eq": {"billable": True}}]}, C, None, False),
    ],
)
def test_each_generation_is_sent_what_it_has_words_for(
    document: object, generation: ApiVersion, as_sent: object, exact: bool
) -> None:
    assert sent(document, generation) == WireQuery(as_sent, exact)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("generation", "as_sent"),
    [
        (A, None),
        (B, {"contains": {"roles": "Design"}}),
        (C, {"array_contains": {"roles": "Design"}}),
    ],
)
def test_a_list_is_asked_in_the_words_of_its_generation(
    generation: ApiVersion, as_sent: object
) -> None:
    found = sent({"array_contains": {"roles": "Design"}}, generation, USERS)

    assert found == WireQuery(as_sent, as_sent is not None)  # type: ignore[arg-type]


def test_conditions_on_elements_are_never_sent() -> None:
    found = sent({"any": {"line_items": {"eq": {"kind": "x"}}}}, C, ENTITIES["invoices"])

    assert found == WireQuery(None, False)


# A server that is as unhelpful as SQL: nothing is true of null, not even `neq` and `not`.

Accepts = Callable[[dict[str, Any], dict[str, Any]], bool]


def strict(document: dict[str, Any], row: dict[str, Any], like_folds: bool) -> bool | None:
    ((operator, operand),) = document.items()
    match operator:
        case "and" | "or":
            parts = [strict(part, row, like_folds) for part in operand]
            decisive = operator == "or"
            return decisive if decisive in parts else None if None in parts else not decisive
        case "not":
            inner = strict(operand, row, like_folds)
            return None if inner is None else not inner
    ((name, value),) = operand.items()
    found = row[name]
    if found is None or value is None:
        return None
    match operator:
        case "eq":
            return bool(found == value)
        case "neq":
            return bool(found != value)
        case "gt":
            return bool(found > value)
        case "gte":
            return bool(found >= value)
        case "lt":
            return bool(found < value)
        case "lte":
            return bool(found <= value)
        case "in":
            return found in value
        case "startswith":
            return bool(found.lower().startswith(value.lower()))
        case "endswith":
            return bool(found.lower().endswith(value.lower()))
        case "contains":
            return value.lower() in found.lower()
        case "like":
            return wild(found.lower(), value.lower()) if like_folds else wild(found, value)
    raise AssertionError(f"no operator of any generation: {operator}")


def wild(text: str, pattern: str) -> bool:
    """`like` as SQL has it, `_` for one character included."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(wild(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and wild(text[1:], pattern[1:])


_START = datetime(2026, 1, 1, 10, tzinfo=UTC)
_TEXTS = [
    "a",
    "A",
    "1",
    "1a",
    "a1",
    "A1",
    "ab",
    "aB1",
    "a-b",
    "1%",
    "_1",
    "\\1",
    "ä",
    "Ä 1",
    "",
    "1 1",
]
_HOURS = [Decimal("0.1"), Decimal("0.25"), Decimal(8), Decimal("1.000001")]
_DAYS = [date(2026, 1, 1), date(2026, 1, 2), date(2025, 12, 31)]
_RANDOM = Random("entries of the copy")
ROWS = [
    record_type(ENTRIES)(
        id=number % 5,
        notes=_RANDOM.choice([None, *_TEXTS]),
        hours=_RANDOM.choice([None, *_HOURS]),
        billable=_RANDOM.choice([None, True, False]),
        spent_date=_RANDOM.choice([None, *_DAYS]),
        updated_at=_RANDOM.choice([None, *(_START + timedelta(seconds=n) for n in range(4))]),
    )
    for number in range(120)
]

_ORDERED = st.sampled_from([Operator(name) for name in ("eq", "neq", "gt", "gte", "lt", "lte")])
_WORDED = st.sampled_from([Operator.FUZZY, Operator.KEYWORD])
_LITERAL = st.sampled_from(
    [Operator.LIKE, Operator.STARTSWITH, Operator.ENDSWITH, Operator.CONTAINS]
)
_notes = st.sampled_from([*_TEXTS, "%a%", "a%", "%1", "1%1", "%", "a%1", "%-%", "1_", "%\\%"])
_hours = st.sampled_from(_HOURS)
_days = st.sampled_from(_DAYS)
_instants = st.integers(0, 6).map(lambda halves: _START + timedelta(milliseconds=500 * halves))
_leaves: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Compare, _ORDERED, st.just("id"), st.integers(0, 5)),
    st.builds(Compare, _ORDERED, st.just("hours"), _hours),
    st.builds(Compare, _ORDERED, st.just("spent_date"), _days),
    st.builds(Compare, _ORDERED, st.just("updated_at"), _instants),
    st.builds(Compare, _ORDERED | _LITERAL, st.just("notes"), _notes),
    st.builds(Compare, _WORDED, st.just("notes"), _notes.map("1{}".format)),
    st.builds(
        Compare,
        st.sampled_from([Operator.EQ, Operator.NEQ]),
        st.sampled_from(["id", "notes", "billable", "client"]),
        st.none(),
    ),
    st.builds(Compare, st.sampled_from([Operator.EQ, Operator.NEQ]), st.just("billable"),
              st.booleans()),
    st.builds(Compare, _ORDERED, st.just("client.id"), st.integers(1, 2)),
    st.builds(OneOf, st.just("updated_at"), st.lists(_instants, min_size=1).map(tuple)),
    st.builds(OneOf, st.just("notes"), st.lists(_notes, min_size=1).map(tuple)),
)  # fmt: skip
filters: st.SearchStrategy[Filter] = (
    _leaves
    | _leaves.map(Not)
    | st.recursive(
        _leaves,
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
            st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
        ),
        max_leaves=8,
    )
)


def as_json(record: Record) -> dict[str, Any]:
    """The record as the copy has it: numbers as JSON has them, days and instants as texts."""
    return {
        "id": record.id,
        "notes": record.notes,
        "hours": None if record.hours is None else float(record.hours),
        "billable": record.billable,
        "spent_date": record.spent_date and record.spent_date.isoformat(),
        "updated_at": record.updated_at and record.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


COPIED = list(map(as_json, ROWS))


@settings(max_examples=1_500)
@given(filters, st.sampled_from(ApiVersion), st.booleans())
def test_the_strictest_server_leaves_out_nothing_that_was_asked_for(
    filter: Filter, generation: ApiVersion, like_folds: bool
) -> None:
    what = write_query(filter, generation, ENTRIES.searchable)

    for record, row in zip(ROWS, COPIED, strict=True):
        accepted = what.document is None or strict(what.document, row, like_folds)
        asked = matches(filter, record)
        assert accepted or not asked
        assert not what.exact or bool(accepted) is asked
