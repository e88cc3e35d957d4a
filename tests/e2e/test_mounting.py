"""Pages and downloads in a browser, below a path before ours."""

import pytest
from playwright.sync_api import Browser

from tests.browser import visit
from tests.e2e.conftest import Site
from tests.proxying import proxy
from tests.serving import dashboard

BASE = ["--server.baseUrlPath", "insights"]


@pytest.mark.parametrize(
    ("options", "before"),
    [(BASE, None), ([], "strips")],
    ids=["below a path", "stripped"],
)
def test_page_is_whole_and_its_links_download_below_a_path(
    site: Site, browser: Browser, options: list[str], before: str | None
) -> None:
    with dashboard(site.settings, site.log, options) as served:
        if before is None:
            complaints, text = looked_at(browser, f"{served.url}/insights")
        else:
            with proxy(served.url, "/insights", strips=True) as url:
                complaints, text = looked_at(browser, url)

    assert not complaints
    assert text.startswith('"client",')
    assert text.count("\n") > 10


def looked_at(browser: Browser, url: str) -> tuple[list[str], str]:
    """What the browser complained of, and the first file that the page gives."""
    with visit(browser, f"{url}/") as start:
        start.settled()
        assert start.page.url.startswith(f"{url}/overview")
    with visit(browser, f"{url}/hours?period=90d") as opened:
        opened.settled()
        opened.page.locator(".js-plotly-plot").first.wait_for()
        assert opened.page.evaluate("document.fonts.check('16px Inter')")
        link = opened.page.get_by_role("link", name="CSV").first
        with opened.page.expect_download() as download:
            link.click()
        return [*start.complaints, *opened.complaints], download.value.path().read_text("utf-8-sig")
