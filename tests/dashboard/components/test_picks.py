"""Pickers and the filter language say the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.filter_bar import PickerState, pickers_from_filter
from dashboard.metrics.scope import TIME_FIELDS
from harvest_client.search import canonical_json, parse, parse_text

ids = st.lists(st.integers(1, 10**9), unique=True, max_size=5).map(tuple)
anything = st.builds(
    PickerState,
    clients=ids,
    projects=ids,
    tasks=ids,
    people=ids,
    roles=st.lists(st.text(min_size=1, max_size=20), unique=True, max_size=3).map(tuple),
    billable=st.none() | st.booleans(),
    billed=st.none() | st.booleans(),
    notes=st.text(max_size=20),
)


@given(anything)
def test_what_was_picked_comes_back_from_the_url(said: PickerState) -> None:
    filter = said.to_filter()
    text = canonical_json(filter) if filter else None

    assert pickers_from_filter(parse_text(text, TIME_FIELDS) if text else None) == said


@pytest.mark.parametrize(
    ("said", "document"),
    [
        (PickerState(clients=(12,)), {"in": {"client.id": [12]}}),
        (
            PickerState(people=(1, 2), billable=True),
            {"and": [{"in": {"user.id": [1, 2]}}, {"eq": {"billable": True}}]},
        ),
        (PickerState(billed=False), {"eq": {"is_billed": False}}),
        (
            PickerState(roles=("Designer", "Writer")),
            {
                "or": [
                    {"array_contains": {"user.roles": "Designer"}},
                    {"array_contains": {"user.roles": "Writer"}},
                ]
            },
        ),
        (PickerState(notes="retro"), {"contains": {"notes": "retro"}}),
    ],
)
def test_the_pickers_write_the_connector_s_language(said: PickerState, document: Any) -> None:
    assert said.to_filter() == parse(document, TIME_FIELDS)


@pytest.mark.parametrize(
    "document",
    [
        {"gt": {"hours": 8}},
        {"not": {"eq": {"billable": True}}},
        {"or": [{"eq": {"billable": True}}, {"eq": {"is_billed": True}}]},
        {"and": [{"in": {"client.id": [1]}}, {"in": {"client.id": [2]}}]},
        {"eq": {"client.id": None}},
        {"neq": {"billable": True}},
    ],
)
def test_what_the_pickers_cannot_say_is_left_to_the_text(document: Any) -> None:
    assert pickers_from_filter(parse(document, TIME_FIELDS)) is None


def test_emptying_one_picker_leaves_the_others() -> None:
    assert PickerState(clients=(1,), notes="x").clear_picker("clients") == PickerState(notes="x")
