"""A million time entries as one CSV file over HTTP, and what it takes of memory."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from benchmarks.figures import Figure
from benchmarks.filter_change import million
from tests.serving import dashboard


def measure(directory: Path) -> Iterator[Figure]:
    with dashboard(million(directory), directory / "export_speed.log") as server:
        process = psutil.Process(server.pid)
        before = process.memory_info().rss
        peak, took = before, {}
        for encoding in ("identity", "gzip"):
            size, began = 0, time.perf_counter()
            with httpx.stream(
                "GET",
                f"{server.url}/export/entries.csv?period=all",
                headers={"Accept-Encoding": encoding},
                timeout=120,
                trust_env=False,
            ) as answer:
                for piece in answer.iter_bytes(1 << 20):
                    size += len(piece)
                    peak = max(peak, process.memory_info().rss)
            took[encoding] = time.perf_counter() - began
    yield Figure("CSV of 1,000,000 entries", took["identity"], "s", "under 2")
    yield Figure("the same, compressed for a slow line", took["gzip"], "s")
    yield Figure("its size", size / 1e6, "MB")
    yield Figure("server memory before", before / 1e6, "MB")
    yield Figure("server memory at most", peak / 1e6, "MB")
