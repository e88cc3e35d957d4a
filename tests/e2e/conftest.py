"""The demo account over real HTTP, the dashboard over it, and a browser to look with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import launch, person
from tests.serving import Server, command, dashboard, demo_server, direct

TODAY = "2026-11-20"
CURRENCY = "EUR"  # of cost: the demo account does not tell it, and there is no margin without one


@dataclass(frozen=True)
class Site:
    """A dashboard that reads a demo server, and the settings to ask it on the command line."""

    harvest: Server
    dashboard: Server
    settings: dict[str, str]
    log: Path

    def at(self, path: str) -> str:
        return f"{self.dashboard.url}/{path}"


# Not for the session: while it is open, a loop runs in this thread and no other test could run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = launch(playwright)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Page]:
    """A tab for one address after another: in a new one the browser loads all of Streamlit anew."""
    with person(browser) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("site")
    log = directory / "dashboard.log"
    with demo_server("--entries", "3000", "--today", TODAY) as harvest:
        settings = direct(harvest, directory, HARVEST_TODAY=TODAY, HARVEST_CURRENCY=CURRENCY)
        synced = command("sync", settings=settings)
        assert synced.returncode == 0, synced.stderr
        with dashboard(settings, log) as served:
            yield Site(harvest, served, settings, log)
