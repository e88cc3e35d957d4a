"""A filter change on the Hours page at 1,000,000 entries, over the WebSocket, nothing cached."""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psutil

from benchmarks.figures import Figure, p50, p95
from benchmarks.streamlit_session import StreamlitSession
from tests.serving import dashboard, program

ENTRIES = 1_000_000
CHANGES = 60


def measure(directory: Path) -> Iterator[Figure]:
    settings = million(directory)
    with dashboard(settings, directory / "filter_change.log") as server:
        process = psutil.Process(server.pid)
        idle = process.memory_info().rss
        first, changes, sent = asyncio.run(_drive(server.url))
        peak = process.memory_info().rss
    yield Figure("first run of a session", first, "ms")
    yield Figure("filter change, p50", p50(changes), "ms", "under 110")
    yield Figure("filter change, p95", p95(changes), "ms", "under 200")
    yield Figure("sent to the browser per change", sent / 1e3, "kB")
    yield Figure("server memory before / after", idle / 1e6, "MB")
    yield Figure("server memory after", peak / 1e6, "MB", "under 400")


def million(directory: Path) -> dict[str, str]:
    """Settings of a store with a million entries, synced once and kept for the next time."""
    store = directory / "million"
    settings = {
        "HARVEST_SOURCE": "demo",
        "HARVEST_DEMO_ENTRIES": str(ENTRIES),
        "HARVEST_TODAY": "2026-11-20",
        "HARVEST_STORE_URL": f"duckdb:///{(store / 'store.duckdb').absolute()}",
        "HARVEST_SYNC_MINUTES": "0",
    }
    if not (store / "snapshots" / "demo" / "current.json").exists():
        began = time.monotonic()
        done = program("sync", settings=settings, timeout=1800)
        if done.returncode:
            raise RuntimeError(done.stderr)
        print(f"  (synced {ENTRIES:,} entries in {time.monotonic() - began:.0f} s)")
    return settings


async def _drive(url: str) -> tuple[float, list[float], float]:
    """Milliseconds of the first run and of each change, and bytes per change."""
    pick = random.Random(1)
    async with StreamlitSession(url) as session:
        first = await session.open("hours?period=90d")
        changes, sent = [], []
        for _ in range(CHANGES):
            # A question nobody asked before, so that nothing is cached: up to a year of days.
            start = date(2024, 1, 1) + timedelta(days=pick.randrange(500))
            end = start + timedelta(days=pick.randrange(7, 365))
            run = await session.write("period", f"{start}..{end}")
            assert not run.exceptions, run.exceptions
            changes.append(run.milliseconds)
            sent.append(run.received)
    return first.milliseconds, changes, sum(sent) / len(sent)
