"""What is seen while there is nothing yet, when something fails, and when something changes."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from harvest_demo import ACCOUNT_ID, TOKEN
from tests.browser import visit
from tests.e2e.conftest import TODAY, Site
from tests.serving import (
    ROOT,
    Server,
    command,
    dashboard,
    demo_server,
    direct,
    environment,
    free_port,
    wait_for,
)

SOON = 60_000  # milliseconds


ENTRIES = 2000


@pytest.fixture(scope="module")
def slow() -> Iterator[Server]:
    arguments = ("--entries", str(ENTRIES), "--today", TODAY, "--latency", "400", "--no-limits")
    with demo_server(*arguments) as running:
        yield running


def test_the_first_sync_shows_its_progress_and_becomes_the_page(
    browser: Browser, slow: Server, tmp_path: Path
) -> None:
    settings = direct(slow, tmp_path, HARVEST_TODAY=TODAY, HARVEST_SYNC_MINUTES="15")
    with (
        dashboard(settings) as served,
        visit(browser, f"{served.url}/hours") as visited,
    ):
        reading = visited.page.get_by_text("Importing your Harvest account")
        expect(reading).to_be_visible()
        expect(visited.page.get_by_test_id("stProgress")).to_be_visible()
        expect(visited.page.get_by_test_id("stMetric").first).to_be_visible(timeout=SOON)
        expect(reading).not_to_be_visible()

    assert not visited.complaints


def test_a_first_sync_that_fails_says_why_and_what_to_do(browser: Browser, tmp_path: Path) -> None:
    with demo_server("--entries", "200", "--today", TODAY) as harvest:
        settings = direct(
            harvest, tmp_path, HARVEST_SYNC_MINUTES="15", HARVEST_ACCESS_TOKEN="wrong-canary"
        )
        with (
            dashboard(settings, tmp_path / "log") as served,
            visit(browser, f"{served.url}/hours") as visited,
        ):
            expect(visited.page.get_by_text("The first sync failed")).to_be_visible(timeout=SOON)
            shown = visited.page.get_by_test_id("stMain").inner_text()

    assert "token" in shown
    assert "wrong-canary" not in shown + (tmp_path / "log").read_text("utf-8")
    assert not visited.complaints


def test_settings_that_make_no_sense_are_shown_not_raised(browser: Browser, tmp_path: Path) -> None:
    settings = {
        "HARVEST_SYNC_MINUTES": "often",
        "HARVEST_STORE_URL": f"duckdb:///{tmp_path / 'store.duckdb'}",
    }
    with (
        dashboard(settings, tmp_path / "log") as served,
        visit(browser, f"{served.url}/hours") as visited,
    ):
        shown = visited.page.get_by_test_id("stMain").inner_text()

    assert "HARVEST_SYNC_MINUTES must be a whole number" in shown
    assert not visited.complaints


def test_when_harvest_is_gone_the_data_stays_and_says_how_old_it_is(
    browser: Browser, tmp_path: Path
) -> None:
    with demo_server("--entries", "500", "--today", TODAY) as harvest:
        settings = direct(harvest, tmp_path, HARVEST_TODAY=TODAY)
        assert command("sync", settings=settings).returncode == 0
    with dashboard(settings) as served:
        with visit(browser, f"{served.url}/hours") as before:
            figure = before.page.get_by_test_id("stMetricValue").first.inner_text()
        with visit(browser, f"{served.url}/data") as visited:
            visited.page.get_by_role("button", name="Sync now").click()
            failed = visited.page.get_by_text("no connection")
            expect(failed.first).to_be_visible(timeout=SOON)
        with visit(browser, f"{served.url}/hours") as after:
            expect(after.page.get_by_text("Last sync failed").first).to_be_visible(timeout=SOON)
            still = after.page.get_by_test_id("stMetricValue").first.inner_text()

    assert still == figure
    assert not visited.complaints
    assert not after.complaints


def test_sync_now_brings_an_edit_into_a_page_that_is_already_open(
    site: Site, browser: Browser
) -> None:
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Harvest-Account-Id": ACCOUNT_ID,
        "User-Agent": "Somebody else (tests@example.com)",
    }
    day = "2023-12-12"
    with visit(browser, site.at(f"hours?period={day}..{day}")) as open_tab:
        figure = open_tab.page.get_by_test_id("stMetricValue").first
        before = figure.inner_text()
        with httpx.Client(base_url=site.harvest.url, headers=headers, trust_env=False) as harvest:
            listed = harvest.get("/time_entries", params={"from": day, "to": day}).json()
            (entry, *_) = listed["time_entries"]
            edited = {"hours": entry["hours"] + 5}
            harvest.patch(f"/time_entries/{entry['id']}", json=edited).raise_for_status()

        with visit(browser, site.at("data")) as data:
            data.page.get_by_role("button", name="Sync now").click()
            expect(data.page.get_by_test_id("stMain")).to_contain_text("Version")
            expect(figure).not_to_have_text(before, timeout=SOON)

    assert not open_tab.complaints
    assert not data.complaints


def test_the_data_page_tells_what_is_stored(site: Site, browser: Browser) -> None:
    with visit(browser, site.at("data")) as visited:
        shown = visited.page.get_by_test_id("stMain").inner_text()

    assert "Atelier Nordlicht" in shown
    assert "Harvest API" in shown
    assert "all history" in shown
    assert TOKEN not in shown.replace("demo account", "").split()
    assert not visited.complaints


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_at_once_also_in_the_middle_of_a_sync(
    slow: Server, tmp_path: Path, number: signal.Signals
) -> None:
    settings = direct(slow, tmp_path, HARVEST_TODAY=TODAY, HARVEST_SYNC_MINUTES="15")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT, env=environment(settings),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)

    process.send_signal(number)

    process.wait(15)
    done = command("sync", settings=settings)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["entities"]["time_entries"]["rows"] == ENTRIES
