"""Searches of the hosted copy: every page, every filter, the same records in each generation."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from harvest_client import Harvest, InvalidResponse, PaginationLoop, Record, Resource, SearchPage
from harvest_client.entities import ENTITIES
from harvest_client.search import SearchError, matches, parse
from harvest_client.search.wire_format import ApiVersion
from harvest_demo import build
from tests.harvest_client.hosted_demo import TODAY, Wire, hosted, mocked

Connected = tuple[Harvest, Wire]

ENTRIES = 1_100  # more than a page of a search can have


@pytest.fixture(scope="module", params=["A", "B", "lenient B", "C"])
def connected(request: pytest.FixtureRequest) -> Iterator[Connected]:
    generation = request.param
    account = build(entries=ENTRIES, today=TODAY)
    lenient = generation.startswith("lenient")
    with hosted(generation[-1], account=account, lenient=lenient) as both:
        yield both


@pytest.fixture(scope="module")
def everything(connected: Connected) -> dict[str, list[Record]]:
    """All records of the copy, read without any filter."""
    harvest, _ = connected
    return {name: list(harvest.get_resource(name).search_all({})) for name in FILTERS}


FILTERS: dict[str, list[dict[str, Any]]] = {
    "time_entries": [
        {"eq": {"billable": True}},
        {"neq": {"notes": "Retro"}},
        {"eq": {"notes": None}},
        {"neq": {"notes": None}},
        {"not": {"eq": {"billable": True}}},
        {"not": {"gt": {"hours": 2}}},
        {"gte": {"hours": 1.5}, "lt": {"hours": 3}},
        {"gte": {"spent_date": "2026-10-01"}},
        {"in": {"spent_date": ["2026-10-01", "2026-10-02"]}},
        {"like": {"notes": "%e%t%"}},
        {"like": {"notes": "%RETRO%"}},
        {"startswith": {"notes": "b"}},
        {"endswith": {"notes": "g"}},
        {"contains": {"notes": "REVIEW"}},
        {"fuzzy": {"notes": "view re"}},
        {"keyword": {"notes": "retro review"}},
        {"not": {"contains": {"notes": "e"}}},
        {"like": {"client.name": "%a%"}},
        {"not": {"startswith": {"client.name": "n"}}},
        {"or": [{"eq": {"is_billed": True}}, {"gt": {"hours": 6}}]},
        {"or": [{"contains": {"project.name": "a"}}, {"gt": {"hours": 6}}]},
        {"and": [{"eq": {"billable": True}}, {"contains": {"task.name": "e"}}]},
        {"gt": {"updated_at": "2026-06-01T00:00:00Z"}},
        {"lte": {"updated_at": "2026-06-01T00:00:00.5+02:00"}},
    ],
    "users": [
        {"array_contains": {"roles": "Design"}},
        {"contains": {"roles": "Design"}},
        {"not": {"array_contains": {"roles": "Design"}}},
        {"eq": {"is_active": False}},
        {"contains": {"email": "A"}},
        {"gt": {"first_name": "M"}},
        {"in": {"last_name": ["Nobody", "Lindqvist-Okafor"]}},
        {"neq": {"weekly_capacity": 126000}},
        {"lt": {"default_hourly_rate": 100}},
    ],
    "projects": [
        {"neq": {"client": {"id": 1}}},
        {"neq": {"client": None}},
        {"eq": {"client.currency": "EUR"}},
        {"neq": {"client.currency": "EUR"}},
        {"not": {"in": {"client.currency": ["EUR", "USD"]}}},
        {"eq": {"code": None}},
        {"not": {"lt": {"budget": 100}}},
        {"startswith": {"code": "a"}},
        {"gt": {"starts_on": "2026-01-01"}},
        {"like": {"name": "%"}},
        {"like": {"name": "100%"}},
    ],
    "invoices": [
        {"eq": {"state": "open"}},
        {"not": {"or": [{"eq": {"state": "open"}}, {"gt": {"due_amount": 0}}]}},
        {"keyword": {"subject": "invoice"}},
        {"lt": {"amount": 1000.01}},
    ],
}  # fmt: skip
CASES = [(name, document) for name, documents in FILTERS.items() for document in documents]


@pytest.mark.parametrize(
    ("name", "document"), CASES, ids=[f"{name} {json.dumps(one)}" for name, one in CASES]
)
def test_a_filter_selects_what_it_says_in_every_generation(
    connected: Connected,
    everything: dict[str, list[Record]],
    name: str,
    document: dict[str, Any],
) -> None:
    filter = parse(document, ENTITIES[name])
    meant = [record for record in everything[name] if matches(filter, record)]

    found = list(connected[0].get_resource(name).search_all({"filter": document}))

    assert found == meant


def test_most_of_these_filters_select_some_and_not_all(
    everything: dict[str, list[Record]],
) -> None:
    """Else they would tell nothing apart."""
    shares = []
    for name, document in CASES:
        filter, records = parse(document, ENTITIES[name]), everything[name]
        shares.append(sum(matches(filter, record) for record in records) / len(records))

    assert sum(0 < share < 1 for share in shares) > 0.75 * len(CASES)


@pytest.mark.parametrize("limit", [1, 7, 100, 999, 1000, 1001, 5000])
def test_pages_lose_no_record_and_have_none_twice(
    connected: Connected, everything: dict[str, list[Record]], limit: int
) -> None:
    name = "users" if limit < 100 else "time_entries"
    resource, cursor = connected[0].get_resource(name), None
    pages: list[SearchPage] = []
    while not pages or cursor:
        pages.append(resource.search({"sort": [{"id": "asc"}]}, limit=limit, cursor=cursor))
        assert pages[-1].meta.has_more == (pages[-1].meta.cursor is not None)
        cursor = pages[-1].meta.cursor

    records = [record for page in pages for record in page.data]
    assert records == everything[name]
    assert all(len(page.data) == limit for page in pages[:-1])
    assert 0 < len(pages[-1].data) <= limit


@pytest.mark.parametrize("limit", [1, 5, 400])
@pytest.mark.parametrize(
    "document", [{"contains": {"client.name": "a"}}, {"eq": {"billable": True}}],
    ids=["checked here", "checked there"],
)  # fmt: skip
def test_pages_of_a_filter_lose_no_record_wherever_it_is_checked(
    connected: Connected, everything: dict[str, list[Record]], document: dict[str, Any], limit: int
) -> None:
    filter = parse(document, ENTITIES["time_entries"])
    meant = [record for record in everything["time_entries"] if matches(filter, record)]
    resource, found, cursor = connected[0].time_entries, list[Record](), None

    for _ in range(min(20, -(-len(meant) // limit))):
        page = resource.search({"filter": document}, limit=limit, cursor=cursor)
        found += page.data
        cursor = page.meta.cursor

    assert found == meant[: len(found)]
    assert len(found) == min(20 * limit, len(meant))


@pytest.mark.parametrize(
    "document", [{}, {"filter": {"contains": {"client.name": "a"}}}],
    ids=["checked there", "checked here"],
)  # fmt: skip
def test_the_limit_may_change_from_page_to_page(
    connected: Connected, everything: dict[str, list[Record]], document: dict[str, Any]
) -> None:
    filter = parse(document.get("filter", {}), ENTITIES["time_entries"])
    meant = [record for record in everything["time_entries"] if matches(filter, record)]
    resource, found, cursor = connected[0].time_entries, list[Record](), None

    for limit in (3, 10, 1, 500, 20):
        page = resource.search(document, limit=limit, cursor=cursor)
        assert len(page.data) == limit
        found += page.data
        cursor = page.meta.cursor

    assert found == meant[:534]


def test_a_cursor_belongs_to_its_search(connected: Connected) -> None:
    harvest, wire = connected
    cursor = harvest.time_entries.search({}, limit=5).meta.cursor
    assert cursor
    before = len(wire.requests)

    others: list[tuple[Resource, dict[str, Any]]] = [
        (harvest.expenses, {}),
        (harvest.time_entries, {"filter": {"eq": {"billable": True}}}),
        (harvest.time_entries, {"sort": [{"hours": "asc"}]}),
    ]
    for resource, query in others:
        with pytest.raises(SearchError, match="belongs to another search"):
            resource.search(query, limit=5, cursor=cursor)
    with pytest.raises(SearchError, match="is damaged"):
        harvest.time_entries.search({}, limit=5, cursor=cursor[:-8])

    assert len(wire.requests) == before


def test_a_cursor_shows_nothing_of_the_account(connected: Connected) -> None:
    cursor = connected[0].time_entries.search({}, limit=5).meta.cursor
    assert cursor

    read = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    assert b"demo-secret" not in read
    assert cursor.isascii()


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ([{"spent_date": "desc"}, {"hours": "asc"}],
         lambda one: (-one.spent_date.toordinal(), one.hours)),
        ([{"hours": "desc"}], lambda one: -one.hours),
        ([], lambda one: one.id),
    ],
    ids=["two fields", "one", "none"],
)  # fmt: skip
def test_a_search_has_the_order_that_was_asked_for(
    connected: Connected, everything: dict[str, list[Record]], sort: Any, key: Any
) -> None:
    found = list(connected[0].time_entries.search_all({"sort": sort}))

    assert found == sorted(everything["time_entries"], key=lambda one: (key(one), one.id))


@pytest.mark.parametrize(
    "paths",
    [["id"], ["client.name"], [["client", "name"], "hours"], ["client", "client.name", "id"]],
    ids=repr,
)
def test_only_the_fields_that_were_asked_for_are_there(
    connected: Connected, everything: dict[str, list[Record]], paths: list[Any]
) -> None:
    page = connected[0].time_entries.search(
        {"filter": {"contains": {"project.name": "a"}}}, fields=paths, limit=9
    )
    filter = parse({"contains": {"project.name": "a"}}, ENTITIES["time_entries"])
    meant = [record for record in everything["time_entries"] if matches(filter, record)][:9]

    names = {path[0] if isinstance(path, list) else path.partition(".")[0] for path in paths}
    for record, whole in zip(page.data, meant, strict=True):
        assert set(record.__struct_fields__) == names
        if "id" in names:
            assert record.id == whole.id
        if "client" in names:
            assert record.client.name == whole.client.name
            assert hasattr(record.client, "id") == ("client" in paths)
    assert len(list(connected[0].time_entries.search_all({}, fields=paths, limit=900))) == ENTRIES


def test_nothing_that_is_undocumented_is_sent(connected: Connected) -> None:
    """Neither `fields`, which is ambiguous, nor paths into objects, nor an empty filter."""
    harvest, wire = connected
    before = len(wire.commands)

    harvest.projects.search(
        {"filter": {"and": [{"eq": {"client.id": 1}}, {"neq": {"code": "x"}}]}}, fields=["id"]
    )
    harvest.projects.search({"filter": {}})

    for command in wire.commands[before:]:
        assert set(command["params"]) == {"query", "limit"}
        assert "filter" not in command["params"]["query"]
        assert command["params"]["query"]["sort"] == [{"id": "asc"}]


def page(ids: list[int], cursor: str | None, **meta: Any) -> dict[str, Any]:
    data = [{"id": id, "name": f"Role {id}"} for id in ids]
    return {"result": {"data": data, "meta": {"has_more": True, "cursor": cursor, **meta}}}


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"], ["a", "b", "c", "b"]])
def test_a_search_that_goes_round_in_circles_ends(cursors: list[str]) -> None:
    left = iter(cursors)

    def answer(request: httpx.Request) -> httpx.Response:
        number = len(wire.requests)
        return httpx.Response(200, json=page([number], next(left)))

    with (
        mocked(answer, generation=ApiVersion.C) as (harvest, wire),
        pytest.raises(PaginationLoop, match="roles"),
    ):
        harvest.roles.search({}, limit=50)

    assert len(wire.requests) == len(cursors)


@pytest.mark.parametrize("cursors", ["a", "ab", "abc"])
def test_a_search_page_by_page_that_goes_round_in_circles_ends(cursors: str) -> None:
    """Each page is full, so that none of them alone sees two cursors."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = len(wire.requests)
        assert asked < 10
        return httpx.Response(200, json=page([asked], cursors[asked % len(cursors)]))

    with mocked(answer, generation=ApiVersion.C) as (harvest, wire):
        with pytest.raises(PaginationLoop):
            list(harvest.roles.search_all({}, limit=1))
        assert len(wire.requests) <= len(cursors) + 1


