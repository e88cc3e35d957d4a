"""Every page in Chromium at 1,000,000 entries: from cold to settled, from click to painted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import Figure, p50, p95
from benchmarks.filter_change import million
from dashboard.web.menu import MENU, UNFILTERED
from tests.browser import launch
from tests.serving import dashboard

# Each asked for once on each page, so that nothing is cached.
_PERIODS = ("7d", "90d", "12m")
# Resolves with the moment of the last change after which nothing changed for half a second.
# What is within a canvas is for screen readers and painted nowhere: tables write it a quarter of a
# second after they are drawn.
_SETTLED = """new Promise(resolve => {
    let last = performance.now();
    const watch = new MutationObserver(changes => {
        if (changes.some(({target, type}) =>
            !(type === 'childList' ? target : target.parentElement)?.closest?.('canvas')
        )) last = performance.now();
    });
    watch.observe(document, {subtree: true, childList: true, attributes: true});
    const timer = setInterval(() => {
        if (performance.now() - last < 500) return;
        clearInterval(timer); watch.disconnect(); resolve(last);
    }, 20);
})"""
_CLICK = f"""async button => {{
    const began = performance.now(), settled = {_SETTLED};
    button.click();
    return await settled - began;
}}"""


def measure(directory: Path) -> Iterator[Figure]:
    names = [entry.name for entry in MENU if entry.name not in UNFILTERED]
    cold: list[float] = []
    clicks: list[float] = []
    with dashboard(million(directory), directory / "painted.log") as server, sync_playwright() as p:
        browser = launch(p)
        for name in names:
            context = browser.new_context(viewport={"width": 1440, "height": 1000})
            page = context.new_page()
            page.goto(f"{server.url}/{name}?period=30d", wait_until="commit")
            page.get_by_role("heading", level=1).wait_for()
            cold.append(_number(page.evaluate(f"() => {_SETTLED}")))
            clicks += [_click(page, period) for period in _PERIODS]
            context.close()
        browser.close()
    yield Figure("cold load settled, p50 of all pages", p50(cold), "ms", "under 3500")
    yield Figure("… the slowest page", max(cold), "ms")
    yield Figure("click to painted, p50", p50(clicks), "ms", "under 450")
    yield Figure("click to painted, p95", p95(clicks), "ms")


def _click(page: Page, period: str) -> float:
    button = page.get_by_role("radio", name=period, exact=True).or_(
        page.get_by_role("button", name=period, exact=True)
    )
    return _number(button.first.evaluate(_CLICK))


def _number(value: Any) -> float:
    return float(value)
