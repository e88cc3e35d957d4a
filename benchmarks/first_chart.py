"""From `make run` to the first chart of the demo account, after installation, in Chromium."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.figures import Figure
from tests.browser import launch
from tests.serving import ROOT, environment, free_port, wait_for


def measure(directory: Path) -> Iterator[Figure]:
    store = directory / "first_chart"
    shutil.rmtree(store, ignore_errors=True)
    port = free_port()
    settings = {
        "HARVEST_STORE_URL": f"duckdb:///{(store / 'store.duckdb').absolute()}",
        "STREAMLIT_SERVER_PORT": str(port),
    }
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        began = time.monotonic()
        process = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=environment(settings),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            answering = time.monotonic() - began
            page.goto(f"http://127.0.0.1:{port}/")
            page.locator(".js-plotly-plot .point path, .js-plotly-plot .bars path").first.wait_for(
                timeout=120_000
            )
            charted = time.monotonic() - began
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
            browser.close()
    yield Figure("server answers", answering, "s")
    yield Figure("first chart painted", charted, "s", "under 15")
