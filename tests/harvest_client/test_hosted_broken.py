"""Answers of the hosted API that nothing can be made of: one error each, and no secret in it."""

import asyncio
import json
import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harvest_client import Airbyte, AsyncHarvest, Harvest, HarvestError, InvalidResponse
from tests.harvest_client.broken_answers import BROKEN, NO_DEADLINE, Broken, answer, says
from tests.harvest_client.clock import Clock
from tests.harvest_client.hosted_demo import LOOK_UP, TOKEN_PATH, unlimited
from tests.harvest_client.raw_server import RawServer, Talk, serving
from tests.harvest_client.test_transport import told

SECRET = "canary-7d21f0-secret"
ISSUED = "canary-7d21f0-issued"

STAGES = ("token", "look-up", "list", "search")
# What takes a while is awaited by one of the clients only.
SLOW = {"silence", "trickle", "gzip bomb", "too large"}
CASES = [
    pytest.param(kind, stage, broken, id=f"{kind}-{stage}-{name}")
    for name, broken in BROKEN.items()
    for stage in STAGES
    for kind in ("sync", "async")
    if kind == "sync" or name not in SLOW
]


def as_json(value: object) -> bytes:
    # Else the next request might be sent on a connection that is just being closed.
    return answer(json.dumps(value).encode(), "Connection: close")


WHOLE: dict[str, Talk] = {
    "token": says(as_json({"access_token": ISSUED})),
    "look-up": says(as_json({"data": [{"id": "c1"}]})),
    "list": says(as_json({"result": []})),
    "search": says(as_json({"result": {"data": [], "meta": {"has_more": False}}})),
}


def stage_of(request: bytes) -> str:
    path = request.split(b" ")[1].decode().partition("?")[0]
    if path in (TOKEN_PATH, LOOK_UP):
        return {TOKEN_PATH: "token", LOOK_UP: "look-up"}[path]
    return "list" if b'"action":"list"' in request else "search"


@contextmanager
def breaking(stage: str, talk: Talk) -> Iterator[RawServer]:
    """A hosted API that answers as it should, except for one stage."""
    started: list[RawServer] = []

    def respond(connection: socket.socket) -> None:
        request = started[0].heads[-1]
        head, _, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        # Whoever hangs up with something unread resets the connection, answer and all.
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        started[0].heads[-1] = head + b"\r\n\r\n" + body
        here = stage_of(started[0].heads[-1])
        (talk if here == stage else WHOLE[here])(connection)

    with serving(respond) as server:
        started.append(server)
        yield server


def ask(kind: str, stage: str, server: RawServer, deadline: float) -> None:
    """One list, or one search, by the client of that kind, which tries it once."""
    base = server.base_url.removesuffix("/v2")
    call = "search" if stage == "search" else "list"
    given: list[dict[str, object]] = [{}] if stage == "search" else []
    if kind == "sync":
        with Harvest(
            Airbyte(client_id="us", client_secret=SECRET, base_url=base),
            budgets=unlimited(Clock()), deadline=deadline, patience=0.0,
        ) as harvest:  # fmt: skip
            getattr(harvest.users, call)(*given)
        return

    async def ask_async() -> None:
        async with AsyncHarvest(
            Airbyte(client_id="us", client_secret=SECRET, base_url=base),
            budgets=unlimited(Clock()), deadline=deadline, patience=0.0,
        ) as harvest:  # fmt: skip
            await getattr(harvest.users, call)(*given)

    asyncio.run(ask_async())


def assert_without_secrets(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = told(error, caplog)
    assert "canary" not in shown


@pytest.mark.parametrize(("kind", "stage", "broken"), CASES)
def test_each_broken_answer_ends_in_its_one_error_without_a_secret(
    kind: str, stage: str, broken: Broken, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    with breaking(stage, broken.talk) as server, pytest.raises(HarvestError) as caught:
        ask(kind, stage, server, broken.deadline)

    assert type(caught.value) is broken.error
    assert_without_secrets(caught.value, caplog)
    assert stage_of(server.heads[-1]) == stage
    assert SECRET.encode() in server.heads[0]
    assert all(ISSUED.encode() in head for head in server.heads[1:])
    assert all(b"canary" not in head.splitlines()[0] for head in server.heads)


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("stage", ["list", "search"])
def test_whole_answers_are_read(kind: str, stage: str) -> None:
    with breaking("nothing", says()) as server:
        ask(kind, stage, server, NO_DEADLINE)

    assert [stage_of(head) for head in server.heads][:2] == ["token", "look-up"]


SHAPES: dict[str, tuple[str, object]] = {
    "a number for a token": ("token", {"access_token": 7}),
    "an empty token": ("token", {"access_token": ""}),
    "a token with a line end inside": ("token", {"access_token": f"{ISSUED}\nx"}),
    "a token with an umlaut": ("token", {"access_token": f"{ISSUED}ä"}),
    "a token with a NUL": ("token", {"access_token": f"{ISSUED}\0"}),
    "a token under another name": ("token", {"token": ISSUED}),
    "a list of tokens": ("token", [ISSUED]),
    "a connector without an id": ("look-up", {"data": [{"name": ISSUED}]}),
    "a connector with a number": ("look-up", {"data": [{"id": 7}]}),
    "no list of connectors": ("look-up", {"data": {"id": "c1"}}),
    "an id in words": ("list", {"result": [{"id": "one"}]}),
    "no id": ("list", {"result": [{"first_name": ISSUED}]}),
    "no such day": ("list", {"result": [{"id": 1, "created_at": ISSUED}]}),
    "a record instead of a list": ("list", {"result": {"id": 1}}),
    "an error with status 200": ("list", {"error": f"Bearer {ISSUED}"}),
    "a list instead of a page": ("search", {"result": [{"id": 1}]}),
    "a page of nothing": ("search", {"result": {"data": None}}),
    "rows in words": ("search", {"result": {"data": [{"id": ISSUED}]}}),
    "a cursor of numbers": ("search", {"result": {"data": [], "meta": {"cursor": 7}}}),
}


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(("stage", "body"), SHAPES.values(), ids=SHAPES)
def test_json_of_another_shape_is_malformed_and_not_quoted(
    stage: str, body: object, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    talk = says(as_json(body))

    with breaking(stage, talk) as server, pytest.raises(HarvestError) as caught:
        ask(kind, stage, server, NO_DEADLINE)

    assert type(caught.value) is InvalidResponse
    del body, talk  # which are this test's own
    assert_without_secrets(caught.value, caplog)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 503])
@pytest.mark.parametrize("stage", STAGES)
def test_a_refusal_that_quotes_a_secret_is_not_quoted_with_it(
    stage: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = SECRET if stage == "token" else ISSUED
    body = json.dumps({"errors": [{"message": f"who is {secret}?"}]}).encode()
    talk = says(answer(body, "Connection: close", status=f"{status} No"))

    with breaking(stage, talk) as server, pytest.raises(HarvestError) as caught:
        ask("sync", stage, server, NO_DEADLINE)

    assert r"who is ***?" in str(caught.value)
    del body, talk, secret
    assert_without_secrets(caught.value, caplog)


@pytest.mark.parametrize("stage", STAGES)
def test_a_request_id_that_is_a_secret_is_not_told(stage: str) -> None:
    secret = SECRET if stage == "token" else ISSUED
    talk = says(answer(b"{}", f"X-Request-Id: {secret}", "Connection: close", status="500 No"))

    with breaking(stage, talk) as server, pytest.raises(HarvestError) as caught:
        ask("sync", stage, server, NO_DEADLINE)

    assert "canary" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
