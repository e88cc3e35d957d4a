"""Takes the pictures of the guide from the demo account: `python -m docs.screenshots`.

`python -m docs.screenshots DIRECTORY` takes every page, light, dark and on a telephone, to look at.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from dashboard.ui.menu import MENU, UNFILTERED
from tests.browser import launch, person, tab
from tests.serving import command, dashboard

IMAGES = Path(__file__).parent / "images"
TODAY = "2026-11-20"
LOOKS = {
    "light": (1440, 1200, "light"),
    "dark": (1440, 1200, "dark"),
    "mobile": (390, 844, "light"),
}
# Beside each page's in light, which all are in the guide.
ALSO = {"overview-dark", "overview-mobile", "hours-dark", "hours-mobile"}
PERIODS = {"hours": "90d", "utilization": "90d"}
SETTLED = 1500  # milliseconds: charts fade in


def pictures() -> list[tuple[str, str]]:
    """Page and look of each picture in the guide."""
    return [
        (entry.name, look)
        for look in LOOKS
        for entry in MENU
        if look == "light" or f"{entry.name}-{look}" in ALSO
    ]


def every_picture() -> list[tuple[str, str]]:
    return [(entry.name, look) for look in LOOKS for entry in MENU]


def take(address: str, wanted: list[tuple[str, str]], directory: Path) -> None:
    """Writes the `wanted` pictures of the dashboard at `address` as DIRECTORY/PAGE-LOOK.png."""
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for look, (width, height, scheme) in LOOKS.items():
            with person(browser, width=width, height=height, scheme=scheme) as context:
                for name in (name for name, wanted_look in wanted if wanted_look == look):
                    with tab(context, f"{address}/{name}{_period(name)}") as opened:
                        opened.page.wait_for_timeout(SETTLED)
                        opened.page.screenshot(path=directory / f"{name}-{look}.png")
        browser.close()


def _period(name: str) -> str:
    return "" if name in UNFILTERED else f"?period={PERIODS.get(name, '12m')}"


def main(wanted: list[tuple[str, str]], directory: Path) -> None:
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
            take(served.url, wanted, directory)


if __name__ == "__main__":
    if sys.argv[1:]:
        main(every_picture(), Path(sys.argv[1]))
    else:
        main(pictures(), IMAGES)
