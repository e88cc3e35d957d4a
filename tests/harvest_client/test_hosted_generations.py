"""Which generation of the hosted API answers is found out once, and by nothing but its answers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from harvest_client import (
    BadRequest,
    HarvestError,
    InvalidResponse,
    RateLimited,
    ServerError,
    Truncated,
    Unauthorized,
    Unreachable,
)
from harvest_client.search.wire_format import ApiVersion
from harvest_demo import build
from tests.harvest_client.clock import Clock
from tests.harvest_client.hosted_demo import TODAY, TOKEN_PATH, Wire, hosted, mocked, says, shortly

every_generation = pytest.mark.parametrize("generation", ["A", "B", "C"])
LONG = "x" * 200


def probes(wire: Wire) -> list[tuple[str, bool]]:
    """The questions asked of the company: by which action, and whether with an operator."""
    return [
        (command["action"], "filter" in command["params"]["query"])
        for command in wire.commands
        if command["entity"] == "company"
    ]


def searches(wire: Wire) -> list[str]:
    return [command["action"] for command in wire.commands if command["entity"] != "company"]


@pytest.mark.parametrize(
    ("generation", "lenient", "questions", "action"),
    [
        ("A", False, [("context_store_search", False)], "search"),
        ("B", False, [("context_store_search", False), ("context_store_search", True)],
         "context_store_search"),
        ("B", True, [("context_store_search", False), ("context_store_search", True)],
         "context_store_search"),
        ("C", False, [("context_store_search", False), ("context_store_search", True)],
         "context_store_search"),
    ],
    ids=["A", "B", "lenient B", "C"],
)  # fmt: skip
def test_a_generation_is_found_by_two_questions_at_most_and_remembered(
    generation: str, lenient: bool, questions: list[tuple[str, bool]], action: str
) -> None:
    with hosted(generation, lenient=lenient) as (harvest, wire):
        found = [len(harvest.roles.search({"filter": {"contains": {"name": "e"}}}).data)] * 2
        harvest.roles.list()  # now it is known whether the server takes more keys
        again = list(dict.fromkeys(probes(wire)))
        before = len(probes(wire))
        found += [len(harvest.roles.search({"filter": {"contains": {"name": "e"}}}).data)]

    assert again == questions
    assert len(probes(wire)) == before
    assert set(searches(wire)) <= {action, "list"}
    assert len(set(found)) == 1
    assert found[0]


@every_generation
def test_a_generation_is_found_once_for_all_threads(generation: str) -> None:
    with (
        hosted(generation, sleep=shortly) as (harvest, wire),
        ThreadPoolExecutor(32) as pool,
    ):
        found = list(pool.map(lambda _: len(harvest.clients.search({}).data), range(64)))
        asked = len(probes(wire))

    assert len(set(found)) == 1
    # Each question may be asked with a key that an old server refuses, and without.
    assert asked <= {"A": 2, "B": 3, "C": 2}[generation]


def test_a_generation_that_is_given_is_not_asked_for() -> None:
    with hosted("B", access={"generation": ApiVersion.B}) as (harvest, wire):
        harvest.clients.search({})

    assert probes(wire) == []


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (says(503), ServerError),
        (says(500, json={"message": "Unknown action"}), ServerError),
        (says(429), RateLimited),
        (says(401), Unauthorized),
        (says(200, json={"nothing": 1}), InvalidResponse),
        ("lost", Unreachable),
        ("slow", Unreachable),
    ],
    ids=["503", "500", "429", "401", "no result", "lost", "slow"],
)
@pytest.mark.parametrize(
    ("generation", "question"),
    [("A", 0), ("B", 0), ("B", 1), ("C", 0), ("C", 1)],
    ids=["A first", "B first", "B second", "C first", "C second"],
)
def test_trouble_while_asking_says_nothing_about_the_generation(
    generation: str, trouble: Any, error: type[HarvestError], question: int
) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        kind = httpx.ReadTimeout if trouble == "slow" else httpx.ReadError
        raise kind("x", request=request)

    answer = lost if isinstance(trouble, str) else trouble
    with hosted(generation) as (harvest, wire):
        harvest.roles.list()  # token, connector, and which keys the server takes
        wire.trouble.extend([lambda request: None] * question)
        wire.trouble.extend([answer] * (1 if error is InvalidResponse else 12))
        if error is Unauthorized:
            wire.trouble.insert(1 + question, lambda request: None)  # the new token
        with pytest.raises(error):
            harvest.roles.search({})
        wire.trouble.clear()
        asked = len(probes(wire))
        found = harvest.roles.search({"filter": {"contains": {"name": "e"}}}).data
        everything = [role for role in harvest.roles.list().data if "e" in role.name.lower()]

    assert len(found) == len(everything) > 0
    assert len(probes(wire)) > asked
    last = [command for command in wire.commands if command["entity"] == "roles"][-2]
    assert last["action"] == ("search" if generation == "A" else "context_store_search")
    # What `contains` means to an older server is something else.
    assert ("filter" in last["params"]["query"]) == (generation == "C")


@pytest.mark.parametrize("status", [400, 422])
def test_credentials_that_are_refused_say_nothing_about_the_generation(status: int) -> None:
    clock = Clock()
    with hosted(clock=clock) as (harvest, wire):
        harvest.roles.list()
        clock.now += 900
        wire.trouble.append(says(status, json={"message": "not now"}))
        with pytest.raises(Unauthorized, match=f"{status} .*not now") as caught:
            harvest.roles.search({})
        assert wire.paths[-1] == TOKEN_PATH
        assert len(harvest.roles.search({"filter": {"contains": {"name": "e"}}}).data)

    assert "AIRBYTE_CLIENT_ID" in caught.value.remedy
    assert set(searches(wire)) == {"list", "context_store_search"}


def test_the_newest_server_is_asked_for_whole_texts_with_every_command() -> None:
    with hosted() as (harvest, wire):
        harvest.projects.list()
        harvest.company.get()
        harvest.projects.search({})

    assert {command.get("skip_truncation") for command in wire.commands} == {True}


@pytest.mark.parametrize("generation", ["A", "B"])
def test_an_older_server_refuses_that_once_and_is_not_asked_again(generation: str) -> None:
    with hosted(generation) as (harvest, wire):
        for _ in range(3):
            harvest.projects.list()
        harvest.company.get()
        harvest.projects.search({})

    assert [command.get("skip_truncation") for command in wire.commands[:2]] == [True, None]
    assert not any("skip_truncation" in command for command in wire.commands[1:])


def test_a_refusal_for_another_reason_does_not_give_up_whole_texts() -> None:
    with hosted() as (harvest, wire):
        wire.trouble.extend([lambda request: None] * 2 + [says(422), says(422)])
        with pytest.raises(BadRequest):
            harvest.projects.list()
        harvest.projects.list()
        wire.trouble.append(says(422))
        with pytest.raises(BadRequest):
            harvest.projects.list()
        harvest.projects.list()

    assert [command.get("skip_truncation") for command in wire.commands] == [
        True, None, True, True, True,
    ]  # fmt: skip


CUT = f"{LONG}... [truncated 57 characters]"
CUT_ANSWERS: dict[str, tuple[str, dict[str, Any], object, str]] = {
    "list": ("time_entries", {}, [{"id": 7, "notes": "whole"}, {"id": 8, "notes": CUT}],
             "notes of 8 was cut"),
    "wrapped list": ("time_entries", {}, {"data": [{"id": 8, "notes": CUT}]}, "notes of 8"),
    "object": ("projects", {}, [{"id": 9, "client": {"id": 1, "name": CUT}}],
               "client.name of 9 was cut"),
    "lines": ("invoices", {}, [{"id": 3, "line_items": [{"id": 1, "description": CUT}]}],
              "line_items.description of 3 was cut"),
    "report": ("time_tasks", {"from_": "20260101", "to": "20260102"},
               [{"task_id": 4, "currency": "EUR", "task_name": CUT}], "task_name of 4, EUR"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "window", "result", "said"), CUT_ANSWERS.values(), ids=CUT_ANSWERS
)
def test_a_text_that_was_cut_is_named_and_nothing_is_returned(
    name: str, window: dict[str, Any], result: object, said: str
) -> None:
    answering = says(200, json={"result": result})

    with (
        mocked(answering) as (harvest, _),
        pytest.raises(InvalidResponse, match="cut at 200 characters") as caught,
    ):
        harvest.get_resource(name).list(**window)

    assert said in str(caught.value)
    assert LONG not in str(caught.value)


def test_a_text_that_was_cut_is_found_in_gets_and_searches_too() -> None:
    record = {"id": 8, "notes": CUT}
    with mocked(says(200, json={"result": record})) as (harvest, _), pytest.raises(InvalidResponse):
        harvest.time_entries.get(8)
    page = {"data": [{"id": 7, "notes": None}, record], "meta": {"has_more": False}}
    with (
        mocked(says(200, json={"result": page}), generation=ApiVersion.C) as (harvest, _),
        pytest.raises(InvalidResponse, match="notes of 8"),
    ):
        harvest.time_entries.search({})


@pytest.mark.parametrize("text", [LONG, f"{LONG}.", "see ... [truncated", f"a{CUT}", "x" * 5000])
def test_a_text_that_was_not_cut_is_left_alone(text: str) -> None:
    with mocked(says(200, json={"result": [{"id": 8, "notes": text}]})) as (harvest, _):
        assert harvest.time_entries.list().data[0].notes == text


def test_a_server_that_cuts_texts_although_it_was_asked_not_to_is_found_out() -> None:
    """The demo server, whose command loses the key on the way, and which takes it for new."""
    account = build(entries=300, today=TODAY)
    account.entries.ordered[-1].notes = LONG + "!"
    with hosted(account=account) as (harvest, wire):
        assert LONG + "!" in {entry.notes for entry in harvest.time_entries.list().data}
        wire.trouble.append(without_skipping(wire))
        with pytest.raises(InvalidResponse, match=r"notes of \d+ was cut"):
            harvest.time_entries.list()


def without_skipping(wire: Wire) -> Any:
    def cutting(request: httpx.Request) -> httpx.Response:
        content = request.content.replace(b',"skip_truncation":true', b"")
        headers = {k: v for k, v in request.headers.items() if k != "content-length"}
        return wire.pass_on(httpx.Request("POST", request.url, headers=headers, content=content))

    return cutting


@every_generation
def test_a_list_with_more_than_it_can_hand_out_says_so(generation: str) -> None:
    with hosted(generation) as (harvest, _):
        page = harvest.time_entries.list()
        whole = harvest.clients.list()
        everybody = list(harvest.clients.all())

        with pytest.raises(Truncated, match="after 2,000 of more"):
            list(harvest.time_entries.all())
        (only,) = harvest.time_entries.pages()

    assert page.meta.truncated
    assert (len(page.data), page.meta.total_entries) == (2000, None)
    assert only == page
    assert not whole.meta.truncated
    assert everybody == whole.data


@every_generation
def test_the_size_of_a_page_is_always_said(generation: str) -> None:
    with hosted(generation) as (harvest, wire):
        harvest.clients.list()
        harvest.clients.list(per_page=3)
        harvest.time_tasks.list(from_="2026-01-01", to="2026-01-31")
        assert harvest.clients.count() is None
        lists = [command["params"] for command in wire.commands if command["action"] == "list"]

    assert lists[-3:] == [
        {"per_page": 2000},
        {"per_page": 3},
        {"per_page": 2000, "from": "20260101", "to": "20260131"},
    ]
    assert all("per_page" in params for params in lists)


ROW = {"id": 1, "name": "Design"}
SHAPES: dict[str, tuple[object, bool]] = {
    "bare": ({"result": [ROW]}, False),
    "with metadata": ({"result": [ROW], "connector_metadata": {"next_link": None}}, False),
    "metadata of nothing": ({"result": [ROW], "connector_metadata": None}, False),
    "more": ({"result": [ROW], "connector_metadata": {"next_link": "https://h.example"}}, True),
    "wrapped": ({"result": {"data": [ROW], "meta": {"next_link": None}}}, False),
    "wrapped without meta": ({"result": {"data": [ROW]}}, False),
    "wrapped with more": ({"result": {"data": [ROW], "meta": {"next_link": "x"}}}, True),
    "wrapped, more outside": (
        {"result": {"data": [ROW]}, "connector_metadata": {"next_link": "x"}}, True,
    ),
    "unknown keys": ({"result": [{**ROW, "colour": 1}], "took": 1, "meta": {}}, False),
}  # fmt: skip


@pytest.mark.parametrize(("body", "truncated"), SHAPES.values(), ids=SHAPES)
def test_each_shape_of_a_list_that_occurs_is_read(body: object, truncated: bool) -> None:
    with mocked(says(200, json=body)) as (harvest, _):
        page = harvest.roles.list()

    assert [(role.id, role.name) for role in page.data] == [(1, "Design")]
    assert page.meta.truncated is truncated


@pytest.mark.parametrize(
    "body",
    [{}, {"data": [ROW]}, {"result": None}, {"result": {}}, {"result": "x"}, {"result": [1]},
     {"result": {"data": None}}, {"result": [{"name": "no key"}]}, {"message": "no"}, [], None],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize(
    ("call", "arguments"), [("list", []), ("get", [1]), ("search", [{}])],
)  # fmt: skip
def test_success_without_a_usable_result_is_malformed(
    body: object, call: str, arguments: list[object]
) -> None:
    with (
        mocked(says(200, json=body), generation=ApiVersion.C) as (harvest, _),
        pytest.raises(InvalidResponse, match=r"^roles: "),
    ):
        getattr(harvest.roles, call)(*arguments)


@pytest.mark.parametrize("status", [201, 202, 204])
def test_success_of_another_kind_is_malformed(status: int) -> None:
    with mocked(says(status)) as (harvest, _), pytest.raises(InvalidResponse, match=str(status)):
        harvest.roles.list()
