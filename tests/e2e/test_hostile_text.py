"""What people wrote in Harvest is text on every page: nothing opens, loads, runs or is restyled."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request

from dashboard.charts.theme import visible_text
from dashboard.web.menu import MENU, PageEntry
from harvest_client import Harvest
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.browser import Visit, person, tab
from tests.e2e.conftest import TODAY
from tests.e2e.hostile_demo import TEXTS
from tests.serving import ROOT, Server, command, dashboard, direct, free_port, wait_for

OWN = "127.0.0.1"
HARVEST = re.compile(r"https://[a-z0-9-]+\.harvestapp\.com(/.*)?")
WORD = re.compile(r"[eé]vil")
# As they may be seen, longest first: some begin like others.
WRITTEN = sorted({visible_text(text) for text in TEXTS}, key=len, reverse=True)
SHORTEST_CUT = 6  # characters that are left of a text where there is no more room


@dataclass
class Watched:
    """A tab, the hosts other than ours that it turned to, and the dialogs that opened."""

    page: Page
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def request(self, asked: Request) -> None:
        if urlsplit(asked.url).hostname not in {OWN, None}:
            self.outside.append(asked.url)

    def dialog(self, opened: Dialog) -> None:
        self.dialogs.append(opened.message)
        opened.dismiss()


@dataclass(frozen=True)
class HostileSite:
    harvest: str
    dashboard: Server

    def at(self, name: str, **parameters: str) -> str:
        return f"{self.dashboard.url}/{name}?{urlencode({'period': '12m', **parameters})}"


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileSite]:
    directory = tmp_path_factory.mktemp("hostile")
    log = directory / "log"
    port = free_port()
    arguments = [sys.executable, "-m", "tests.e2e.hostile_demo", str(port), TODAY]
    process = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        harvest = Server(f"http://{OWN}:{port}/v2", process.pid)
        wait_for(f"{harvest.url}/users/me", process)
        settings = direct(harvest, directory, HARVEST_TODAY=TODAY)
        synced = command("sync", settings=settings)
        assert synced.returncode == 0, synced.stderr
        with dashboard(settings, log) as served:
            yield HostileSite(harvest.url, served)
        assert "Traceback" not in log.read_text("utf-8")
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Iterator[Watched]:
    with person(browser, height=2000) as context:
        found = Watched(context.new_page())
        context.on("request", found.request)
        context.on("page", lambda page: page.on("dialog", found.dialog))
        found.page.on("dialog", found.dialog)
        yield found


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.name)
def test_a_page_shows_texts_as_they_are(
    hostile_site: HostileSite, watched: Watched, entry: PageEntry
) -> None:
    if entry.name == "audit":  # whose only texts from elsewhere are what others filtered by
        simple = next(text for text in WRITTEN if json.dumps(text) == f'"{text}"')
        where = json.dumps({"eq": {"client.name": simple}})
        with tab(watched.page, hostile_site.at("hours", where=where)):
            pass
    with tab(watched.page, hostile_site.at(entry.name)) as visited:
        seen = _check(visited, watched)
        _point_at_charts(visited.page)
        seen |= _check(visited, watched)
        _select_a_row(visited)
        seen |= _check(visited, watched)

    assert seen
    assert not visited.complaints


@pytest.mark.parametrize("first", range(0, 16, 8))
def test_what_is_filtered_by_is_named_as_it_is(
    hostile_site: HostileSite, watched: Watched, first: int
) -> None:
    with Harvest(
        token=TOKEN, account_id=ACCOUNT_ID, base_url=hostile_site.harvest, contact="t@example.com"
    ) as harvest:
        chosen = {
            "client.id": [row.id for row in harvest.clients.all()][first : first + 8],
            "task.id": [row.id for row in harvest.tasks.all()][first // 2 :][:4],
            "user.id": [row.id for row in harvest.users.all()][first : first + 8],
        }
    where = json.dumps({"and": [{"in": {path: ids}} for path, ids in chosen.items()]})

    with tab(watched.page, hostile_site.at("hours", where=where)) as visited:
        seen = _check(visited, watched)
        visited.page.get_by_role("button", name="Filters", exact=True).click()
        visited.page.get_by_role("combobox", name="Projects").click()
        visited.page.get_by_role("option").first.wait_for()
        seen |= _check(visited, watched)

    assert len(seen) > 16
    assert not visited.complaints


def test_a_text_that_became_markup_is_seen(hostile_site: HostileSite, watched: Watched) -> None:
    with tab(watched.page, hostile_site.at("data")) as visited:
        visited.page.evaluate(
            """() => document.querySelector('[data-testid="stMain"]').insertAdjacentHTML(
                'beforeend',
                '<a href="https://evil.example">link</a><a href="javascript:0">run</a>'
                + '<p>a <b>evil</b> word</p><img src="/app/static/none.png" alt="">'
                + '<svg><a href="//evil.example"><text>b</text></a></svg>')"""
        )

        assert len(_foreign(visited.page)) == 3
        assert _altered(_texts(visited.page)) == ["evil"]


def _check(visited: Visit, watched: Watched) -> set[str]:
    """The texts that the page shows, after it was found to show all of them as they are."""
    page = visited.page
    # A table is a picture; its texts stand behind it, a moment after it was drawn.
    page.wait_for_function(
        """() => [...document.querySelectorAll('[data-testid="stDataFrame"]')]
            .every(table => table.querySelector('td'))"""
    )
    texts = _texts(page)
    assert not _altered(texts)
    assert not _foreign(page)
    assert page.locator(".katex").count() == 0
    assert page.get_by_test_id("stException").count() == 0
    assert page.locator("h1").first.is_visible()
    assert not watched.outside
    assert not watched.dialogs
    return {written for written in WRITTEN if any(written in text for text in texts)}


def _texts(page: Page) -> list[str]:
    """Every piece of text that stands in one node, and so in one style."""
    found: list[str] = page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const found = [];
            for (let node; (node = walker.nextNode());)
                if (!node.parentElement.closest('script, style, noscript, title'))
                    found.push(node.data);
            return found;
        }"""
    )
    return [" ".join(text.replace("\u2060", "").split()) for text in found]


