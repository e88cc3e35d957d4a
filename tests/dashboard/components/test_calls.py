"""What can be copied means what was asked: read back by Python, by a shell and by our commands."""

import ast
import json
import shlex
import subprocess
from argparse import ArgumentParser
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cli import report as report_command
from dashboard.components.code_snippets import (
    Call,
    api_versions,
    cli_call,
    curl_call,
    entries_search,
    get_call,
    list_call,
    not_hosted,
    python_call,
    report_call,
    search_call,
)
from dashboard.components.filter_form import FilterForm, filter_document
from dashboard.metrics.scope import FIELDS
from harvest_client.__main__ import _normalize_option, parse_arguments
from harvest_client.entities import ENTITIES, Action
from harvest_client.search import Fields, Search, parse, parse_text, read_search
from tests.dashboard.components.test_conditions import KNOWN, everything

ENTRIES = ENTITIES["time_entries"]
HOSTILE = [
    "it's", '"', "'\"'\"'", "\\", "\\'", "$(touch /tmp/x) `id` $HOME", "!!", "a\nb\r\tc", "\x00",
    "\u202eabc\u200b", "\u2028", "😀", "\U000e0001", "{your_id}", "%s %", "# --limit 1",
    "'; rm -rf ~; '",
]  # fmt: skip


def asked(text: str) -> Search:
    query = {"filter": {"eq": {"notes": text}}, "sort": [{"spent_date": "desc"}]}
    return read_search(ENTRIES, {"query": query, "limit": 50, "fields": ["id", "client.name"]})


def of_python(text: str) -> tuple[str, str, dict[str, Any]]:
    """Entity, action and parameters of a printed call."""
    code = ast.parse(text.replace("await ", "", 1), mode="eval").body
    assert isinstance(code, ast.Call)
    assert isinstance(code.func, ast.Attribute)
    assert isinstance(code.func.value, ast.Attribute)
    given = {str(k.arg).rstrip("_"): ast.literal_eval(k.value) for k in code.keywords}
    return code.func.value.attr, code.func.attr, given


def of_curl(text: str) -> dict[str, Any]:
    """What is sent, as a shell would hand it to curl."""
    words = in_shell(text)
    assert words[0] == "curl"
    assert words[words.index("--header") + 1] == "Content-Type: application/json"
    assert words[2].endswith("/connectors/my-connector/execute")
    assert "Authorization: Bearer my-token" in words
    found: dict[str, Any] = json.loads(words[words.index("--data") + 1], parse_float=Decimal)
    return found


