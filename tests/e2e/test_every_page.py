"""Every page of the menu, large and small, light and dark: whole, within its screen, for all."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, TimeoutError, expect

from dashboard.web.menu import MENU, PageEntry
from tests.browser import person, tab
from tests.e2e.conftest import Site
from tests.soak import sized

pytestmark = pytest.mark.longer("looks of all pages")

SCREENS = {"desktop": (1440, 1000), "mobile": (390, 844), "wide": (2560, 1440)}
EXPLORER = next(entry for entry in MENU if entry.name == "explorer")  # high enough for its calls
# Looks at a page that was loaded once, in order; what breaks elsewhere rarely holds in these.
LOOKS = [("desktop", "light"), ("mobile", "dark")]
WIDE = [*MENU[:2], EXPLORER]
ALL_LOOKS = [(screen, scheme) for scheme in ("light", "dark") for screen in SCREENS]
PERIOD = "period=12m"
# What Streamlit draws itself and no page can mend.
STREAMLITS = {
    "list": '[data-testid^="stSidebarNav"]',  # the menu's sections stand between its items
    "listitem": '[data-testid^="stSidebarNav"]',
    "svg-img-alt": '[data-testid^="stMetric"]',  # the line in a metric has no title
}


@pytest.fixture(scope="module")
def looking(browser: Browser) -> Iterator[Page]:
    """One tab: Streamlit's own files are loaded once."""
    with person(browser) as context:
        yield context.new_page()


@pytest.fixture(autouse=True)
def light(looking: Page) -> None:
    """Each test begins with the light scheme."""
    looking.emulate_media(color_scheme="light")


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.name)
def test_page_is_complete_and_accessible_in_every_look(
    site: Site, looking: Page, entry: PageEntry
) -> None:
    looks = sized(LOOKS + ([("wide", "light")] if entry in WIDE else []), ALL_LOOKS)
    with tab(looking, site.at(f"{entry.name}?{PERIOD}")) as visited:
        for screen, scheme in looks:
            width, height = SCREENS[screen]
            looking.set_viewport_size({"width": width, "height": height})
            looking.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            visited.settled()
            _check(looking, entry)

    assert not visited.complaints


def _check(page: Page, entry: PageEntry) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(entry.title)
    assert page.get_by_test_id("stException").count() == 0
    errors = page.get_by_test_id("stAlertContentError").all_inner_texts()
    assert not errors
    assert not _too_wide(page)
    assert not _cut(page)
    barriers = _barriers(page)
    assert not barriers, "\n".join(barriers)
    assert not _outside_their_charts(page)


def test_what_is_broken_is_seen(site: Site, looking: Page) -> None:
    with tab(looking, site.at("data")) as visited:
        visited.page.set_viewport_size({"width": 390, "height": 844})
        visited.settled()
        visited.page.evaluate(
            """() => document.querySelector('[data-testid="stHeading"]').insertAdjacentHTML(
                'beforeend',
                '<div style="width: 500px"><a href="/nowhere" style="color: #ddd">Pale</a>'
                + '<button></button></div>'
                + '<div class="js-plotly-plot" style="width: 50px"><svg class="main-svg" '
                + 'style="overflow: visible"><text x="10" y="20">1,234.56 EUR</text></svg></div>'
                + '<div data-testid="stMetric"><p style="width: 50px; overflow: hidden; '
                + 'white-space: nowrap">Uninvoiced amount</p></div>')"""
        )

        assert _cut(visited.page) == ["Uninvoiced amount"]
        assert _outside_their_charts(visited.page) == ["1,234.56 EUR"]
        assert _too_wide(visited.page)
        barriers = {found.partition(":")[0] for found in _barriers(visited.page)}
        assert barriers == {"button-name", "color-contrast", "target-size"}


def test_what_the_policy_forbids_is_seen_and_does_not_happen(site: Site, looking: Page) -> None:
    with tab(looking, site.at("data")) as visited:
        visited.page.evaluate(
            """() => {
                document.body.insertAdjacentHTML("beforeend",
                    '<img src="http://127.0.0.1:9/pixel.png" onerror="window.ran = 1">');
                const script = document.createElement("script");
                script.textContent = "window.ran = 2";
                document.body.append(script);
                // What a test runs itself may do this, what it leaves behind may not.
                setTimeout(() => { try { new Function("window.ran = 3")() } catch {} });
                return fetch("http://127.0.0.1:9/").catch(() => 0);
            }"""
        )
        visited.settled()

        assert visited.page.evaluate("() => window.ran") is None
    policy = {line for line in visited.complaints if line.startswith("console: policy: ")}
    assert {line.split(": ")[2] for line in policy} == {
        "img-src", "script-src-attr", "script-src-elem", "script-src", "connect-src",
    }  # fmt: skip


def _too_wide(page: Page) -> list[str]:
    """Return what reaches beyond the screen once the layout has had time to follow its size."""
    with suppress(TimeoutError):
        page.wait_for_function(
            """() => [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
                .every(box => box.scrollWidth <= box.clientWidth)""",
            timeout=3_000,
        )
    found: list[str] = page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid="stMain"]');
            const over = box => box.scrollWidth - box.clientWidth;
            if (over(document.scrollingElement) <= 0 && over(main) <= 0) return [];
            return [...main.querySelectorAll('[data-testid]')]
                .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
                .map(part => `${part.dataset.testid}: ${part.textContent.slice(0, 60)}`)
                .concat('moves sideways');
        }"""
    )
    return found


def _cut(page: Page) -> list[str]:
    """What of a card does not fit into it."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stMetric"] *')]
            .filter(part => part.innerText && part.clientWidth
                && part.scrollWidth > part.clientWidth + 1)
            .map(part => part.innerText)"""
    )
    return found


def _outside_their_charts(page: Page) -> list[str]:
    """Texts of charts that a chart's edge cuts."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
            .every(chart => chart.querySelector('.main-svg text'))"""
    )
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(chart => {
            const edge = chart.getBoundingClientRect();
            return [...chart.querySelectorAll('.main-svg text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.width && (box.right > edge.right + 1 || box.left < edge.left - 1
                    || box.bottom > edge.bottom + 1 || box.top < edge.top - 1);
            }).map(text => text.textContent);
        })"""
    )
    return found


def _barriers(page: Page) -> list[str]:
    """What axe-core calls serious or critical and is ours, with where it is and why."""
    # What still moves stands before something else, and axe-core would say nothing of either.
    page.evaluate(
        """() => Promise.allSettled(document.getAnimations()
            .filter(one => one.effect.getComputedTiming().endTime < 5000)
            .map(one => one.finished))"""
    )
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    answer: dict[str, Any] = Axe().run(page, options=options).response
    return [
        f"{violation['id']}: {node['target'][-1]}: {node['failureSummary']}"
        for violation in answer["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
        if not _is_streamlits(page, violation["id"], str(node["target"][-1]))
    ]


def _is_streamlits(page: Page, rule: str, target: str) -> bool:
    within = STREAMLITS.get(rule)
    return within is not None and bool(
        page.evaluate(
            "([target, within]) => !!document.querySelector(target)?.closest(within)",
            [target, within],
        )
    )