def _altered(texts: list[str]) -> list[str]:
    """The texts of which something is left when all that was written is taken out of them."""
    return [text for text in texts if WORD.search(_rest(text))]


def _rest(text: str) -> str:
    for written in WRITTEN:
        text = text.replace(written, " ")
    for cut in re.findall(r"[^…]+(?=…)", text):
        for start in range(len(cut) - SHORTEST_CUT + 1):
            if any(written.startswith(cut[start:]) for written in WRITTEN):
                text = text.replace(f"{cut[start:]}…", " ")
                break
    return text


def _foreign(page: Page) -> list[str]:
    """Links and pictures that lead elsewhere; links into the account at Harvest may."""
    addresses: list[str] = page.evaluate(
        """() => {
            const found = [];
            for (const part of document.querySelectorAll('*'))
                for (const name of ['href', 'xlink:href', 'src', 'srcset', 'action', 'formaction'])
                    if (part.hasAttribute(name)) {
                        const said = part.getAttribute(name);
                        const parsed = URL.canParse(said, location);
                        found.push(parsed ? new URL(said, location).href : said);
                    }
            return found.filter(said =>
                !said.startsWith(location.origin + '/') && !/^(data:image|blob:)/.test(said));
        }"""
    )
    return [address for address in addresses if not HARVEST.fullmatch(address)]


def _point_at_charts(page: Page) -> None:
    """Opens what charts say of a point."""
    for chart in page.locator(".js-plotly-plot").all():
        for mark in chart.locator(".bars .point path, .slice path, .scatter .point").all()[:2]:
            box = mark.bounding_box()
            if box and box["width"] > 1 and box["height"] > 1:
                page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)


def _select_a_row(visited: Visit) -> None:
    """Selects the first row of the first table, where one can be."""
    table = visited.page.get_by_test_id("stDataFrame").first
    if table.count():
        table.click(position={"x": 16, "y": 54})
        visited.settled()