def in_shell(text: str) -> list[str]:
    """The words of a command after a real shell has read it."""
    shell = ["/bin/sh", "-c", f'show() {{ printf "%s\\0" "$@"; }}; show {text}']
    settings = {"AIRBYTE_CONNECTOR_ID": "my-connector", "AIRBYTE_ACCESS_TOKEN": "my-token"}
    done = subprocess.run(shell, env=settings, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def split(text: str) -> list[str]:
    """As `in_shell`, without one: what is quoted never has a line end in it."""
    return shlex.split(text.replace(" \\\n", " "))


def of_command(words: list[str]) -> dict[str, Any]:
    assert words[:3] == ["python", "-m", "harvest_client"]
    parsed = vars(parse_arguments([_normalize_option(word) for word in words[3:]]))
    names = {"query", "limit", "fields", "id"} | {
        name for entity in ENTITIES.values() for name in entity.parameter_names
    }
    return {n: parsed[n] for n in names & parsed.keys() if parsed[n] is not None}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_search_is_read_back_as_it_was(text: str) -> None:
    meant = asked(text)
    call = search_call(meant)

    entity, action, given = of_python(python_call(call))
    assert (entity, action) == ("time_entries", "search")
    assert read_search(ENTRIES, given) == meant
    sent = of_curl(curl_call(call))
    assert (sent["entity"], sent["action"]) == ("time_entries", "search")
    assert read_search(ENTRIES, sent["params"]) == meant
    assert read_search(ENTRIES, of_command(in_shell(cli_call(call)))) == meant


@pytest.mark.parametrize("text", HOSTILE)
def test_what_cannot_be_seen_is_written_out(text: str) -> None:
    call = search_call(asked(text))

    for written in (python_call(call), curl_call(call), cli_call(call)):
        assert all(line.isprintable() for line in written.split("\n"))


@given(everything(), st.integers(1, 10_000))
def test_every_filter_is_read_back_as_it_was(made: tuple[Fields, FilterForm], limit: int) -> None:
    known, said = made
    name = next(name for name, fields in KNOWN.items() if fields is known)
    filter = parse(filter_document(said), known)
    if name == "where":
        words = split(report_call(filter, date(2026, 1, 1), date(2026, 1, 31), ["hours"]))
        parser = ArgumentParser()
        report_command.add_report(parser.add_subparsers())
        read = parser.parse_args(words[3:])
        assert parse_text(read.where, FIELDS) == filter
        assert (read.metrics, read.start, read.end) == ("hours", "2026-01-01", "2026-01-31")
        return
    entity = ENTITIES[name]
    meant = read_search(entity, {"query": {"filter": filter_document(said)}, "limit": limit})
    call = search_call(meant)

    assert read_search(entity, of_python(python_call(call))[2]) == meant
    words = split(curl_call(call))
    sent = json.loads(words[words.index("--data") + 1], parse_float=Decimal)
    assert read_search(entity, sent["params"]) == meant
    assert read_search(entity, of_command(split(cli_call(call)))) == meant


def test_every_digit_is_kept() -> None:
    filter = parse_text('{"eq": {"hours": 123456789012.123457}}', ENTRIES)
    call = search_call(Search(ENTRIES, filter, ()))

    assert read_search(ENTRIES, of_python(python_call(call))[2]).filter == filter


def test_a_short_call_reads_like_the_reference() -> None:
    call = search_call(read_search(ENTRIES, {"query": {"filter": {"eq": {"billable": True}}}}))

    assert python_call(call).startswith("await harvest.time_entries.search(")
    assert '"eq": {"billable": True}' in python_call(call)
    assert "sort" not in python_call(call)  # only the key, which is added anyway


@pytest.mark.parametrize("call", [
    list_call(ENTITIES["time_projects"], {"from": "2025-01-01", "to": "2026-11-20"}, 50),
    list_call(ENTITIES["time_entries"], {"user_id": 5, "updated_since": "2026-01-01T00:00Z"}, 50),
    list_call(ENTITIES["users"], {"is_active": False}, 50),
    list_call(ENTITIES["users"], {}, 50),
    get_call(ENTITIES["users"], 7),
    get_call(ENTITIES["company"], None),
])  # fmt: skip
def test_lists_and_gets_are_read_back(call: Call) -> None:
    assert of_python(python_call(call)) == (call.entity.name, call.action, call.params)
    assert of_curl(curl_call(call)) == {
        "entity": call.entity.name, "action": call.action.value, "params": call.params
    }  # fmt: skip
    typed = of_command(in_shell(cli_call(call)))
    assert typed == {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in call.params.items()
    }


def test_no_secret_is_in_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRBYTE_ACCESS_TOKEN", "very-secret")
    monkeypatch.setenv("AIRBYTE_CONNECTOR_ID", "not-for-everybody")

    written = curl_call(search_call(asked("x")))

    assert "secret" not in written
    assert "everybody" not in written
    assert "Bearer ${AIRBYTE_ACCESS_TOKEN}" in written


def test_a_report_of_raw_hours_says_so() -> None:
    written = report_call(None, date(2026, 1, 1), date(2026, 1, 31), ["hours"], "raw")

    assert in_shell(written)[3:] == [
        "report", "hours", "--from", "2026-01-01", "--to", "2026-01-31", "--basis", "raw",
    ]  # fmt: skip


def test_the_entries_behind_a_filter_are_searched_in_their_days() -> None:
    where = parse({"or": [{"eq": {"client.id": 5}}, {"eq": {"billable": True}}]}, FIELDS)

    found = entries_search(where, date(2026, 1, 1), date(2026, 1, 31))

    assert found is not None
    assert search_call(found).params["query"]["filter"] == {
        "and": [
            {"or": [{"eq": {"client.id": 5}}, {"eq": {"billable": True}}]},
            {"gte": {"spent_date": "2026-01-01"}},
            {"lte": {"spent_date": "2026-01-31"}},
        ]
    }
    roles = parse({"array_contains": {"user.roles": "Design"}}, FIELDS)
    assert entries_search(roles, date(2026, 1, 1), date(2026, 1, 31)) is None


@pytest.mark.parametrize(
    ("document", "known"),
    [
        ({"eq": {"notes": "x"}}, "A B C"),
        ({"like": {"notes": "x"}}, "A B"),
        ({"contains": {"notes": "x"}}, "C"),
        ({"and": [{"like": {"notes": "x"}}, {"contains": {"notes": "x"}}]}, ""),
    ],
)
def test_generations_that_know_a_filter(document: dict[str, Any], known: str) -> None:
    assert api_versions(parse(document, ENTRIES)) == known


def test_what_the_hosted_copy_lacks_is_named() -> None:
    there = {field.name for field in ENTRIES.searchable}
    lacking = next(f.name for f in ENTRIES.fields if f.name not in there)
    query = {"filter": {"neq": {lacking: None}}}

    assert not_hosted(read_search(ENTRIES, {"query": query})) == (lacking,)
    assert not_hosted(asked("x")) in ((), ("client.name",))
    assert Action.SEARCH in ENTRIES.actions
