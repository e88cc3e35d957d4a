"""Takes the pictures in docs/images from the demo account: `python -m docs.screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import launch, visit
from tests.serving import command, dashboard

IMAGES = Path(__file__).parent / "images"
TODAY = "2026-11-20"
PICTURES = {
    "hours-light": ("hours?period=30d", 1440, 1000, "light"),
    "hours-dark": ("hours?period=12m", 1440, 1000, "dark"),
    "hours-mobile": ("hours?period=30d", 390, 844, "light"),
    "data-light": ("data", 1440, 1000, "light"),
}


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            "HARVEST_SOURCE": "demo",
            "HARVEST_TODAY": TODAY,
            "HARVEST_STORE_URL": f"duckdb:///{directory}/store.duckdb",
            "HARVEST_SYNC_MINUTES": "0",
        }
        command("sync", settings=settings).check_returncode()
        for first, last in (("2026-10-22", TODAY), ("2025-12-01", "2026-11-30")):
            command("check", "--from", first, "--to", last, settings=settings).check_returncode()
        with dashboard(settings) as served, sync_playwright() as playwright:
            browser = launch(playwright)
            for name, (path, width, height, scheme) in PICTURES.items():
                address = f"{served.url}/{path}"
                with visit(browser, address, width=width, height=height, scheme=scheme) as opened:
                    opened.page.wait_for_timeout(1500)  # charts fade in
                    opened.page.screenshot(path=IMAGES / f"{name}.png")
            browser.close()


if __name__ == "__main__":
    main()
