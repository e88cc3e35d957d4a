"""A first sync without latency: how many entries a second are read, checked, stored, published."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.memory import Watch
from tests.serving import ROOT, demo_server, direct, environment

# As many as fit into one of Harvest's windows of requests: more would measure the limit.
ENTRIES = 120_000


def measure(directory: Path) -> Iterator[Figure]:
    store = directory / "sync_speed"
    with demo_server("--entries", str(ENTRIES)) as server:
        for attempt in (1, 2, 3):
            shutil.rmtree(store, ignore_errors=True)
            time.sleep(16)  # so that each finds Harvest's window empty
            report, peak = timed_sync(direct(server, store))
            entries = report["entities"]["time_entries"]["rows"]
            rows = sum(entity["rows"] for entity in report["entities"].values())
            yield Figure(f"run {attempt}: time entries stored", entries, "rows")
            yield Figure(
                f"run {attempt}: time entries per second, end to end",
                entries / report["seconds"], "rows/s", "at least 40,000",
            )  # fmt: skip
            yield Figure(
                f"run {attempt}: all records per second", rows / report["seconds"], "rows/s"
            )
            yield Figure(f"run {attempt}: requests", report["requests"], "requests")
            yield Figure(f"run {attempt}: peak memory", peak / 1e6, "MB", "under 450")


def timed_sync(settings: dict[str, str]) -> tuple[dict[str, Any], float]:
    """One `python -m dashboard sync`: what it printed, and its peak memory in bytes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "sync"],
        cwd=ROOT, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with Watch(process.pid) as watch:
        out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(f"sync ended with {process.returncode}: {err}")
    # The connector says on stderr when Harvest told it to wait.
    report = json.loads(out.splitlines()[-1]) | {"throttled": err.count(" 429 ")}
    return report, watch.peak
