"""`python -m dashboard check`, over real HTTP: equal, not equal and named, or not to be checked."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from harvest_demo import ACCOUNT_ID, TOKEN
from tests.serving import Server, command, demo_server, direct

TODAY = "2026-11-20"
PERIOD = ("--from", "2025-11-21", "--to", TODAY)
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Harvest-Account-Id": ACCOUNT_ID,
    "User-Agent": "Somebody else (tests@example.com)",
}


@pytest.fixture
def server() -> Iterator[Server]:
    with demo_server("--entries", "1000", "--today", TODAY) as running:
        yield running


def test_it_ends_with_0_while_equal_and_with_1_naming_what_is_not(
    server: Server, tmp_path: Path
) -> None:
    settings = direct(server, tmp_path, HARVEST_TODAY=TODAY)
    assert command("sync", settings=settings).returncode == 0

    equal = command("check", *PERIOD, settings=settings)
    assert (equal.returncode, equal.stderr) == (0, "")
    assert equal.stdout.splitlines()[-1] == "Equal to Harvest's reports."

    with httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False) as harvest:
        listed = harvest.get("/time_entries", params={"per_page": 200}).json()["time_entries"]
        entry = next(e for e in listed if not (e["is_running"] or e["is_locked"]))
        harvest.delete(f"/time_entries/{entry['id']}").raise_for_status()

    told = command("check", *PERIOD, "--format", "json", settings=settings)
    assert told.returncode == 1
    found = json.loads(told.stdout)
    assert not found["equal"]
    assert [(row["id"], row["why"]) for row in found["records"]] == [
        (entry["id"], "deleted in Harvest")
    ]
    text = command("check", *PERIOD, settings=settings)
    assert f"time_entries {entry['id']}" in text.stdout
    assert text.stdout.splitlines()[-1] == "Not equal to Harvest's reports."


def test_it_ends_with_2_where_it_could_not_check(server: Server, tmp_path: Path) -> None:
    settings = direct(server, tmp_path, HARVEST_TODAY=TODAY)

    nothing = command("check", *PERIOD, settings=settings)
    assert nothing.returncode == 2
    assert "Nothing has been synced yet" in nothing.stderr

    command("sync", settings=settings)
    refused = command("check", *PERIOD, settings=settings | {"HARVEST_ACCESS_TOKEN": "wrong"})
    backwards = command("check", "--from", TODAY, "--to", "2025-01-01", settings=settings)

    assert [one.returncode for one in (refused, backwards)] == [2, 2]
    assert "could not be checked" in refused.stderr
    assert "is before the start date" in backwards.stderr
