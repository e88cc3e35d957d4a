"""The same commands for the three sources, chosen by nothing but settings."""

import json
from pathlib import Path

import pytest

from harvest_demo import CLIENT_ID, CLIENT_SECRET
from harvest_demo.server.sign_in import CLIENT_ID as OAUTH_ID
from harvest_demo.server.sign_in import CLIENT_SECRET as OAUTH_SECRET
from harvest_demo.server.sign_in import REFRESH_TOKEN
from tests.harvest_client.cli.running import CommandLine
from tests.serving import Server, command
from tests.serving import direct as direct_settings

LISTED = 2_000  # what one hosted list can hand out
BUSY = {"filter": {"and": [{"gt": {"hours": 6}}, {"eq": {"billable": True}}]}}


def test_a_direct_account_is_listed_to_its_end(direct: CommandLine) -> None:
    done = direct("time_entries", "list", "--all", "--fields", "id", "--format", "jsonl")

    assert len({row["id"] for row in done.lines}) == 2_500
    assert done.err == ""


def test_searching_a_direct_account_needs_its_copy(
    server: Server, tmp_path: Path, direct: CommandLine
) -> None:
    before = direct("time_entries", "search")
    synced = command("sync", settings=direct_settings(server, tmp_path))
    after = direct("time_entries", "search", "--query", json.dumps(BUSY), "--all")

    assert (before.code, before.out) == (2, b"")
    assert "Nothing has been synced yet." in before.err
    assert "`python -m dashboard sync`" in before.err
    assert synced.returncode == 0
    listed = direct("time_entries", "list", "--all").data
    assert {row["id"] for row in after.data} == {
        row["id"] for row in listed if row["hours"] > 6 and row["billable"]
    }


def test_a_copy_that_cannot_be_read_is_a_sentence(
    server: Server, tmp_path: Path, direct: CommandLine
) -> None:
    assert command("sync", settings=direct_settings(server, tmp_path)).returncode == 0
    file = max(tmp_path.rglob("v*.duckdb"))  # the readings found may have made a second
    file.write_bytes(b"\0" * 100_000)

    done = direct("users", "search")

    assert (done.code, done.out) == (2, b"")
    assert file.name in done.err
    assert "Traceback" not in done.err


def test_an_oauth_sign_in_is_a_direct_account(direct: CommandLine, tmp_path: Path) -> None:
    signed_in = direct.with_(
        HARVEST_ACCESS_TOKEN="",
        HARVEST_CLIENT_ID=OAUTH_ID,
        HARVEST_CLIENT_SECRET=OAUTH_SECRET,
        HARVEST_REFRESH_TOKEN=REFRESH_TOKEN,
    )

    first, second = signed_in("users", "list"), signed_in("accounts")

    assert first.data
    assert second.json == direct("accounts").json
    assert (tmp_path / "harvest-sign-in.json").exists()


def test_the_hosted_api_searches_by_itself(direct: CommandLine, hosted: CommandLine) -> None:
    found = hosted("time_entries", "search", "--query", json.dumps(BUSY), "--all")

    listed = direct("time_entries", "list", "--all").data
    assert {row["id"] for row in found.data} == {
        row["id"] for row in listed if row["hours"] > 6 and row["billable"]
    }
    assert "rounded_hours" not in found.data[0]


def test_a_short_hosted_list_is_whole(direct: CommandLine, hosted: CommandLine) -> None:
    assert hosted("users", "list", "--all").data == direct("users", "list").data
    assert hosted("users", "list").json["meta"]["truncated"] is False


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_a_long_hosted_list_says_that_it_ends_early(hosted: CommandLine, format: str) -> None:
    page = hosted("time_entries", "list").json
    whole = hosted("time_entries", "list", "--all", "--format", format)

    assert len(page["data"]) == LISTED
    assert page["meta"]["truncated"] is True
    assert (whole.code, whole.out) == (3, b"")
    assert "time_entries: the hosted list ends after 2,000 of more records." in whole.err
    assert "Use search" in whole.err


def test_what_a_hosted_list_does_not_know_is_refused(hosted: CommandLine) -> None:
    filtered = hosted("users", "list", "--is-active", "true")
    accounts = hosted("accounts")

    assert (filtered.code, accounts.code) == (2, 2)
    assert "a hosted list of users takes no parameter 'is_active'" in filtered.err
    assert "the one account that its connector was set up for" in accounts.err
    assert filtered.out + accounts.out == b""


def test_the_same_record_comes_from_both(direct: CommandLine, hosted: CommandLine) -> None:
    id = str(direct("invoices", "list", "--limit", "1").data[0]["id"])

    assert hosted("invoices", "get", id).json == direct("invoices", "get", id).json


def test_two_ways_in_need_a_word_about_which(direct: CommandLine, server: Server) -> None:
    both = direct.with_(
        AIRBYTE_CLIENT_ID=CLIENT_ID,
        AIRBYTE_CLIENT_SECRET=CLIENT_SECRET,
        AIRBYTE_BASE_URL=server.url.removesuffix("/v2"),
    )

    unsaid = both("users", "list")
    said = [both.with_(HARVEST_SOURCE=name)("accounts").code for name in ("direct", "hosted")]

    assert (unsaid.code, unsaid.out) == (2, b"")
    assert "HARVEST_SOURCE must say 'direct' or 'hosted'." in unsaid.err
    assert said == [0, 2]


def test_the_demo_account_opens_where_nothing_is_set(demo: CommandLine) -> None:
    assert demo("company", "get").json["full_domain"] == "nordlicht.harvestapp.com"


@pytest.mark.parametrize(
    ("settings", "said", "code"),
    [
        ({"HARVEST_ACCESS_TOKEN": "canary"}, "The token is wrong", 3),
        ({"HARVEST_ACCESS_TOKEN": "canary"}, "HARVEST_ACCOUNT_ID", 3),
        ({"HARVEST_ACCOUNT_ID": "999"}, "HARVEST_ACCESS_TOKEN and HARVEST_ACCOUNT_ID", 1),
        ({"HARVEST_ACCOUNT_ID": ""}, "HARVEST_ACCOUNT_ID must be set", 2),
        ({"HARVEST_SOURCE": "both"}, "HARVEST_SOURCE must be 'direct' or 'hosted' or 'demo'", 2),
        ({"HARVEST_BASE_URL": "harvest"}, "HARVEST_BASE_URL must begin with https", 2),
    ],
)
def test_what_is_wrong_with_a_source_is_said(
    direct: CommandLine, settings: dict[str, str], said: str, code: int
) -> None:
    done = direct.with_(**settings)("users", "list")

    assert (done.code, done.out) == (code, b"")
    assert said in done.err
    assert "canary" not in done.err
