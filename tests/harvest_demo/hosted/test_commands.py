"""What a command may hold, per generation, and how its answer is trimmed."""

from typing import Any

import pytest

from harvest_client.entities import ENTITIES, Action, Entity
from harvest_demo import Account, build
from tests.harvest_demo.conftest import TODAY
from tests.harvest_demo.hosted.commanding import SEARCH, Commanding, commanding, message

FLAGS: dict[str, Any] = {
    "skip_truncation": True,
    "select_fields": ["id"],
    "exclude_fields": ["id"],
    "intent": "a test",
}
LONG = "ä" * 200 + "the end of it"


@pytest.fixture
def wordy() -> Account:
    """An account in which a client's address and a line of an invoice are long."""
    account = build(entries=300, today=TODAY)
    client = next(account.rows("clients"))
    client["address"] = LONG
    for row in account.rows("invoices"):
        row["line_items"][0]["description"] = LONG
        row["subject"] = LONG[:200]
    return account


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_an_entity_has_the_actions_of_the_table_and_no_others(
    hosted: Commanding, entity: Entity
) -> None:
    (row,) = hosted.page(entity.name, {}, limit=1)["data"]
    window = {"from": "20261101", "to": "20261120", "id": row.get("id")}

    answered = {
        action: hosted.execute(entity.name, action, window).status_code
        for action in ("list", "get")
    }

    assert answered == {
        "list": 200 if Action.LIST in entity.actions else 422,
        "get": 200 if Action.GET in entity.actions else 422,
    }


def test_search_goes_by_the_name_of_its_generation_alone(hosted: Commanding) -> None:
    names = {"search", "context_store_search", "context_store_sql_query", "api_search", "dance"}

    for name in names - {SEARCH[hosted.generation]}:
        response = hosted.execute("company", name, {"query": {}})

        assert response.status_code == 422
        assert name in message(response)
        assert "ction" in message(response)
    assert len(hosted.page("company", {})["data"]) == 1


def test_sql_is_known_to_the_newest_generation_but_not_available(newest: Commanding) -> None:
    response = newest.execute("company", "context_store_sql_query", {"sql": "select 1"})

    assert response.status_code == 422
    assert "not available here" in message(response)


@pytest.mark.parametrize("flag", FLAGS)
def test_flags_are_taken_by_the_newest_generation_only(hosted: Commanding, flag: str) -> None:
    response = hosted.execute("company", "get", **{flag: FLAGS[flag]})

    assert response.status_code == (200 if hosted.generation == "C" else 422)
    if response.status_code == 422:
        assert flag in message(response)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"entity": "company"},
        {"action": "get"},
        {"entity": 7, "action": "get"},
        {"entity": "invoice_payments", "action": "list"},
        {"entity": "user_teammates", "action": "list"},
        {"entity": "company", "action": "get", "params": []},
        {"entity": "company", "action": "get", "dry_run": True},
    ],
)
def test_a_command_that_is_none_is_422(hosted: Commanding, body: Any) -> None:
    response = hosted.tell(body)

    assert response.status_code == 422
    assert message(response)


@pytest.mark.parametrize(
    "flags",
    [
        {"skip_truncation": "yes"},
        {"select_fields": "id"},
        {"select_fields": [["id"]]},
        {"exclude_fields": [""]},
        {"intent": "x" * 513},
        {"intent": 7},
    ],
)
def test_flags_have_their_types(newest: Commanding, flags: Any) -> None:
    assert newest.execute("company", "get", **flags).status_code == 422


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"[" * 100_000])
def test_a_body_that_is_no_object_is_400(newest: Commanding, body: bytes) -> None:
    path = f"/integrations/connectors/{newest.connector_id}/execute"

    response = newest.send("POST", path, content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert message(response)


def test_long_texts_are_cut_in_lists_and_searches_unless_told_otherwise(wordy: Account) -> None:
    with commanding(wordy) as connection:
        query = {"query": {"filter": {"eq": {"id": next(wordy.rows("clients"))["id"]}}}}

        def texts(**flags: Any) -> list[str]:
            found = connection.execute("clients", SEARCH["C"], query, **flags).json()["result"]
            (invoice,) = connection.execute("invoices", "list", {"per_page": 1}, **flags).json()[
                "result"
            ]
            return [
                found["data"][0]["address"],
                invoice["line_items"][0]["description"],
                invoice["subject"],
            ]

        cut, whole = texts(), texts(skip_truncation=True)

        assert whole == [LONG, LONG, LONG[:200]]
        assert [text[:200] for text in cut] == [LONG[:200]] * 3
        assert all(text[200:].startswith("... [truncated") for text in cut[:2])
        assert cut[2] == LONG[:200]
        assert texts(skip_truncation=False) == cut


def test_a_single_record_is_never_cut(wordy: Account) -> None:
    with commanding(wordy) as connection:
        client = next(wordy.rows("clients"))
        response = connection.execute("clients", "get", {"id": client["id"]})

    assert response.json()["result"]["address"] == LONG


@pytest.mark.parametrize("generation", ["A", "B"])
def test_older_generations_cut_nothing(wordy: Account, generation: str) -> None:
    with commanding(wordy, generation) as connection:
        (invoice,) = connection.result("invoices", "list", {"per_page": 1})

    assert invoice["line_items"][0]["description"] == LONG


def test_fields_are_selected_by_dotted_paths_for_every_action(newest: Commanding) -> None:
    paths = ["id", "client.name", "line_items.amount", "nothing.at.all"]
    flags = {"select_fields": paths, "exclude_fields": ["id"]}

    (listed,) = newest.result("invoices", "list", {"per_page": 1}, **flags)
    single = newest.result("invoices", "get", {"id": listed["id"]}, **flags)
    query = {"filter": {"eq": {"id": listed["id"]}}}
    found = newest.result("invoices", SEARCH["C"], {"query": query}, **flags)["data"]

    assert single == listed
    assert listed.keys() == {"id", "client", "line_items"}
    assert listed["client"].keys() == {"name"}
    assert all(line.keys() == {"amount"} for line in listed["line_items"])
    assert found == [{"id": listed["id"], "client": listed["client"]}]


def test_fields_are_excluded_by_dotted_paths(newest: Commanding) -> None:
    (whole,) = newest.result("time_entries", "list", {"per_page": 1})
    excluded = ["notes", "user.name", "user_assignment", "nothing"]

    (listed,) = newest.result("time_entries", "list", {"per_page": 1}, exclude_fields=excluded)

    assert whole.keys() - listed.keys() == {"notes", "user_assignment"}
    assert listed["user"] == {"id": whole["user"]["id"]}
    assert {name: whole[name] for name in listed if name != "user"} == {
        name: value for name, value in listed.items() if name != "user"
    }
