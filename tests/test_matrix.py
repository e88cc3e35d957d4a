"""Every entity with every action, of Harvest itself and of each hosted generation, over HTTP."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from harvest_client import AsyncHarvest, Record, SearchPage
from harvest_client.client.resources import Answer
from harvest_client.entities import ENTITIES
from tests.both_sources import GENERATIONS, TODAY, Sources, both_sources, key, window
from tests.harvest_client.test_entities import documented
from tests.soak import sized

pytestmark = pytest.mark.longer("API versions")

# What the connector's reference has and Harvest does not send; entries by the clock have these two.
NEVER_SENT = {"started_time", "ended_time"}
REPORTS_OF_THE_CONNECTOR = ("time_projects", "time_tasks")

LISTED = [name for name, entity in ENTITIES.items() if "list" in entity.actions]
GOT = [name for name, entity in ENTITIES.items() if "get" in entity.actions]
# Harvest itself has no search: the local copy answers, whose tests are its own.
CALLS = [
    (source, name, action.value)
    for name, entity in ENTITIES.items()
    for action in entity.actions
    for source in ("direct", "hosted")
    if (source, action.value) != ("direct", "search")
]

every_list = pytest.mark.parametrize("name", LISTED)
every_get = pytest.mark.parametrize("name", GOT)
every_entity = pytest.mark.parametrize("name", ENTITIES)
every_call = pytest.mark.parametrize(("source", "name", "action"), CALLS)
both = pytest.mark.parametrize("source", ["direct", "hosted"])


@pytest.fixture(scope="module", params=sized(GENERATIONS[-1:], GENERATIONS))
def sources(request: pytest.FixtureRequest) -> Iterator[Sources]:
    with both_sources(request.param) as running:
        yield running


def assert_as_documented(record: Record, rows: list[dict[str, Any]], *, nested: bool) -> None:
    """Every field of the reference is there, and is what the reference says it is."""
    for row in rows:
        value = getattr(record, row["name"])
        if value is None:
            assert nested or row.get("nullable", True), f"{row['name']} is null"
            continue
        assert_type(value, row, nested=nested)


def assert_type(value: Any, row: dict[str, Any], *, nested: bool) -> None:
    match row["type"], row.get("items"), row.get("format"):
        case "array", "string" | "integer" as of, _:
            assert type(value) is list
            assert {type(item) for item in value} <= {str if of == "string" else int}
        case "array", _, _:
            assert type(value) is list
            for item in value:
                assert_as_documented(item, row["properties"], nested=True)
        case "object", _, _:
            assert isinstance(value, Record)
            assert_as_documented(value, row.get("properties", []), nested=True)
        case "string", _, "date":
            assert type(value) is date
        case "string", _, "date-time":
            assert_instant(value)
        case "string", _, _ if nested and isinstance(value, datetime):
            assert_instant(value)  # of what is inside, the reference gives only JSON's types
        case "string", _, _ if nested and isinstance(value, date):
            pass
        case kind, _, _:
            python = {"string": str, "integer": int, "boolean": bool, "number": Decimal}[kind]
            assert type(value) is python, f"{row['name']} is {value!r}"


def assert_instant(value: Any) -> None:
    assert type(value) is datetime
    assert value.utcoffset() is not None


@both
@every_list
def test_a_list_has_every_documented_field_in_its_type(
    sources: Sources, source: str, name: str
) -> None:
    page = sources.listed(source, name)

    assert page.data
    for record in page.data:
        assert_as_documented(record, documented(name)["fields"], nested=False)


@both
@every_get
def test_a_get_has_every_documented_field_in_its_type(
    sources: Sources, source: str, name: str
) -> None:
    got = sources.client(source).get_resource(name).get(**identity(sources, name))

    assert_as_documented(got, documented(name)["fields"], nested=False)


@every_entity
def test_a_search_has_the_searchable_fields_in_their_types_and_no_others(
    sources: Sources, name: str
) -> None:
    searchable = {row["name"] for row in documented(name)["searchable_fields"]}
    rows = [row for row in documented(name)["fields"] if row["name"] in searchable]

    found = sources.found(name)

    assert found
    for record in found:
        assert set(record.__struct_fields__) == searchable
        assert_as_documented(record, rows, nested=False)


@every_entity
def test_no_documented_field_is_always_empty(sources: Sources, name: str) -> None:
    """Else the tests of types and of agreement would say nothing about it."""
    empty = {
        row["name"]
        for row in documented(name)["fields"]
        if all(
            getattr(record, row["name"]) in (None, []) for record in sources.whole(name).values()
        )
    }

    assert empty <= NEVER_SENT | {
        row["name"] for row in documented(name)["fields"] if row.get("seed_only")
    }


@every_list
def test_both_sources_list_the_same_records_in_the_same_order(sources: Sources, name: str) -> None:
    itself, hosted = sources.listed("direct", name), sources.listed("hosted", name)

    assert hosted.data == itself.data
    assert hosted.meta.truncated == (itself.meta.next_link is not None) == (name == "time_entries")


@every_get
def test_both_sources_get_the_same_record(sources: Sources, name: str) -> None:
    asked = identity(sources, name)

    itself = sources.direct.get_resource(name).get(**asked)

    assert sources.hosted.get_resource(name).get(**asked) == itself
    assert sources.whole(name)[key(ENTITIES[name], itself)] == itself


@every_entity
def test_what_a_search_finds_is_what_harvest_has(sources: Sources, name: str) -> None:
    entity, whole, found = ENTITIES[name], sources.whole(name), sources.found(name)
    # The copy adds the reports of several years to each other: only names can be compared.
    sums = entity.sums if name in REPORTS_OF_THE_CONNECTOR else ()

    for record in found:
        itself = whole.get(key(entity, record))
        if itself is None:
            assert name in REPORTS_OF_THE_CONNECTOR
            continue
        for field in record.__struct_fields__:
            if field not in sums:
                assert getattr(record, field) == getattr(itself, field), field

    assert {key(entity, record) for record in found} >= whole.keys()
    assert len(found) == len({key(entity, record) for record in found})


@every_call
def test_execute_and_the_method_say_the_same_awaited_or_not(
    sources: Sources, source: str, name: str, action: str
) -> None:
    client, params = sources.client(source), parameters(sources, name, action)

    answer = getattr(client.get_resource(name), action)(**params)

    told: list[Answer] = [answer, client.execute(name, action, params)]
    told += sources.runner.run(awaited(sources.awaited[source], name, action, params))
    assert [comparable(one) for one in told] == [comparable(answer)] * 4


async def awaited(
    harvest: AsyncHarvest, name: str, action: str, params: dict[str, Any]
) -> list[Answer]:
    method = getattr(harvest.get_resource(name), action)
    return [await method(**params), await harvest.execute(name, action, params)]


def identity(sources: Sources, name: str) -> dict[str, Any]:
    """What the first record is got by; the company by nothing."""
    if name == "company" or name not in GOT:
        return {}
    return {"id": sources.listed("direct", name).data[0].id}


def parameters(sources: Sources, name: str, action: str) -> dict[str, Any]:
    entity = ENTITIES[name]
    match action:
        case "get":
            return identity(sources, name)
        case "list":
            return {**window(entity), "per_page": 7}
    return {"query": {"sort": [{entity.searchable[0].name: "desc"}]}, "limit": 7}


def comparable(answer: Answer) -> object:
    """Without how long the server took, and without its cursors, which may differ."""
    if isinstance(answer, SearchPage):
        return answer.data, answer.meta.has_more
    return answer


def test_a_truncated_list_is_the_newest_part_of_the_whole(sources: Sources) -> None:
    page = sources.listed("hosted", "time_entries")

    assert len(page.data) == 2000 < len(sources.whole("time_entries"))
    assert page.data == list(sources.whole("time_entries").values())[:2000]
    assert page.data[0].spent_date <= TODAY
