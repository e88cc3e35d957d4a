"""The bar above the pages in a browser: what figures are compared with, and views that are kept."""

import json
from datetime import date
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page, expect

from dashboard.metrics.catalog import Unit
from tests.browser import Visit, tab
from tests.e2e.conftest import Site
from tests.e2e.test_hours import FORMATS
from tests.serving import command

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
A_YEAR_BEFORE = (date(2025, 10, 1), date(2025, 10, 31))
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
PERIOD = f"{OCTOBER[0]}..{OCTOBER[1]}"
NAME = "October *beside* the last one"


def hours(site: Site, days: tuple[date, date]) -> float:
    start, end = map(str, days)
    done = command("report", "hours", "--from", start, "--to", end, settings=site.settings)
    ((row),) = json.loads(done.stdout)
    found: float = row["hours"]
    return found


def change(site: Site, since: tuple[date, date]) -> str:
    said = FORMATS.format_change(hours(site, OCTOBER), hours(site, since), Unit.HOURS)
    assert said
    return said


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


LAST_YEAR = "Compare: same period last year"


def choose(visited: Visit, against: str) -> None:
    visited.page.get_by_role("combobox", name="Compare with").click()
    visited.page.get_by_role("option", name=against).click()
    visited.settled()


def test_figures_are_compared_with_what_is_chosen_and_the_address_keeps_it(
    site: Site, desk: Page
) -> None:
    with tab(desk, site.at(f"hours?period={PERIOD}")) as visited:
        page = visited.page
        delta = page.get_by_test_id("stMetricDelta").first
        expect(delta).to_have_text(change(site, SEPTEMBER))

        choose(visited, LAST_YEAR)

        expect(delta).to_have_text(change(site, A_YEAR_BEFORE))
        asked = {"period": [PERIOD], "compare": [LAST_YEAR]}
        assert query(page) == asked
        page.get_by_role("link", name="Utilization").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Utilization")
        visited.settled()
        assert query(page) == asked

        choose(visited, "No comparison")

        expect(page.get_by_test_id("stMetric").first).to_be_visible()
        expect(page.get_by_test_id("stMetricDelta")).to_have_count(0)

    assert not visited.complaints


def test_a_view_is_kept_opened_and_deleted(site: Site, desk: Page) -> None:
    asked = {"period": [PERIOD], "compare": [LAST_YEAR]}
    with tab(desk, site.at(f"hours?{urlencode(asked, doseq=True)}")) as visited:
        page = visited.page
        figure = page.get_by_test_id("stMetricValue").first.inner_text()
        page.get_by_role("button", name="Saved views").click()
        name = page.get_by_label("Name", exact=True)
        name.fill(NAME)
        name.press("Enter")  # saves: a second click is not needed
        view = page.get_by_role("link", name=NAME)
        expect(view).to_be_visible()

        page.goto(site.at("overview"))
        visited.settled()
        page.get_by_role("button", name="Saved views").click()
        with page.context.expect_page() as opening:
            view.click()
        opened = Visit(opening.value)
        opened.settled()
        expect(opened.page.get_by_role("heading", level=1)).to_have_text("Hours")
        expect(opened.page.get_by_test_id("stMetricValue").first).to_have_text(figure)
        assert query(opened.page) == asked
        opened.page.close()

        page.get_by_role("button", name="Delete").click()
        expect(view).to_have_count(0)
        page.goto(site.at("overview"))
        visited.settled()
        page.get_by_role("button", name="Saved views").click()
        expect(page.get_by_label("Name", exact=True)).to_be_visible()
        expect(view).to_have_count(0)

    assert not visited.complaints