@pytest.mark.parametrize(
    "meta", [{"has_more": False, "cursor": "x"}, {"cursor": None}, {"cursor": ""}], ids=repr
)
def test_a_search_ends_without_more_or_without_a_cursor(meta: dict[str, Any]) -> None:
    answer = page([1, 2], None) | {}
    answer["result"]["meta"] |= meta

    with mocked(lambda _: httpx.Response(200, json=answer), generation=ApiVersion.C) as (h, wire):
        found = list(h.roles.search_all({}))

    assert [role.id for role in found] == [1, 2]
    assert len(wire.requests) == 1


def test_rows_that_come_twice_while_the_copy_changes_are_had_once() -> None:
    left = iter([page([1, 2], "a"), page([2, 3], "b"), page([3], None)])

    with mocked(lambda _: httpx.Response(200, json=next(left)), generation=ApiVersion.C) as (h, _):
        found = list(h.roles.search_all({}, limit=2))

    assert [role.id for role in found] == [1, 2, 3]


@pytest.mark.parametrize(
    "meta",
    [{"took_ms": 1.5}, {"took_ms": 41, "more": {"of": "it"}}, {"took_ms": None}, None],
    ids=repr,
)
def test_each_shape_of_a_search_that_occurs_is_read(meta: object) -> None:
    result: dict[str, Any] = {"data": [{"id": 1}]} | ({} if meta is None else {"meta": meta})

    answer = httpx.Response(200, json={"result": result})
    with mocked(lambda _: answer, generation=ApiVersion.C) as (harvest, _):
        assert len(harvest.roles.search({}).data) == 1


@pytest.mark.parametrize(
    "meta", [7, "x", [], {"has_more": 1}, {"cursor": 5}, {"took_ms": "soon"}], ids=repr
)
def test_a_search_that_does_not_say_how_it_goes_on_is_malformed(meta: object) -> None:
    answer = httpx.Response(200, json={"result": {"data": [{"id": 1}], "meta": meta}})

    with (
        mocked(lambda _: answer, generation=ApiVersion.C) as (harvest, _),
        pytest.raises(InvalidResponse),
    ):
        harvest.roles.search({})


def test_rows_without_a_currency_are_not_taken_for_each_other() -> None:
    """Of a task with work in two currencies, to a token that may see neither."""
    rows = [{"task_id": 1, "currency": None, "total_hours": hours} for hours in (2, 3, 3)]
    page = {"data": rows, "meta": {"has_more": False}}

    answer = httpx.Response(200, json={"result": page})
    with mocked(lambda _: answer, generation=ApiVersion.C) as (harvest, _):
        found = harvest.time_tasks.search({}).data
        everything = list(harvest.time_tasks.search_all({}))

    assert [row.total_hours for row in found] == [2, 3, 3]
    assert [row.total_hours for row in everything] == [2, 3, 3]
