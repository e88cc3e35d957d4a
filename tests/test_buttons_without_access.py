"""Buttons of open pages, pressed by people who no longer may: nothing happens."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from dashboard.access.saved_views import Views
from dashboard.store.snapshots import Snapshots
from dashboard.store.sync_log import SyncLog
from dashboard.web.menu import MENU
from harvest_demo import ACCOUNT_ID, TOKEN
from harvest_demo.account.users import FIRST_USER_ID
from tests.serving import Server, command, dashboard, demo_server, direct
from tests.signing_in import Browser, Shown, Tab, account, provider, secrets

REVOKED, ARCHIVED, DEMOTED, WITNESS = 10, 11, 12, 13
"""Places of people of the demo account who are administrators here."""
PATIENCE = 60.0
OWN = ("save_view", "delete_view_Mine", "sign_out")
"""Buttons of everybody who is signed in."""
VALUES: dict[str, dict[str, Any]] = {
    "checkbox": {"bool_value": True},
    "number_input": {"double_value": 2.0},
    "selectbox": {"string_value": "7"},
    "text_input": {"string_value": "7d"},
}
NARROWED = {"period": "all", "where": json.dumps({"eq": {"billable": True}})}
ADDRESSES = [
    *(f"{entry.name}?{urlencode(NARROWED)}" for entry in MENU),
    "explorer?entity=users",
    "hours?period=soon",
    "hours?" + urlencode({"where": json.dumps({"eq": {"client.id": 1}})}),
]
_HEADERS = {"Authorization": f"Bearer {TOKEN}", "Harvest-Account-Id": ACCOUNT_ID}


@dataclass(frozen=True)
class House:
    """A dashboard with sign-in, over a demo server."""

    url: str
    provider: str
    harvest: Server
    settings: dict[str, str]
    directory: Path

    @property
    def data(self) -> Path:
        return self.directory / "snapshots"

    def browser(self, place: int) -> Browser:
        """Return the browser of an administrator who has signed in."""
        self.edit(place, access_roles=["administrator"])
        email = f"person{place + 1}@nordlicht.example"
        account(self.provider, f"person{place}", email=email, email_verified=True)
        browser = Browser(self.url)
        browser.sign_in(f"person{place}")
        return browser

    def edit(self, place: int, **changes: object) -> None:
        httpx.patch(
            f"{self.harvest.url}/users/{FIRST_USER_ID + place}",
            json=changes, headers=_HEADERS, trust_env=False,
        ).raise_for_status()  # fmt: skip

    def run(self, *arguments: str) -> None:
        done = command(*arguments, settings=self.settings)
        assert done.returncode == 0, done.stderr

    def state(self) -> dict[str, Any]:
        """Return everything that a button can change: store, views, audit log, sign-ins."""
        files = self.data / ACCOUNT_ID
        with closing(sqlite3.connect(files / "sign-ins.sqlite")) as sign_ins:
            rows = [
                sign_ins.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
                for table in ("sessions", "bindings", "revoked")
            ]
        with closing(sqlite3.connect(files / "audit.sqlite")) as audit:
            entries = audit.execute("SELECT count(*) FROM entries").fetchone()
        views = files / "views.json"
        return {
            "sign-ins": rows,
            "audit": entries,
            "views": views.read_text("utf-8") if views.exists() else "",
            "version": Snapshots(self.data, ACCOUNT_ID).get_current(),
            "syncs": len(SyncLog(self.data, ACCOUNT_ID).read()),
        }


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("house")
    file = directory / "secrets.toml"
    with provider() as url, demo_server("--entries", "300", "--no-limits") as harvest:
        secrets(file, {"": url})
        people = directory / "people.toml"
        settings = direct(harvest, directory) | {"HARVEST_PEOPLE_FILE": str(people)}
        options = ["--secrets.files", str(file)]
        with dashboard(settings, directory / "log", options) as server:
            made = House(server.url, url, harvest, settings, directory)
            for place in (REVOKED, ARCHIVED, DEMOTED, WITNESS):
                made.edit(place, access_roles=["administrator"])
                Views(made.data / ACCOUNT_ID, str(FIRST_USER_ID + place)).save_view(
                    "Mine", "hours", "period=7d"
                )
            made.run("sync")
            yield made
        assert "Traceback" not in (directory / "log").read_text("utf-8")


@pytest.fixture(scope="module")
def witness(house: House) -> Iterator[Tab]:
    """The Data page of an administrator, where the last sync was stopped by the deletion guard."""
    with httpx.Client(headers=_HEADERS, trust_env=False, timeout=60) as client:
        page = client.get(f"{house.harvest.url}/time_entries", params={"per_page": "2000"}).json()
        for entry in page["time_entries"][:60]:
            client.delete(f"{house.harvest.url}/time_entries/{entry['id']}").raise_for_status()
    with house.browser(WITNESS).tab() as tab:
        tab.open("data")
        tab.press("sync_now")
        deadline = time.monotonic() + PATIENCE
        while "accept_deletions" not in tab.again().buttons:
            assert time.monotonic() < deadline
        yield tab


def open_pages(browser: Browser, stack: ExitStack) -> list[tuple[Tab, Shown]]:
    """Open every page in a tab of its own, with the pickers of its filters open."""
    pages = []
    for address in ADDRESSES:
        tab = stack.enter_context(browser.tab())
        shown = tab.open(address)
        assert shown.has_menu, shown.text
        if tab.has("filters"):
            shown.buttons |= tab.set("filters", bool_value=True).buttons
            shown.buttons |= tab.set("_view_name", string_value="Stolen").buttons
        pages.append((tab, shown))
    assert {"save_view", "delete_view_Mine", "sync_now", "accept_deletions", "compare_days"} <= {
        button for _, shown in pages for button in shown.buttons
    }
    return pages


def use_all(pages: list[tuple[Tab, Shown]]) -> int:
    """Draw every fragment alone, press every button, change every other widget.

    Return how often that was. Fails where an answer has data.
    """
    number = 0
    for tab, shown in pages:
        fields = [(key, VALUES[kind]) for key, kind in tab.kinds.items() if kind in VALUES]
        answers: list[Callable[[], Shown]] = [
            *(partial(tab.rerun_fragment, one) for one in tab.fragments),
            *(partial(tab.press, one) for one in shown.buttons),
            *(partial(tab.set, key, **value) for key, value in fields),
        ]
        for answer in answers:
            after = answer()
            assert not after.has_data
            assert not after.has_menu
            assert "fault of ours" not in after.text
            number += 1
    return number


def press_without_right(pages: list[tuple[Tab, Shown]]) -> int:
    """Press every button of pages that were drawn for an administrator; return how many."""
    number = 0
    for tab, shown in pages:
        first = [button for button in shown.buttons if button in OWN][:1]
        # The page is drawn again after the first: a member may save views, and sign out.
        for button in [*first, *(button for button in shown.buttons if button not in OWN)]:
            assert "fault of ours" not in tab.press(button).text
            number += 1
        assert "Administrator" not in tab.again().text
    return number


def test_open_pages_do_nothing_after_the_sign_in_ended(house: House, witness: Tab) -> None:
    browser = house.browser(REVOKED)
    with ExitStack() as stack:
        pages = open_pages(browser, stack)
        house.run("sign-ins", "--end", str(FIRST_USER_ID + REVOKED))
        assert browser.export().status_code == 401
        before = house.state()

        used = use_all(pages)

    assert "accept_deletions" in witness.again().buttons
    assert house.state() == before
    assert used > 200


def test_open_pages_do_nothing_that_harvest_no_longer_allows(house: House, witness: Tab) -> None:
    archived, demoted = house.browser(ARCHIVED), house.browser(DEMOTED)
    with ExitStack() as stack:
        pages_of_archived = open_pages(archived, stack)
        pages_of_demoted = open_pages(demoted, stack)
        house.edit(ARCHIVED, is_active=False)
        house.edit(DEMOTED, access_roles=["member"])
        house.run("sync", "--accept-deletions")
        assert archived.export().status_code == 403
        before = house.state()

        used = use_all(pages_of_archived)
        pressed = press_without_right(pages_of_demoted)

    assert "accept_deletions" in witness.again().buttons
    assert house.state() == before
    assert used > 200
    assert pressed > 80
