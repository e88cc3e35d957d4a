"""Tokens, organizations, and which connectors there are."""

from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from harvest_demo import (
    ACCOUNT_ID,
    BEARER,
    CLIENT_ID,
    CLIENT_SECRET,
    CONNECTOR_ID,
    CROWDED_CONNECTOR_IDS,
    CROWDED_WORKSPACE,
    ORGANIZATION_ID,
    TOKEN,
    WORKSPACE,
    Account,
)
from harvest_demo.server.airbyte import DEFINITION_ID, FOREIGN_CONNECTOR_ID
from tests.harvest_demo.hosted.commanding import Commanding, commanding, message
from tests.harvest_demo.hosted.handmade import handmade

TOKENS = "/account/applications/token"
CONNECTORS = "/integrations/connectors"
PAIR = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
NAMED_BY = {"A": "customer_name", "B": "customer_name", "C": "workspace_name"}


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def looked_up(connection: Commanding, **query: str) -> Any:
    response = connection.send("GET", CONNECTORS, params=query)
    assert response.status_code == 200, response.text
    return [row["id"] for row in response.json()["data"]]


def test_a_token_opens_the_account_until_its_time_is_over() -> None:
    clock = Clock()
    with commanding(handmade(), clock=clock, token_seconds=60) as ready:
        issued = [ready.send("POST", TOKENS, json=PAIR).json()["access_token"] for _ in range(2)]
        connection = replace(ready, token=issued[0])
        query = {"workspace_name": WORKSPACE}

        clock.now += 59.9
        before = connection.send("GET", CONNECTORS, params=query)
        clock.now += 0.1
        after = connection.send("GET", CONNECTORS, params=query)

        assert issued[0] != issued[1]
        assert (before.status_code, after.status_code) == (200, 401)
        assert "expired" in message(after)
        assert ready.send("GET", CONNECTORS, params=query).status_code == 200


def test_tokens_live_fifteen_minutes_if_nobody_says_otherwise() -> None:
    clock = Clock()
    with commanding(handmade(), clock=clock) as ready:
        token = ready.send("POST", TOKENS, json=PAIR).json()["access_token"]
        connection = replace(ready, token=token)
        clock.now += 899
        assert connection.execute("company", "get").status_code == 200
        clock.now += 1
        assert connection.execute("company", "get").status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**PAIR, "client_secret": "wrong"}, 401),
        ({**PAIR, "client_id": "wrong"}, 401),
        ({"client_id": CLIENT_ID}, 422),
        ({**PAIR, "client_secret": 7}, 422),
        ([], 400),
    ],
)
def test_another_pair_gets_no_token(newest: Commanding, body: Any, status: int) -> None:
    response = newest.send("POST", TOKENS, json=body)

    assert response.status_code == status
    assert message(response)


@pytest.mark.parametrize("said", ["", BEARER, "Bearer ", "Bearer wrong", f"Bearer {TOKEN}"])
def test_every_call_needs_a_token(newest: Commanding, said: str) -> None:
    for method, path in (("GET", CONNECTORS), ("POST", f"{CONNECTORS}/{CONNECTOR_ID}/execute")):
        response = newest.send(method, path, headers={"Authorization": said}, json={})

        assert response.status_code == 401
        assert message(response)


def test_the_organization_is_the_right_one_if_it_is_named(newest: Commanding) -> None:
    query = {"workspace_name": WORKSPACE}
    for organization, status in ((ORGANIZATION_ID, 200), ("another", 403), ("", 403)):
        headers = {"X-Organization-Id": organization}

        found = newest.send("GET", CONNECTORS, params=query, headers=headers)
        issued = newest.send("POST", TOKENS, json=PAIR, headers=headers)

        assert (found.status_code, issued.status_code) == (status, status)


def test_what_is_posted_is_declared_as_json(newest: Commanding) -> None:
    path = f"{CONNECTORS}/{CONNECTOR_ID}/execute"
    body = b'{"entity": "company", "action": "get"}'

    assert newest.send("POST", path, content=body).status_code == 400
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert newest.send("POST", path, content=body, headers=headers).status_code == 200


def test_what_opens_one_api_does_not_open_the_other(newest: Commanding) -> None:
    headers = {
        "Authorization": f"Bearer {BEARER}",
        "Harvest-Account-Id": ACCOUNT_ID,
        "User-Agent": "Tests (tests@example.com)",
    }
    url = "https://hosted.test/v2/company"

    refused = newest.transport.handle_request(httpx.Request("GET", url, headers=headers))
    headers["Authorization"] = f"Bearer {TOKEN}"
    welcome = newest.transport.handle_request(httpx.Request("GET", url, headers=headers))

    assert (refused.status_code, welcome.status_code) == (401, 200)
    assert replace(newest, token=TOKEN).execute("company", "get").status_code == 401


def test_every_answer_has_a_date(newest: Commanding) -> None:
    assert newest.execute("company", "get").headers["date"]
    assert newest.send("GET", "/nothing").headers["date"]


def test_an_address_that_is_none_is_404(newest: Commanding) -> None:
    response = newest.send("GET", "/nothing")

    assert response.status_code == 404
    assert message(response) == "Not Found"


def test_a_workspace_shows_its_connector_to_harvest(hosted: Commanding) -> None:
    name = NAMED_BY[hosted.generation]

    assert looked_up(hosted, **{name: WORKSPACE, "definition_id": DEFINITION_ID}) == [CONNECTOR_ID]
    assert looked_up(hosted, **{name: WORKSPACE}) == [FOREIGN_CONNECTOR_ID, CONNECTOR_ID]
    assert looked_up(hosted, **{name: WORKSPACE, "definition_id": "another"}) == []
    assert looked_up(hosted, **{name: "nowhere"}) == []
    assert looked_up(hosted, **{name: CROWDED_WORKSPACE}) == []


def test_a_workspace_is_named_as_the_generation_wants_it(hosted: Commanding) -> None:
    (wrong,) = {"customer_name", "workspace_name"} - {NAMED_BY[hosted.generation]}

    for query in ({wrong: WORKSPACE}, {}, {NAMED_BY[hosted.generation]: WORKSPACE, "page": "2"}):
        response = hosted.send("GET", CONNECTORS, params=query)

        assert response.status_code == 422
        assert message(response)


def test_a_crowded_workspace_has_two_connectors_that_both_answer(own_account: Account) -> None:
    with commanding(own_account, crowded=True) as connection:
        query = {"workspace_name": CROWDED_WORKSPACE, "definition_id": DEFINITION_ID}

        assert looked_up(connection, **query) == list(CROWDED_CONNECTOR_IDS)
        for connector_id in CROWDED_CONNECTOR_IDS:
            company = replace(connection, connector_id=connector_id).result("company", "get")
            assert company["name"] == own_account.company["name"]


def test_an_unknown_connector_is_404_and_a_foreign_one_knows_no_harvest(
    hosted: Commanding,
) -> None:
    for connector_id, status in (("nobody", 404), (FOREIGN_CONNECTOR_ID, 422)):
        response = replace(hosted, connector_id=connector_id).execute("company", "get")

        assert response.status_code == status
        assert message(response)
