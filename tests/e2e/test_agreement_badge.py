"""Beside the period, the page says whether its totals are Harvest's own; and mends what drifted."""

import re
from pathlib import Path

import httpx
from playwright.sync_api import Browser, expect

from harvest_client.demo import ACCOUNT_ID, TOKEN
from tests.browser import visit
from tests.e2e.conftest import TODAY
from tests.serving import command, dashboard, demo_server, direct

SOON = 60_000  # milliseconds
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Harvest-Account-Id": ACCOUNT_ID,
    "User-Agent": "Somebody else (tests@example.com)",
}


def test_a_fresh_copy_is_equal_and_says_what_was_compared(browser: Browser, tmp_path: Path) -> None:
    with demo_server("--entries", "3000", "--today", TODAY) as harvest:
        settings = direct(harvest, tmp_path, HARVEST_TODAY=TODAY, HARVEST_SYNC_MINUTES="15")
        assert command("sync", settings=settings).returncode == 0
        with (
            dashboard(settings) as served,
            visit(browser, f"{served.url}/hours?period=12m") as visited,
        ):
            badge = visited.page.get_by_role("button", name="Equal to Harvest")
            expect(badge).to_be_visible(timeout=SOON)
            badge.click()
            expect(
                visited.page.get_by_text("Time report: equal to the cent, project by project")
            ).to_be_visible()
            visited.page.goto(f"{served.url}/data")
            visited.settled()
            expect(
                visited.page.get_by_text(re.compile(r"(\d+) of \1 comparisons are equal"))
            ).to_be_visible()

    assert not visited.complaints


def test_days_that_nobody_compared_are_compared_when_asked_for(
    browser: Browser, tmp_path: Path
) -> None:
    with demo_server("--entries", "3000", "--today", TODAY) as harvest:
        settings = direct(harvest, tmp_path, HARVEST_TODAY=TODAY, HARVEST_SYNC_MINUTES="15")
        assert command("sync", settings=settings).returncode == 0
        with (
            dashboard(settings) as served,
            visit(browser, f"{served.url}/hours?period=2026-03-03..2026-04-09") as visited,
        ):
            around = visited.page.get_by_role("button", name="Equal around these days")
            expect(around).to_be_visible(timeout=SOON)
            around.click()
            visited.page.get_by_role("button", name="Compare these days now").click()
            expect(visited.page.get_by_role("button", name="Equal to Harvest")).to_be_visible(
                timeout=SOON
            )

    assert not visited.complaints


def test_what_check_found_is_said_on_the_page(browser: Browser, tmp_path: Path) -> None:
    with demo_server("--entries", "3000", "--today", TODAY) as harvest:
        # It never syncs by itself, so nothing is mended before it is looked at.
        settings = direct(harvest, tmp_path, HARVEST_TODAY=TODAY)
        assert command("sync", settings=settings).returncode == 0
        with httpx.Client(base_url=harvest.url, headers=HEADERS, trust_env=False) as client:
            listed = client.get("/time_entries", params={"per_page": 200}).json()["time_entries"]
            entry = next(e for e in listed if not (e["is_running"] or e["is_locked"]))
            client.delete(f"/time_entries/{entry['id']}").raise_for_status()
        days = ("--from", "2026-11-01", "--to", "2026-11-30")
        assert command("check", *days, settings=settings).returncode == 1
        with (
            dashboard(settings) as served,
            visit(browser, f"{served.url}/hours?period=2026-11-01..2026-11-30") as visited,
        ):
            badge = visited.page.get_by_role("button", name="Differs from Harvest")
            expect(badge).to_be_visible(timeout=SOON)
            badge.click()
            expect(
                visited.page.get_by_text(f"Time Entries {entry['id']}", exact=False)
            ).to_be_visible()
            expect(visited.page.get_by_text("deleted in Harvest").first).to_be_visible()

    assert not visited.complaints
