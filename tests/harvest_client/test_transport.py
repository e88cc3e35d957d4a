import asyncio
import dataclasses
import logging
import socket
import time
import traceback
import tracemalloc

import httpx
import pytest

from harvest_client import (
    AsyncHarvest,
    Budget,
    Budgets,
    Harvest,
    HarvestError,
    Page,
    RateLimited,
    Unreachable,
)
from harvest_client.auth.redaction import SecretHeaders
from harvest_client.http.requests import AuthorizedRequest, ConnectorRequest, Get, TokenRequest
from tests.harvest_client.broken_answers import (
    BROKEN,
    DEADLINE,
    NO_DEADLINE,
    PAGE,
    ZIPPED,
    Broken,
    answer,
    says,
)
from tests.harvest_client.clock import Clock
from tests.harvest_client.raw_server import Talk, serving

CANARY = "canary-5f0c1d77be2a"

both_kinds = pytest.mark.parametrize("kind", ["sync", "async"])
every_kind_of_break = pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())


def read(kind: str, base_url: str, deadline: float = NO_DEADLINE) -> Page:
    """The first page of people, read by the client of that kind; its waits take no time."""
    clock = Clock()
    budgets = Budgets(Budget(1000, 1.0, clock=clock), Budget(1000, 1.0, clock=clock))
    if kind == "sync":
        with Harvest(
            token=CANARY,
            account_id="1",
            base_url=base_url,
            budgets=budgets,
            deadline=deadline,
            sleep=clock.sleep,
        ) as harvest:
            return harvest.users.list()

    async def ask() -> Page:
        async with AsyncHarvest(
            token=CANARY,
            account_id="1",
            base_url=base_url,
            budgets=budgets,
            deadline=deadline,
            sleep=clock.sleep_async,
        ) as harvest:
            return await harvest.users.list()

    return asyncio.run(ask())


def told(error: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    """All that a log, a screen or a crash report could show of an error."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join([str(error), repr(error), repr(vars(error)), *shown.format(), caplog.text])


@both_kinds
@every_kind_of_break
def test_each_broken_answer_ends_in_its_one_error_without_the_token(
    broken: Broken, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    with serving(broken.talk) as server, pytest.raises(HarvestError) as caught:
        read(kind, server.base_url, broken.deadline)

    assert type(caught.value) is broken.error
    assert broken.said in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert CANARY not in told(caught.value, caplog)
    assert all(CANARY.encode() in head for head in server.heads)


@both_kinds
@pytest.mark.parametrize("body", [answer(PAGE), answer(ZIPPED, "Content-Encoding: gzip")])
def test_a_whole_answer_is_read(body: bytes, kind: str) -> None:
    with serving(says(body)) as server:
        page = read(kind, server.base_url)

    assert [user.first_name for user in page.data] == ["Ada"]


@both_kinds
def test_a_refusal_is_one_whatever_becomes_of_its_explanation(kind: str) -> None:
    torn = answer(b"\x00" * 40, "Content-Encoding: gzip", status="429 Too Many Requests")

    with serving(says(torn)) as server, pytest.raises(RateLimited):
        read(kind, server.base_url)


def quote_the_token(connection: socket.socket) -> None:
    body = b'{"message": "no such token: Bearer ' + CANARY.encode() + b'"}'
    connection.sendall(answer(body, status="401 Unauthorized"))


@both_kinds
def test_a_refusal_that_quotes_our_token_is_not_quoted_with_it(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        serving(quote_the_token) as server,
        pytest.raises(HarvestError, match="no such token") as caught,
    ):
        read(kind, server.base_url)

    assert CANARY not in told(caught.value, caplog)


@both_kinds
def test_nobody_at_home_is_unreachable(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with serving(says()) as server:
        pass

    with pytest.raises(Unreachable, match="127.0.0.1") as caught:
        read(kind, server.base_url)

    assert CANARY not in told(caught.value, caplog)


@both_kinds
def test_the_deadline_is_for_the_whole_answer(kind: str) -> None:
    began = time.monotonic()

    with serving(BROKEN["trickle"].talk) as server, pytest.raises(HarvestError):
        read(kind, server.base_url, DEADLINE)

    assert time.monotonic() - began < 6 * DEADLINE  # the whole would take ten times as long


def test_a_bomb_is_not_unpacked() -> None:
    with serving(BROKEN["gzip bomb"].talk) as server:
        tracemalloc.start()
        with pytest.raises(HarvestError):
            read("sync", server.base_url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 96 * 1024 * 1024  # the cap is 64 MiB, the whole of it 150


def test_harvest_is_sent_a_get_and_cannot_be_sent_anything_else() -> None:
    """What is sent is made from a `Get`, which has a path and a query and nothing more."""
    with serving(says(answer(PAGE))) as server:
        read("sync", server.base_url)

    assert [head.split(b" ")[0] for head in server.heads] == [b"GET"]
    assert [field.name for field in dataclasses.fields(Get)] == ["path", "query"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Get("/users").path = "/other"  # type: ignore[misc]


@pytest.mark.parametrize("action", ["create", "delete", "update", "api_search", "", "LIST"])
def test_the_hosted_connector_is_sent_reading_actions_only(action: str) -> None:
    with pytest.raises(ValueError, match="not a reading action"):
        ConnectorRequest("c", "users", action, {})


def test_no_request_shows_a_secret() -> None:
    exchange = TokenRequest("/oauth2/token", {"client_secret": CANARY}, hidden=("client_secret",))
    headers = SecretHeaders({"Authorization": f"Bearer {CANARY}"})
    signed = AuthorizedRequest(exchange, httpx.URL("https://x.example"), headers=headers)

    assert signed.secrets == (CANARY, CANARY)
    assert CANARY not in repr(signed)
    assert CANARY not in repr(headers)


def test_each_request_says_who_asks() -> None:
    with serving(says(answer(PAGE))) as server:
        read("sync", server.base_url)

    head = server.heads[0].decode().lower()
    assert f"authorization: bearer {CANARY}" in head
    assert "harvest-account-id: 1" in head
    assert "user-agent: harvest insights (" in head
    assert CANARY not in head.splitlines()[0]


def test_a_redirect_is_not_followed_and_the_token_stays() -> None:
    with serving(says(answer(PAGE))) as elsewhere:
        location = f"Location: {elsewhere.base_url}/users"
        moved: Talk = says(answer(b"", location, status="301 Moved Permanently"))
        with serving(moved) as server, pytest.raises(HarvestError, match="301"):
            read("sync", server.base_url)

    assert not elsewhere.heads


def test_httpx_is_given_no_longer_than_the_deadline_to_say_nothing() -> None:
    from harvest_client.http.transport import client_options

    made = client_options(base=httpx.URL("https://x.example"), user_agent="us", deadline=4.0)

    assert made["timeout"] == httpx.Timeout(2.0, pool=4.0)
    assert made["follow_redirects"] is False
