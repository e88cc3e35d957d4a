"""What is seen while a page is awaited."""

from playwright.sync_api import Browser, expect

from tests.browser import visit
from tests.e2e.conftest import Site
from tests.serving import throttled

PERIOD = "period=2026-06-03..2026-11-07"  # of this test alone: nobody has asked it yet


def test_a_page_that_takes_long_shows_its_outline_and_then_itself(
    site: Site, browser: Browser
) -> None:
    with visit(browser, site.at(f"data?{PERIOD}")) as visited:
        page = visited.page
        outline = page.get_by_test_id("stSkeletonElement")
        with throttled(site.dashboard.pid, 0.04):
            page.get_by_role("link", name="Profitability").click()
            expect(outline).to_have_count(4, timeout=30_000)  # figures, two charts, a table
            expect(page.get_by_role("heading", level=1)).to_have_text("Profitability")
        expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=30_000)
        visited.settled()
        expect(outline).to_have_count(0)

        with throttled(site.dashboard.pid, 0.04):
            page.get_by_role("button", name="more_horiz").click()
            page.get_by_role("radio", name="raw").or_(
                page.get_by_role("button", name="raw")
            ).click()
            expect(page.get_by_test_id("stApp")).to_have_attribute(
                "data-test-script-state", "running", timeout=30_000
            )
            page.wait_for_timeout(800)
            # Later what was there stays.
            assert outline.count() == 0
            assert page.get_by_test_id("stMetric").first.is_visible()

    assert not visited.complaints
