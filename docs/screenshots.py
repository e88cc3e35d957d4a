"""Takes the pictures of the guide from the demo account: `python -m docs.screenshots`.

Every page, light and dark, on a desk and on a telephone. `python -m docs.screenshots DIRECTORY`
writes them there. A font with Japanese is installed if there is none.
"""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from dashboard.web.menu import MENU, UNFILTERED
from docs.palette import reduced
from tests.browser import launch, person, tab
from tests.browser_setup import NO_FONT, provide_font, run_command
from tests.serving import command, dashboard

IMAGES = Path(__file__).parent / "images"
TODAY = "2026-11-20"
# Width and height of the screen in pixels, and the setting of the system.
LOOKS = {
    "light": (1440, 1200, "light"),
    "dark": (1440, 1200, "dark"),
    "mobile": (390, 844, "light"),
    "mobile-dark": (390, 844, "dark"),
}
PERIODS = {"hours": "90d", "utilization": "90d"}
TURN = 500  # milliseconds
TURNS = 120


def take(address: str, directory: Path) -> None:
    """Writes every picture of the dashboard at `address` as DIRECTORY/PAGE-LOOK.png."""
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for look, (width, height, scheme) in LOOKS.items():
            with person(browser, width=width, height=height, scheme=scheme) as context:
                page = context.new_page()
                for entry in MENU:
                    with tab(page, f"{address}/{entry.name}{_period(entry.name)}") as opened:
                        picture = Image.open(BytesIO(_still(opened.page)))
                    path = directory / f"{entry.name}-{look}.png"
                    reduced(picture).save(path, optimize=True)
        browser.close()


def _still(page: Page) -> bytes:
    """The page as it stays: charts fade in and menus slide away after it has settled.

    Raises:
        TimeoutError: it still moves after a minute.
    """
    before = page.screenshot()
    for _ in range(TURNS):
        page.wait_for_timeout(TURN)
        now = page.screenshot()
        if now == before:
            return now
        before = now
    raise TimeoutError(f"{page.url} still moves")


def _period(name: str) -> str:
    return "" if name in UNFILTERED else f"?period={PERIODS.get(name, '12m')}"


def main(directory: Path) -> None:
    if not provide_font(run_command):
        sys.exit(NO_FONT)
    with tempfile.TemporaryDirectory() as store:
        settings = {
            "HARVEST_SOURCE": "demo",
            "HARVEST_TODAY": TODAY,
            "HARVEST_STORE_URL": f"duckdb:///{store}/store.duckdb",
            "HARVEST_SYNC_MINUTES": "0",
        }
        command("sync", settings=settings).check_returncode()
        for first, last in (("2026-08-23", TODAY), ("2025-12-01", "2026-11-30")):
            command("check", "--from", first, "--to", last, settings=settings).check_returncode()
        with dashboard(settings) as served:
            take(served.url, directory)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else IMAGES)
