"""Requests of a first sync of 20,000 entries, and of syncs of which nothing changed since."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.sync_speed import timed_sync
from tests.serving import demo_server, direct

ENTRIES = 20_000
SYNCS = 8  # in which all payments of the demo account's invoices are read


def measure(directory: Path) -> Iterator[Figure]:
    store = directory / "quiet_sync"
    shutil.rmtree(store, ignore_errors=True)
    with demo_server("--entries", str(ENTRIES), "--no-limits") as server:
        for number in range(SYNCS):
            report, _ = timed_sync(direct(server, store))
            which = "first sync" if number == 0 else f"sync {number + 1}"
            yield Figure(f"{which}: requests", report["requests"], "requests")
            asked = report["compared"]["requests"]
            yield Figure(f"{which}: requests for reports", asked, "requests")
            if number == 0:
                yield Figure(f"{which}: synced and published", report["seconds"], "s")
            time.sleep(1)  # so that a later sync begins in a later second
