"""A search is read whole or refused with the place of its fault."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvest_client.entities import ENTITIES
from harvest_client.search import (
    And,
    Compare,
    Operator,
    Order,
    Search,
    SearchError,
    Sort,
    read_search,
    search_digest,
)

ENTRIES, INVOICES = ENTITIES["time_entries"], ENTITIES["invoices"]


def read(**parameters: object) -> Search:
    return read_search(ENTRIES, {"query": {}, **parameters})


def refusal(parameters: dict[str, Any]) -> SearchError | None:
    try:
        read_search(ENTRIES, parameters)
    except SearchError as error:
        return error
    return None


def test_nothing_asked_is_everything_in_the_order_of_the_key() -> None:
    assert read() == Search(ENTRIES, And(()), (Sort("id"),), 1000, None, None)
    assert read(query={"filter": {}, "sort": []}, cursor=None, fields=None) == read()


def test_a_search_may_be_written_as_json() -> None:
    written = '{"filter": {"gt": {"hours": 0.1}}, "sort": [{"hours": "desc"}]}'

    asked = read(query=written)

    assert asked == read(query={"filter": {"gt": {"hours": 0.1}}, "sort": [{"hours": "desc"}]})
    assert asked.sort == (Sort("hours", Order.DESC), Sort("id"))


def test_the_first_of_two_orders_of_a_field_wins_and_the_key_is_added_once() -> None:
    asked = read(query={"sort": [{"id": "desc"}, {"client.name": "asc"}, {"id": "asc"}]})

    assert asked.sort == (Sort("id", Order.DESC), Sort("client.name"))


def test_a_report_is_ordered_by_both_parts_of_its_key() -> None:
    asked = read_search(ENTITIES["time_tasks"], {"query": {"sort": [{"currency": "desc"}]}})

    assert asked.sort == (Sort("currency", Order.DESC), Sort("task_id"))
    assert read_search(ENTITIES["company"], {"query": {}}).sort == ()


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        (["id", "client.name"], ("id", "client.name")),
        ([["id"], ["client", "name"]], ("id", "client.name")),
        (["id", "id", ["id"]], ("id",)),
        (["client.name", "id", "client"], ("client", "id")),
        (["client", "id", "client.name"], ("client", "id")),
    ],
)
def test_fields_are_chosen_once_and_objects_hold_what_is_inside_them(
    fields: list[object], chosen: tuple[str, ...]
) -> None:
    assert read(fields=fields).fields == chosen


def test_what_is_inside_a_list_can_be_chosen() -> None:
    asked = read_search(INVOICES, {"query": {}, "fields": ["line_items.project.id"]})

    assert asked.fields == ("line_items.project.id",)


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"limti": 5}, "$.limti is no parameter; did you mean limit?"),
        ({None: 5}, "$.None is no parameter"),
        ({"query": []}, "$.query must be an object"),
        ({"query": None}, "$.query must be an object"),
        ({"query": "{"}, "$.query is not JSON"),
        ({"query": '{"sort": [], "sort": []}'}, "the key 'sort' is there twice"),
        ({"query": {"filters": {}}}, "$.query.filters is no part of it; did you mean filter?"),
        ({"query": {"filter": None}}, "$.query.filter must be an object"),
        (
            {"query": {"filter": {"and": [{"eq": {"id": 1}}, {"eq": {"hour": 1}}]}}},
            "$.query.filter.and[1].eq.hour is no field; did you mean hours?",
        ),
        ({"query": {"sort": {"id": "asc"}}}, "$.query.sort must be a list"),
        ({"query": {"sort": None}}, "$.query.sort must be a list"),
        ({"query": {"sort": [{"id": "asc"}] * 9}}, "$.query.sort has more than 8 fields"),
        ({"query": {"sort": ["id"]}}, "$.query.sort[0] must name one field"),
        ({"query": {"sort": [{"id": "asc", "hours": "asc"}]}}, "$.query.sort[0] must name one"),
        ({"query": {"sort": [{"id": "asc"}, {"hour": "asc"}]}}, "$.query.sort[1].hour is no field"),
        ({"query": {"sort": [{"client": "asc"}]}}, "$.query.sort[0].client is of kind object"),
        ({"query": {"sort": [{"id": "up"}]}}, "$.query.sort[0].id must be asc or desc"),
        ({"query": {"sort": [{"id": []}]}}, "$.query.sort[0].id must be asc or desc"),
        ({"query": {"sort": [{None: "asc"}]}}, "$.query.sort[0].None is no field"),
        ({"limit": 0}, "$.limit must be a whole number from 1 to 10,000"),
        ({"limit": 10_001}, "$.limit must be"),
        ({"limit": True}, "$.limit must be"),
        ({"limit": "5"}, "$.limit must be"),
        ({"limit": None}, "$.limit must be"),
        ({"cursor": ""}, "$.cursor must be the `meta.cursor`"),
        ({"cursor": 5}, "$.cursor must be the `meta.cursor`"),
        ({"cursor": "\ud800"}, "$.cursor must be the `meta.cursor`"),
        ({"cursor": "x" * 1_000_001}, "$.cursor is longer than"),
        ({"fields": "id"}, "$.fields must be a list"),
        ({"fields": []}, "$.fields needs at least one field"),
        ({"fields": ["id", "hour"]}, "$.fields[1] is no field; did you mean hours?"),
        ({"fields": [["client", "nam"]]}, "$.fields[0] is no field; did you mean client.name?"),
        ({"fields": [[]]}, "$.fields[0] must be a path"),
        ({"fields": [["client", 5]]}, "$.fields[0] must be a path"),
        ({"fields": [None]}, "$.fields[0] must be a path"),
        ({"fields": ["id"] * 501}, "$.fields has more than 500 fields"),
    ],
)
def test_a_fault_of_a_search_is_named_with_its_place(
    parameters: dict[Any, object], fault: str
) -> None:
    with pytest.raises(SearchError) as raised:
        read_search(ENTRIES, {"query": {}, **parameters})

    assert fault in str(raised.value)
    assert str(raised.value).startswith(raised.value.path)


def test_a_search_without_a_query_is_refused() -> None:
    with pytest.raises(SearchError, match=r"\$\.query must be there"):
        read_search(ENTRIES, {})


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["filter", "sort", "id", "eq", "client.name", "asc"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(["query", "limit", "cursor", "fields"]) | st.text(max_size=3),
        _anything | _anything.map(json.dumps),
    )
)
@example({"query": {"filter": {"eq": {"client": {"id": {}}}}}})
@example({"query": '{"filter": ' * 5_000})
def test_whatever_is_no_search_is_a_search_error_with_a_path(parameters: dict[str, Any]) -> None:
    error = refusal(parameters)

    assert error is None or error.path.startswith("$")
    assert str(error).encode()  # can be shown


def test_secrets_are_neither_sorted_by_nor_chosen() -> None:
    for parameters in (
        {"query": {"sort": [{"client_key": "asc"}]}},
        {"query": {}, "fields": ["client_key"]},
    ):
        with pytest.raises(SearchError, match="is no field"):
            read_search(INVOICES, parameters)


def test_the_fingerprint_is_that_of_the_records_and_their_order() -> None:
    asked = read(query={"filter": {"gt": {"hours": 1}}, "sort": [{"hours": "asc"}]})
    same = read(query={"filter": {"gt": {"hours": 1.0}}, "sort": [{"hours": "asc"}, {"id": "asc"}]})
    others = [
        read(query={"filter": {"gt": {"hours": 2}}, "sort": [{"hours": "asc"}]}),
        read(query={"filter": {"gt": {"hours": 1}}, "sort": [{"hours": "desc"}]}),
        read_search(ENTITIES["company"], {"query": {}}),
    ]

    assert search_digest(asked) == search_digest(same)
    assert search_digest(asked) == search_digest(
        read_search(
            ENTRIES,
            {
                "query": {"filter": {"gt": {"hours": 1}}, "sort": [{"hours": "asc"}]},
                "limit": 5,
                "fields": ["id"],
            },
        )
    )
    assert len({search_digest(search) for search in (asked, *others)}) == 4
    assert asked.filter == Compare(Operator.GT, "hours", 1)
