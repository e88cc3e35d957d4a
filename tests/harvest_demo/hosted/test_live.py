"""List and get: the account as it is now, one page of it, at the price of a request."""

from typing import Any

import pytest

from harvest_client.entities import ENTITIES, Action
from harvest_demo import Account
from tests.harvest_demo.asking import Asking
from tests.harvest_demo.hosted.commanding import Commanding, commanding, message
from tests.harvest_demo.hosted.handmade import handmade
from tests.harvest_demo.hosted.test_entering import Clock

LISTED = [e for e in ENTITIES.values() if Action.LIST in e.actions and e.sort is not None]
REPORTS = ["time_projects", "time_tasks"]
MONTH = {"from": "20261001", "to": "20261031"}


@pytest.mark.parametrize("entity", [entity.name for entity in LISTED])
def test_a_list_is_the_first_page_of_harvest_as_a_bare_array(
    hosted: Commanding, asking: Asking, entity: str
) -> None:
    expected = asking.send("GET", f"/{entity}", params={"per_page": 7}).json()

    response = hosted.execute(
        entity, "list", {"per_page": 7},
        **({"skip_truncation": True} if hosted.generation == "C" else {}),
    )  # fmt: skip

    body = response.json()
    assert body["result"] == expected[ENTITIES[entity].envelope or ""]
    link = body["connector_metadata"]["next_link"]
    assert (link is None) == (expected["links"]["next"] is None)
    assert link is None or link.startswith(f"https://api.harvestapp.com/v2/{entity}?")


def test_a_list_that_is_whole_has_no_next_link(newest: Commanding) -> None:
    body = newest.execute("clients", "list", {"per_page": 2000}).json()

    assert body["connector_metadata"] == {"next_link": None}


def test_a_list_has_fifty_rows_if_nobody_says_otherwise(hosted: Commanding) -> None:
    assert len(hosted.result("time_entries", "list")) == 50


def test_a_list_cannot_be_filtered_or_paged(hosted: Commanding) -> None:
    plain = hosted.result("time_entries", "list", {"per_page": 5})

    ignored = {
        "page": 2,
        "cursor": "x",
        "updated_since": "2030-01-01",
        "is_billed": True,
        "from": 7,
    }
    assert hosted.result("time_entries", "list", {"per_page": 5} | ignored) == plain


@pytest.mark.parametrize("size", [0, 2001, "50", 1.5, True, None])
def test_a_list_has_one_to_two_thousand_rows(hosted: Commanding, size: Any) -> None:
    response = hosted.execute("time_entries", "list", {"per_page": size})

    assert response.status_code == 422
    assert "per_page" in message(response)


@pytest.mark.parametrize("entity", REPORTS)
def test_a_report_is_listed_for_its_window(hosted: Commanding, asking: Asking, entity: str) -> None:
    path = ENTITIES[entity].path or ""
    expected = asking.send("GET", path, params=MONTH).json()["results"]

    body = hosted.execute(entity, "list", MONTH | {"per_page": 2000}).json()
    part = hosted.execute(entity, "list", MONTH | {"per_page": 2}).json()

    assert body == {"result": expected, "connector_metadata": {"next_link": None}}
    assert part["result"] == expected[:2]
    link = part["connector_metadata"]["next_link"]
    assert link.startswith(f"https://api.harvestapp.com/v2{path}?from=20261001&page=2")


@pytest.mark.parametrize(
    "window",
    [
        {},
        {"from": "20261001"},
        {"from": "2026-10-01", "to": "2026-10-31"},
        {"from": 20261001, "to": 20261031},
        {"from": "20261001", "to": "20260930"},
        {"from": "20261001", "to": "20261032"},
        {"from": "20251001", "to": "20261001"},
        {"from": "20200101", "to": "21000101"},
    ],
)
@pytest.mark.parametrize("entity", REPORTS)
def test_a_report_needs_a_window_of_at_most_a_year(
    newest: Commanding, entity: str, window: Any
) -> None:
    response = newest.execute(entity, "list", window)

    assert response.status_code == 422
    assert message(response)


@pytest.mark.parametrize(
    "entity", [entity.name for entity in LISTED if Action.GET in entity.actions]
)
def test_a_single_record_is_the_row_of_the_list(hosted: Commanding, entity: str) -> None:
    row = hosted.result(entity, "list", {"per_page": 2000})[-1]

    assert hosted.result(entity, "get", {"id": row["id"], "page": 2}) == row


def test_the_company_is_asked_for_without_parameters(hosted: Commanding, account: Account) -> None:
    assert hosted.result("company", "get") == account.company


@pytest.mark.parametrize("entity", ["time_entries", "clients"])
def test_a_record_that_is_not_there_is_404(hosted: Commanding, entity: str) -> None:
    response = hosted.execute(entity, "get", {"id": 1})

    assert response.status_code == 404
    assert entity in message(response)


@pytest.mark.parametrize("wanted", [None, "7720101", 1.5, True])
def test_an_id_is_a_whole_number(newest: Commanding, wanted: Any) -> None:
    assert newest.execute("clients", "get", {"id": wanted}).status_code == 422


def test_reads_are_live(own_account: Account) -> None:
    with commanding(own_account) as connection:
        client = next(own_account.rows("clients"))
        client["name"] = "Brand new"

        assert connection.result("clients", "get", {"id": client["id"]})["name"] == "Brand new"
        listed = connection.result("clients", "list", {"per_page": 2000})
        assert "Brand new" in {row["name"] for row in listed}


def test_lists_and_gets_cost_a_request_of_harvest_and_searches_cost_none(
    account: Account,
) -> None:
    clock = Clock()
    with commanding(account, limits=True, clock=clock) as connection:
        statuses = [connection.execute("company", "get").status_code for _ in range(60)]
        statuses += [
            connection.execute("clients", "list", {"per_page": 1}).status_code for _ in range(40)
        ]
        clock.now += 4.5
        refused = connection.execute("clients", "list")
        found = connection.page("clients", {})["data"]
        clock.now += int(refused.headers["retry-after"])

        assert set(statuses) == {200}
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "11"
        assert message(refused)
        assert found
        assert connection.execute("clients", "list").status_code == 200


@pytest.mark.parametrize("entity", REPORTS)
def test_reports_have_a_budget_of_their_own(entity: str) -> None:
    clock = Clock()
    with commanding(handmade(), limits=True, clock=clock) as connection:
        statuses = [connection.execute(entity, "list", MONTH).status_code for _ in range(100)]
        refused = connection.execute(entity, "list", MONTH)

        assert set(statuses) == {200}
        assert refused.headers["retry-after"] == "900"
        assert connection.execute("clients", "list").status_code == 200


def test_a_connector_whose_login_is_gone_says_so() -> None:
    account = handmade()
    account.tokens.clear()
    with commanding(account) as connection:
        response = connection.execute("clients", "list")

    assert response.status_code == 401
    assert "login" in message(response)
