"""Entering the hosted API: tokens, the organisation, the connector, and what it refuses."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from harvest_client import (
    Airbyte,
    AmbiguousConnector,
    BadRequest,
    Forbidden,
    InvalidResponse,
    MissingCredentials,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
)
from harvest_client.backends.airbyte import DEFINITION_ID
from harvest_client.http.requests import READING
from harvest_demo import (
    BEARER,
    CONNECTOR_ID,
    CROWDED_CONNECTOR_IDS,
    CROWDED_WORKSPACE,
    ORGANIZATION_ID,
)
from tests.harvest_client.clock import Clock
from tests.harvest_client.hosted_demo import (
    LOOK_UP,
    TOKEN_PATH,
    hosted,
    mocked,
    passes,
    says,
    shortly,
)

every_generation = pytest.mark.parametrize("generation", ["A", "B", "C"])
ROLES = {"result": [{"id": 1, "name": "Design"}]}


def test_one_token_is_got_for_thirty_two_threads() -> None:
    with hosted(sleep=shortly) as (harvest, wire), ThreadPoolExecutor(32) as pool:
        names = set(pool.map(lambda _: harvest.company.get().name, range(96)))

    assert len(names) == 1
    assert (wire.tokens, wire.look_ups) == (1, 1)
    assert len({request.headers.get("Authorization") for request in wire.requests}) == 2


def test_a_token_is_renewed_before_its_fifteen_minutes_are_over() -> None:
    clock = Clock()
    with hosted(clock=clock) as (harvest, wire):
        harvest.company.get()
        clock.now += 839
        harvest.company.get()
        assert wire.tokens == 1
        clock.now += 2
        harvest.company.get()

    assert wire.tokens == 2
    assert clock.waits == []


def test_a_token_that_says_that_it_ends_sooner_is_renewed_sooner() -> None:
    clock = Clock()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == TOKEN_PATH:
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        return httpx.Response(200, json=ROLES)

    given = {"access_token": None, "client_id": "us", "client_secret": "s"}
    with mocked(answer, clock=clock, **given) as (harvest, wire):
        harvest.roles.list()
        clock.now += 241
        harvest.roles.list()

    assert wire.tokens == 2


def test_a_token_that_ended_early_is_renewed_by_one_request_for_all_threads() -> None:
    clock = Clock()
    with (
        hosted(clock=clock, sleep=shortly, token_seconds=100) as (harvest, wire),
        ThreadPoolExecutor(32) as pool,
    ):
        harvest.company.get()
        clock.now += 101
        names = list(pool.map(lambda _: harvest.company.get().name, range(96)))
        clock.now += 101
        names += pool.map(lambda _: harvest.company.get().name, range(96))

    assert len(names) == 192
    assert wire.tokens == 3


def test_a_second_refusal_is_final() -> None:
    with hosted() as (harvest, wire):
        harvest.company.get()
        wire.trouble.extend([says(401), passes, says(401)])
        with pytest.raises(Unauthorized):
            harvest.company.get()

    assert wire.tokens == 2


def test_wrong_client_credentials_are_told_with_their_remedy() -> None:
    with (
        hosted(access={"client_secret": "canary-wrong"}) as (harvest, wire),
        pytest.raises(Unauthorized, match="Client id or client secret is wrong") as caught,
    ):
        harvest.company.get()

    assert "AIRBYTE_CLIENT_SECRET" in caught.value.remedy
    assert "HARVEST_ACCESS_TOKEN" not in caught.value.remedy
    assert "canary" not in str(caught.value)
    assert wire.tokens == 1


def test_a_ready_made_token_needs_no_other() -> None:
    with hosted(access={"access_token": BEARER}) as (harvest, wire):
        assert harvest.company.get().name

    assert wire.tokens == 0


def test_a_ready_made_token_that_has_ended_is_told_with_airbytes_remedy() -> None:
    with (
        hosted(access={"access_token": "ended-token"}) as (harvest, wire),
        pytest.raises(Unauthorized, match="Airbyte answered 401") as caught,
    ):
        harvest.company.get()

    assert "AIRBYTE_ACCESS_TOKEN" in caught.value.remedy
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"client_id": "us"},
        {"client_secret": "canary-secret"},
        {"client_id": "us", "client_secret": "canary secret"},
        {"access_token": "canary\ttoken"},
        {"access_token": ""},
        {"access_token": BEARER, "connector_id": "a b"},
    ],
    ids=["nothing", "no secret", "no id", "spoiled secret", "spoiled token", "empty", "connector"],
)
def test_credentials_are_checked_before_anything_is_sent(given: dict[str, Any]) -> None:
    with pytest.raises(MissingCredentials) as caught:
        Airbyte(**given)

    assert "canary" not in str(caught.value)


def test_the_connector_is_looked_up_once_and_remembered() -> None:
    with hosted() as (harvest, wire):
        for _ in range(3):
            harvest.company.get()

    assert wire.paths == [TOKEN_PATH, LOOK_UP, *[f"{LOOK_UP}/{CONNECTOR_ID}/execute"] * 3]
    assert dict(wire.requests[1].url.params) == {
        "workspace_name": "default",
        "definition_id": DEFINITION_ID,
    }


def test_a_connector_that_is_named_is_not_looked_up() -> None:
    with hosted(access={"connector_id": CONNECTOR_ID}) as (harvest, wire):
        harvest.company.get()

    assert wire.look_ups == 0


@pytest.mark.parametrize("generation", ["A", "B"])
def test_an_older_server_is_asked_by_its_own_name_of_a_workspace(generation: str) -> None:
    with hosted(generation) as (harvest, wire):
        harvest.company.get()

    asked = [set(request.url.params) for request in wire.requests if request.url.path == LOOK_UP]
    assert asked == [{"workspace_name", "definition_id"}, {"customer_name", "definition_id"}]


def test_no_connector_is_picked_where_there_are_several() -> None:
    with (
        hosted(access={"workspace_name": CROWDED_WORKSPACE}, crowded=True) as (harvest, wire),
        pytest.raises(AmbiguousConnector, match="several") as caught,
    ):
        harvest.company.get()

    assert all(name in str(caught.value) for name in CROWDED_CONNECTOR_IDS)
    assert "AIRBYTE_CONNECTOR_ID" in caught.value.remedy
    assert not wire.commands


def test_a_workspace_without_a_connector_is_told() -> None:
    with (
        hosted(access={"workspace_name": "elsewhere"}) as (harvest, _),
        pytest.raises(AmbiguousConnector, match="'elsewhere' has no Harvest connector"),
    ):
        harvest.company.get()


def test_a_connector_to_something_else_is_never_asked() -> None:
    """A server that takes no notice of the definition lists them all."""
    mail = {"id": "mail", "definition_id": "0b8b2f5e-2f1d-4d0c-9e77-9a5f7a1c3d20"}
    ours = {"id": "ours", "definition_id": DEFINITION_ID}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ROLES if "execute" in request.url.path else listed)

    listed = {"data": [mail]}
    with (
        mocked(answer, connector_id=None) as (harvest, wire),
        pytest.raises(AmbiguousConnector, match="has no Harvest connector"),
    ):
        harvest.roles.list()
    assert not wire.commands

    listed = {"data": [mail, ours]}
    with mocked(answer, connector_id=None) as (harvest, wire):
        harvest.roles.list()
    assert wire.paths[-1] == f"{LOOK_UP}/ours/execute"


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b'{"data": [{}]}', b'{"data": [{"id": 7}]}', b"", b"\xff", b"[" * 100_000],
    ids=["array", "nothing", "no id", "number", "empty", "bytes", "deep"],
)
def test_an_answer_without_connectors_is_malformed(body: bytes) -> None:
    with (
        mocked(says(200, content=body), connector_id=None) as (harvest, _),
        pytest.raises(InvalidResponse, match="no list of connectors"),
    ):
        harvest.roles.list()


@every_generation
def test_the_organisation_is_said_with_every_call(generation: str) -> None:
    with hosted(generation, access={"organization_id": ORGANIZATION_ID}) as (harvest, wire):
        harvest.roles.list()
        harvest.roles.search({})

    assert {request.headers["X-Organization-Id"] for request in wire.requests} == {ORGANIZATION_ID}
    assert wire.paths[0] == TOKEN_PATH


def test_another_organisation_is_forbidden_at_the_door() -> None:
    with (
        hosted(access={"organization_id": "another"}) as (harvest, wire),
        pytest.raises(Forbidden, match="does not belong") as caught,
    ):
        harvest.roles.list()

    assert "AIRBYTE_ORGANIZATION_ID" in caught.value.remedy
    assert wire.paths == [TOKEN_PATH]


def gone(request: httpx.Request) -> httpx.Response:
    return httpx.Response(404, json={"error": "Connector not found."})


def test_a_deleted_connector_is_looked_up_anew_once() -> None:
    def moved(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": [{"id": "new"}]})

    def answered(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ROLES)

    with hosted() as (harvest, wire):
        harvest.roles.list()
        wire.trouble.extend([gone, moved, answered, answered])
        harvest.roles.list()
        harvest.roles.list()

    assert wire.look_ups == 2
    assert wire.paths[-2:] == [f"{LOOK_UP}/new/execute"] * 2


def test_a_record_that_is_not_there_is_not_asked_for_twice() -> None:
    with hosted() as (harvest, wire), pytest.raises(NotFound, match="no clients 1"):
        harvest.clients.get(1)

    assert wire.look_ups == 2  # it might have been the connector
    assert len(wire.commands) == 1


def test_a_named_connector_that_is_gone_is_told() -> None:
    with (
        hosted(access={"connector_id": "3b1f7c52"}) as (harvest, wire),
        pytest.raises(NotFound, match="Connector not found") as caught,
    ):
        harvest.roles.list()

    assert "AIRBYTE_CONNECTOR_ID" in caught.value.remedy
    assert wire.look_ups == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errors": [{"userPresentableMessage": "one", "message": "no"}], "message": "no"}, "one"),
        ({"errors": [{"message": "one"}, {"error": "two"}], "error": "no"}, "one, two"),
        ({"errors": [], "message": "top"}, "top"),
        ({"errors": [7, {}], "error": "below"}, "below"),
        ({"error": "only"}, "only"),
        ({"other": 1}, '{"other": 1}'),
    ],
)
def test_a_refusal_is_told_in_the_servers_own_words(body: object, said: str) -> None:
    refusing = says(422, content=json.dumps(body))

    with mocked(refusing) as (harvest, _), pytest.raises(BadRequest) as caught:
        harvest.roles.list()

    assert caught.value.message == said
    assert str(caught.value).startswith("roles list: Airbyte answered 422")


@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (503, ServerError)])
def test_trouble_is_waited_out_and_told_when_it_lasts(status: int, error: type[Exception]) -> None:
    clock = Clock()
    with hosted(clock=clock) as (harvest, wire):
        harvest.roles.list()
        wire.trouble.extend([says(status, headers={"Retry-After": "7"})] * 3)
        harvest.roles.list()
        assert clock.waits[:1] == [7.0]
        wire.trouble.extend([says(status)] * 5)
        with pytest.raises(error, match="Airbyte answered"):
            harvest.roles.list()


@every_generation
def test_a_connector_is_only_ever_told_to_read(generation: str) -> None:
    with hosted(generation) as (harvest, wire):
        harvest.users.list()
        list(harvest.users.all())
        harvest.company.get()
        harvest.users.search({"filter": {"contains": {"email": "a"}}})
        list(harvest.users.search_all({}))
        posted = [request for request in wire.requests if request.method == "POST"]

    assert {request.method for request in wire.requests} == {"GET", "POST"}
    assert {request.url.path for request in posted} == {
        TOKEN_PATH,
        f"{LOOK_UP}/{CONNECTOR_ID}/execute",
    }
    assert {command["action"] for command in wire.commands} <= set(READING)
    assert {key for command in wire.commands for key in command} <= {
        "entity", "action", "params", "skip_truncation",
    }  # fmt: skip
    assert all("X-ADP-Agent-SDK" not in request.headers for request in wire.requests)
