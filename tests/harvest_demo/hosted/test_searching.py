"""Searches beside their filters: fields, order, pages and cursors."""

from typing import Any

import pytest

from harvest_client.entities import ENTITIES, Entity
from harvest_demo import Account, build
from tests.harvest_demo.conftest import TODAY
from tests.harvest_demo.hosted.commanding import SEARCH, Commanding, commanding, message
from tests.harvest_demo.hosted.handmade import handmade

BY_DAY = [{"spent_date": "asc"}, {"id": "asc"}]


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_only_the_searchable_fields_come_back(hosted: Commanding, entity: Entity) -> None:
    rows = hosted.page(entity.name, {}, limit=20)["data"]

    assert rows
    for row in rows:
        assert tuple(row) == tuple(field.name for field in entity.searchable)


@pytest.mark.parametrize("entity", ["time_entries", "invoices", "roles", "users", "projects"])
def test_values_are_those_of_the_list(newest: Commanding, entity: str) -> None:
    listed = newest.result(entity, "list", {"per_page": 2000})
    query = {"filter": {"in": {"id": [row["id"] for row in listed]}}}

    found = {row["id"]: row for row in newest.search(entity, query)}

    assert found == {row["id"]: {name: row[name] for name in found[row["id"]]} for row in listed}


def test_the_answer_has_its_shape(hosted: Commanding) -> None:
    response = hosted.execute("company", SEARCH[hosted.generation], {"query": {}})

    assert response.json().keys() == {"result"}
    result = response.json()["result"]
    assert result.keys() == {"data", "meta"}
    assert result["meta"].keys() == {"has_more", "cursor", "took_ms"}
    assert (result["meta"]["has_more"], result["meta"]["cursor"]) == (False, None)
    assert isinstance(result["meta"]["took_ms"], int)


def test_without_a_sort_the_order_is_of_no_use(hosted: Commanding) -> None:
    rows = hosted.search("time_entries", {})
    ids = [row["id"] for row in rows]
    days = [row["spent_date"] for row in rows]

    for order in (ids, days):
        # How often a row is followed by a larger one: always in order, half the time in none.
        steps = sum(a < b for a, b in zip(order, order[1:], strict=False)) / len(order)
        assert 0.2 < steps < 0.8
    assert len(set(ids)) == 25_000


def test_earlier_keys_of_a_sort_win_and_nulls_come_first_either_way() -> None:
    with commanding(handmade()) as connection:

        def order(*sort: Any) -> list[int]:
            return [row["id"] for row in connection.search("projects", {"sort": list(sort)})]

        assert order({"id": "desc"}) == [4, 3, 2, 1]
        assert order({"budget": "asc"}) == [3, 2, 4, 1]
        assert order({"budget": "desc"}) == [3, 1, 4, 2]
        assert order({"is_active": "asc"}, {"id": "desc"}) == [4, 3, 2, 1]
        assert order({"is_active": "desc"}, {"name": "asc"}) == [1, 2, 3, 4]
        assert order({"starts_on": "desc"}, {"id": "asc"}) == [2, 4, 1, 3]


@pytest.mark.parametrize(
    "sort",
    [
        {"id": "asc"},
        "id",
        ["id"],
        [{}],
        [{"id": "asc", "name": "asc"}],
        [{"id": "ascending"}],
        [{"id": None}],
        [{"notes": "asc"}],
        [{"client.name": "asc"}],
        [{"client": "asc"}],
        None,
    ],
)
def test_a_sort_that_is_none_is_refused(hosted: Commanding, sort: Any) -> None:
    assert message(hosted.refusal("projects", {"sort": sort}))


@pytest.mark.parametrize("generation", ["A", "B", "C"])
def test_twenty_thousand_entries_are_read_to_the_end_by_cursor(generation: str) -> None:
    account = build(entries=20_000, today=TODAY)

    with commanding(account, generation) as connection:
        rows = connection.search("time_entries", {"sort": BY_DAY}, limit=3000)

    keys = [(row["spent_date"], row["id"]) for row in rows]
    assert keys == [(e.spent_date.isoformat(), e.id) for e in account.entries]
    assert len(keys) == 20_000


def test_a_page_has_a_thousand_rows_if_nobody_says_otherwise(hosted: Commanding) -> None:
    page = hosted.page("time_entries", {})

    assert len(page["data"]) == 1000
    assert page["meta"]["has_more"] is True


def test_the_last_page_may_be_full(newest: Commanding) -> None:
    first = newest.page("time_entries", {}, limit=12_500)
    second = newest.page("time_entries", {}, limit=12_500, cursor=first["meta"]["cursor"])

    assert len(second["data"]) == 12_500
    assert (second["meta"]["has_more"], second["meta"]["cursor"]) == (False, None)


def test_a_cursor_is_good_for_its_own_query_sort_and_limit_only(hosted: Commanding) -> None:
    query = {"filter": {"gte": {"hours": 1}}, "sort": BY_DAY}
    cursor = hosted.page("time_entries", query, limit=10)["meta"]["cursor"]
    again = {"sort": BY_DAY, "filter": {"gte": {"hours": 1}}}

    for entity, other, limit in (
        ("time_entries", query, 11),
        ("time_entries", {"sort": BY_DAY}, 10),
        ("time_entries", query | {"sort": BY_DAY[::-1]}, 10),
        ("time_entries", query | {"filter": {"gte": {"hours": 2}}}, 10),
    ):
        assert "cursor" in message(hosted.refusal(entity, other, limit=limit, cursor=cursor))
    assert len(hosted.page("time_entries", again, limit=10, cursor=cursor)["data"]) == 10


@pytest.mark.parametrize("cursor", ["", "nonsense", "AAAA", "ü", 7, None])
def test_a_cursor_that_is_none_is_refused(newest: Commanding, cursor: Any) -> None:
    assert "cursor" in message(newest.refusal("time_entries", {}, cursor=cursor))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"query": None},
        {"query": []},
        {"query": {"where": {}}},
        {"query": {}, "limit": 0},
        {"query": {}, "limit": "10"},
        {"query": {}, "limit": True},
        {"query": {}, "page": 2},
        {"query": {}, "fields": []},
        {"query": {}, "fields": "id"},
        {"query": {}, "fields": [7]},
        {"query": {}, "fields": [[]]},
        {"query": {}, "fields": [""]},
        {"query": {}, "fields": [["client", 7]]},
        {"query": {}, "fields": ["notes"]},
        {"query": {}, "fields": ["client.colour"]},
        {"query": {}, "fields": ["id.name"]},
    ],
)
def test_parameters_that_are_none_are_refused(hosted: Commanding, params: Any) -> None:
    response = hosted.execute("projects", SEARCH[hosted.generation], params)

    assert response.status_code == 422
    assert message(response)


@pytest.mark.parametrize(
    "fields", [[["id"], ["user", "name"]], ["id", "user.name"], ["id", ["user", "name"]]]
)
def test_fields_are_lists_of_keys_or_dotted_texts(hosted: Commanding, fields: Any) -> None:
    query = {"sort": BY_DAY}
    whole = hosted.page("time_entries", query, limit=5)["data"]

    rows = hosted.page("time_entries", query, limit=5, fields=fields)["data"]

    assert rows == [{"id": row["id"], "user": {"name": row["user"]["name"]}} for row in whole]


def test_a_missing_object_stays_missing_when_its_fields_are_asked_for(
    own_account: Account,
) -> None:
    next(own_account.rows("invoices"))["client"] = None
    with commanding(own_account) as connection:
        rows = connection.search("invoices", {}, fields=["client.name"])

    assert {"client": None} in rows
