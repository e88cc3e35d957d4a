"""What a page gives to take away: its charts as pictures, and itself on paper."""

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from dashboard.web.menu import MENU
from tests.browser import tab
from tests.e2e.conftest import Site
from tests.paper import printed

PERIOD = "period=2026-09-01..2026-11-20"


def chart_texts(page: Page) -> list[str]:
    """What is written in the charts, as far as a font has it left to right."""
    page.locator(".js-plotly-plot .main-svg text").first.wait_for(state="attached")
    found: list[str] = page.locator(".js-plotly-plot .main-svg text").all_text_contents()
    return [text for text in found if text.strip() and text.isascii()]


def saved(page: Page, directory: Path) -> Path:
    chart = page.locator(".js-plotly-plot").first
    chart.hover()
    with page.expect_download() as download:
        chart.locator(".modebar-btn").first.click()
    path = directory / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_chart_is_a_picture_in_the_chosen_format(site: Site, desk: Page, tmp_path: Path) -> None:
    with tab(desk, site.at(f"invoices?{PERIOD}")) as visited:
        page = visited.page
        texts = chart_texts(page)
        box = page.locator(".js-plotly-plot").first.bounding_box()
        first = page.locator(".js-plotly-plot").first
        said = [t for t in first.locator(".main-svg text").all_text_contents() if t.strip()]
        png = saved(page, tmp_path)
        page.get_by_role("button", name="more_horiz").click()
        page.get_by_role("radio", name="SVG").or_(page.get_by_role("button", name="SVG")).click()
        page.keyboard.press("Escape")
        visited.settled()
        svg = saved(page, tmp_path)

    assert png.suffix == ".png"
    head = png.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert box
    width, height = struct.unpack(">II", head[16:24])
    assert (width, height) == pytest.approx((2 * box["width"], 2 * box["height"]), abs=4)
    assert svg.suffix == ".svg"
    root = ElementTree.fromstring(svg.read_text("utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert texts
    assert {
        "".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")
    } >= set(said)
    assert not visited.complaints


# The widest charts there are, and the most: neither fits paper as it is drawn.
@pytest.mark.parametrize(("name", "width"), [("overview", 2560), ("invoices", 1440)])
def test_on_paper_there_is_the_page_whole_and_nothing_to_press(
    site: Site, desk: Page, name: str, width: int
) -> None:
    desk.set_viewport_size({"width": width, "height": 1000})
    with tab(desk, site.at(f"{name}?{PERIOD}")) as visited:
        page = visited.page
        texts = chart_texts(page)
        content = page.get_by_test_id("stMain")
        headings = content.get_by_role("heading").all_inner_texts()
        elsewhere = {entry.title for entry in MENU if entry.title not in content.inner_text()}
        figures = page.get_by_test_id("stMetricValue").all_inner_texts()
        prints = [printed(page, landscape=landscape) for landscape in (True, False)]

    for paper in prints:
        assert not paper.cut
        assert [text for text in headings + figures + texts if not paper.says(text)] == []
        pressed = {"Filters", "Compare: previous period", "CSV", "XLSX"}
        assert [text for text in elsewhere | pressed if paper.says(text)] == []
    assert elsewhere
    assert not visited.complaints
