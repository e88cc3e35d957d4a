"""The calls of the connector's reference, run as they are printed there.

`data/python_calls.txt` has its "Python SDK" blocks, letter by letter. Only what stands for a value
is replaced by one: ids, days, texts and numbers that the demo account has.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvest_client import Page, Record, SearchPage
from harvest_client.client.resources import Answer
from harvest_client.entities import ENTITIES, Entity
from harvest_client.models.records import as_dict
from tests.both_sources import GENERATIONS, Sources, both_sources

PRINTED = (Path(__file__).parent / "data" / "python_calls.txt").read_text("utf-8")
CALLS = re.findall(r"^Python SDK\n(await .*?)\nAPI$", PRINTED, re.DOTALL | re.MULTILINE)
CALL = re.compile(r"await harvest\.(\w+)\.(\w+)\((.*)\)", re.DOTALL)


def parts(printed: str) -> tuple[str, str, str]:
    """Entity, action and arguments of a call."""
    called = CALL.fullmatch(printed)
    assert called
    return called[1], called[2], called[3]


NAMES = [".".join(parts(call)[:2]) for call in CALLS]
SEARCHES = [(call, name) for call, name in zip(CALLS, NAMES, strict=True) if "search" in name]
LIVE = [(call, name) for call, name in zip(CALLS, NAMES, strict=True) if "search" not in name]


@pytest.fixture(scope="module", params=GENERATIONS)
def sources(request: pytest.FixtureRequest) -> Iterator[Sources]:
    with both_sources(request.param) as running:
        yield running


def test_every_action_of_every_entity_is_printed() -> None:
    actions = [f"{name}.{action}" for name, entity in ENTITIES.items() for action in entity.actions]

    assert actions == NAMES
    assert len(CALLS) == 49


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_every_printed_call_works_on_the_hosted_source(sources: Sources, call: str) -> None:
    filled = with_values(call, sources)

    answer = run(filled, sources, "hosted")

    assert_answers(call, answer)


@pytest.mark.parametrize(("call", "name"), LIVE, ids=[name for _, name in LIVE])
def test_every_printed_list_and_get_works_on_harvest_itself(
    sources: Sources, call: str, name: str
) -> None:
    filled = with_values(call, sources)

    answer = run(filled, sources, "direct")

    assert_answers(call, answer)
    if name != "time_entries.list":  # which goes on at Harvest
        assert data(answer) == data(run(filled, sources, "hosted"))


@pytest.mark.parametrize("call", [call for call, _ in SEARCHES], ids=[name for _, name in SEARCHES])
def test_a_printed_search_finds_what_its_example_says(sources: Sources, call: str) -> None:
    filled = with_values(call, sources)
    entity, _, arguments = parts(filled)
    query = ast.literal_eval(arguments.strip().removeprefix("query="))
    ((field, value),) = query["filter"]["eq"].items()
    found = sources.found(entity)
    # `{}` is an object that is there.
    meant = [one for one in found if value in (plain(getattr(one, field)), {})]

    answer = run(filled, sources, "hosted")

    assert len(data(answer)) == min(len(meant), 1000)
    assert meant


def assert_answers(call: str, answer: Answer) -> None:
    name, action, _ = parts(call)
    assert isinstance(answer, {"list": Page, "get": Record, "search": SearchPage}[action])
    rows = data(answer)
    assert rows
    assert all(set(as_dict(row)) <= {f.name for f in ENTITIES[name].fields} for row in rows)


def data(answer: Answer) -> list[Record]:
    return [answer] if isinstance(answer, Record) else answer.data


def run(call: str, sources: Sources, source: str) -> Answer:
    """What a reader gets who types the call where `await` may be typed."""

    async def typed() -> Answer:
        code = compile(call, "reference", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        answer: Answer = await eval(code, {"harvest": sources.awaited[source]})
        return answer

    return sources.runner.run(typed())


def with_values(call: str, sources: Sources) -> str:
    """The call with what the account has, where it was printed with what stands for it."""
    name, action, _ = parts(call)
    match action:
        case "get" if "id=0" in call:
            return call.replace("id=0", f"id={next(iter(sources.whole(name).values())).id}")
        case "list":
            return call.replace('from_="<str>"', 'from_="20260101"').replace("<str>", "20261120")
        case "search":
            field = re.findall(r'"eq": \{"(\w+)": ', call)[0]
            value = repr(some_value(ENTITIES[name], field, sources))
            return call.replace('"<str>"', value).replace("0.0", value)
    return call


def some_value(entity: Entity, field: str, sources: Sources) -> Any:
    found = (getattr(record, field) for record in sources.found(entity.name))
    return plain(next(value for value in found if value is not None))


def plain(value: Any) -> Any:
    """A value as it is typed into a call."""
    if value is None or isinstance(value, bool | str | int | Record):
        return value
    return float(value) if hasattr(value, "as_tuple") else value.isoformat()
