"""A first sync at 200 ms a request and Harvest's own limits, against a serial client."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.figures import Figure
from benchmarks.sync_speed import timed_sync
from dashboard.store.schema import STORED
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.serving import demo_server, direct

# The first fits into one of Harvest's windows of 100 requests in 15 seconds, the second does not:
# whoever keeps to the limit cannot read it in less than 15 seconds.
SIZES = (110_000, 200_000)


def measure(directory: Path) -> Iterator[Figure]:
    store = directory / "sync_latency"
    for entries in SIZES:
        log = directory / "sync_latency.log"
        log.unlink(missing_ok=True)
        with demo_server("--entries", str(entries), "--latency", "200", log=log) as server:
            shutil.rmtree(store, ignore_errors=True)
            report, peak = timed_sync(direct(server, store))
            time.sleep(16)  # so that the serial client finds Harvest's window empty
            serial = serial_pull(server.url)
        ours = report["seconds"]
        yield Figure(f"{entries:,} entries: ours, stored and published", ours, "s")
        yield Figure(f"{entries:,} entries: serial, read and parsed only", serial, "s")
        yield Figure(f"{entries:,} entries: times faster", serial / ours, "x", "at least 4")
        yield Figure(f"{entries:,} entries: requests", report["requests"], "requests")
        yield Figure(f"{entries:,} entries: answers 429", report["throttled"], "answers", "none")
        yield Figure(f"{entries:,} entries: peak memory", peak / 1e6, "MB", "under 450")


def serial_pull(url: str) -> float:
    """Seconds that a client takes which reads one page after another by `links.next`."""
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Harvest-Account-Id": ACCOUNT_ID,
        "User-Agent": "Serial (tests@example.com)",
    }
    began = time.monotonic()
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as client:
        for entity in STORED.values():
            path = entity.path or entity.get_path
            link: str | None = f"{url}{path}?per_page=2000" if entity.path else f"{url}{path}"
            while link:
                response = client.get(link)
                if response.status_code == 429:
                    time.sleep(float(response.headers["Retry-After"]))
                    continue
                link = (response.raise_for_status().json().get("links") or {}).get("next")
    return time.monotonic() - began
