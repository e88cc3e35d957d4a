"""Beside the period, the page says whether its totals are Harvest's own; and mends what drifted."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from harvest_demo import ACCOUNT_ID, TOKEN
from tests.browser import visit
from tests.e2e.conftest import TODAY
from tests.serving import Server, command, dashboard, demo_server, direct

SOON = 60_000  # milliseconds
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Harvest-Account-Id": ACCOUNT_ID,
    "User-Agent": "Somebody else (tests@example.com)",
}


@pytest.fixture(scope="module")
def harvest() -> Iterator[Server]:
    with demo_server("--entries", "1000", "--today", TODAY, "--no-limits") as running:
        yield running


@pytest.fixture(scope="module")
def synced(harvest: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the last year and a bit, to be copied."""
    directory = tmp_path_factory.mktemp("synced")
    assert command("sync", settings=settings(harvest, directory)).returncode == 0
    return directory


@pytest.fixture(scope="module")
def served(
    harvest: Server, synced: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    directory = shutil.copytree(synced, tmp_path_factory.mktemp("served") / "copy")
    with dashboard(settings(harvest, directory, HARVEST_SYNC_MINUTES="15")) as running:
        yield running


def settings(harvest: Server, directory: Path, **more: str) -> dict[str, str]:
    # Of all invoices the payments alone would take the sync some of Harvest's windows.
    days = {"HARVEST_TODAY": TODAY, "HARVEST_SYNC_START": "2025-11-01"}
    return direct(harvest, directory, **days, **more)


def test_a_fresh_copy_is_equal_and_says_what_was_compared(browser: Browser, served: Server) -> None:
    with visit(browser, f"{served.url}/hours?period=12m") as visited:
        badge = visited.page.get_by_role("button", name="Matches Harvest", exact=True)
        expect(badge).to_be_visible(timeout=SOON)
        badge.click()
        expect(
            visited.page.get_by_text("Time report: matches for every project, to the cent")
        ).to_be_visible()
        visited.page.goto(f"{served.url}/data")
        visited.settled()
        expect(visited.page.get_by_text(re.compile(r"(\d+) of \1 checks match"))).to_be_visible()

    assert not visited.complaints


def test_days_that_nobody_compared_are_compared_when_asked_for(
    browser: Browser, served: Server
) -> None:
    with visit(browser, f"{served.url}/hours?period=2026-03-03..2026-04-09") as visited:
        around = visited.page.get_by_role("button", name="Matches Harvest (full months)")
        expect(around).to_be_visible(timeout=SOON)
        around.click()
        visited.page.get_by_role("button", name="Check now").click()
        expect(
            visited.page.get_by_role("button", name="Matches Harvest", exact=True)
        ).to_be_visible(timeout=SOON)

    assert not visited.complaints


def test_what_check_found_is_said_on_the_page(
    browser: Browser, harvest: Server, synced: Path, tmp_path: Path
) -> None:
    # It never syncs by itself, so nothing is mended before it is looked at.
    alone = settings(harvest, shutil.copytree(synced, tmp_path / "copy"))
    with httpx.Client(base_url=harvest.url, headers=HEADERS, trust_env=False) as client:
        listed = client.get("/time_entries", params={"per_page": 200}).json()["time_entries"]
        entry = next(e for e in listed if not (e["is_running"] or e["is_locked"]))
        client.delete(f"/time_entries/{entry['id']}").raise_for_status()
    days = ("--from", "2026-11-01", "--to", "2026-11-30")
    assert command("check", *days, settings=alone).returncode == 1

    with (
        dashboard(alone) as running,
        visit(browser, f"{running.url}/hours?period=2026-11-01..2026-11-30") as visited,
    ):
        badge = visited.page.get_by_role("button", name="Does not match Harvest")
        expect(badge).to_be_visible(timeout=SOON)
        badge.click()
        told = visited.page.get_by_text(f"Time Entries {entry['id']}", exact=False)
        expect(told).to_be_visible()
        expect(told).to_contain_text("deleted in Harvest")

    assert not visited.complaints
