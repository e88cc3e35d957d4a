"""After the first sync only what changed is read and written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard.store.payments import PAYMENTS
from dashboard.sync.payments import MOST
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.serving import Server, command, demo_server, direct

TODAY = "2026-11-20"
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Harvest-Account-Id": ACCOUNT_ID,
    "User-Agent": "Somebody else (tests@example.com)",
}


@pytest.fixture
def server() -> Iterator[Server]:
    # The limits are tested elsewhere; here they would only be waited for.
    with demo_server("--entries", "6000", "--today", TODAY, "--no-limits") as running:
        yield running


def sync(settings: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = command("sync", *arguments, settings=settings)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def changes(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """What was written, but for payments: of many invoices they arrive over several syncs."""
    return {
        name: (entity["inserted"], entity["updated"])
        for name, entity in report["entities"].items()
        if (entity["inserted"] or entity["updated"]) and name != PAYMENTS.name
    }


def test_fifty_edits_cost_two_requests_per_entity_at_most_and_change_exactly_those_rows(
    server: Server, tmp_path: Path
) -> None:
    settings = direct(server, tmp_path, HARVEST_TODAY=TODAY)
    sync(settings)
    with httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False) as harvest:
        listed = harvest.get("/time_entries", params={"per_page": 2000, "page": 2}).json()
        entries = [entry for entry in listed["time_entries"] if not entry["is_running"]]
        for entry in entries[::30][:40]:
            hours = entry["hours"] + 1
            harvest.patch(f"/time_entries/{entry['id']}", json={"hours": hours}).raise_for_status()
        for entry in entries[1::30][:10]:
            created = {
                "project_id": entry["project"]["id"],
                "task_id": entry["task"]["id"],
                "user_id": entry["user"]["id"],
                "spent_date": entry["spent_date"],
                "hours": 1.5,
            }
            harvest.post("/time_entries", json=created).raise_for_status()

    report = sync(settings)

    assert changes(report) == {"time_entries": (10, 40)}
    assert report["entities"]["time_entries"]["rows"] == 6010
    assert report["requests"] <= 2 * len(report["entities"]) + MOST


def test_an_entry_moved_to_another_day_is_counted_there_and_only_there(
    server: Server, tmp_path: Path
) -> None:
    settings = direct(server, tmp_path, HARVEST_TODAY=TODAY)
    sync(settings)
    with httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False) as harvest:
        day = {"from": "2026-10-05", "to": "2026-10-05"}
        (entry, *_) = harvest.get("/time_entries", params=day).json()["time_entries"]
        moved = {"spent_date": "2025-10-06"}
        harvest.patch(f"/time_entries/{entry['id']}", json=moved).raise_for_status()

    report = sync(settings)

    where = ("--where", json.dumps({"eq": {"id": entry["id"]}}))
    done = command(
        "report", "raw_hours", "--by", "day", "--from", "2025-01-01", "--to", "2026-12-31", *where,
        settings=settings,
    )  # fmt: skip
    assert changes(report) == {"time_entries": (0, 1)}
    (row,) = json.loads(done.stdout)
    assert row["day"] == "2025-10-06"


def test_a_full_sync_reads_everything_and_finds_nothing_new(server: Server, tmp_path: Path) -> None:
    settings = direct(server, tmp_path, HARVEST_TODAY=TODAY, HARVEST_SYNC_START="2026-10-01")
    first = sync(settings)

    again = sync(settings, "--full")

    entries = first["entities"]["time_entries"]["rows"]
    # Those of the last day of a page come with the next as well.
    assert again["entities"]["time_entries"]["fetched"] >= entries > 0
    # Payments are read a few at a time, whatever the sync.
    assert changes(again).keys() <= {PAYMENTS.name}


def test_the_oldest_day_to_keep_is_kept_to(server: Server, tmp_path: Path) -> None:
    settings = direct(server, tmp_path, HARVEST_TODAY=TODAY, HARVEST_SYNC_START="2026-01-01")

    report = sync(settings)
    again = sync(settings)

    done = command(
        "report", "hours", "--by", "year", "--from", "2020-01-01", "--to", "2026-12-31",
        settings=settings,
    )  # fmt: skip
    assert 0 < report["entities"]["time_entries"]["rows"] < 6000
    assert changes(again) == {}
    rows = json.loads(done.stdout)
    assert [row["year"] for row in rows if row["complete"]] == ["2026-01-01"]
    assert {row["hours"] for row in rows if not row["complete"]} == {None}
