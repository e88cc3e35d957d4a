"""Twenty viewers at once at 1,000,000 entries, three seconds between clicks, nothing cached."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.figures import Figure, p50, p95
from benchmarks.filter_change import million
from benchmarks.pages import any_period
from benchmarks.streamlit_session import StreamlitSession
from dashboard.ui.menu import MENU, UNFILTERED
from tests.serving import dashboard

VIEWERS = 20
CLICKS = 8
THINKS = (1.5, 4.5)  # seconds between clicks: three on average


def measure(directory: Path) -> Iterator[Figure]:
    with dashboard(million(directory), directory / "viewers.log") as server:
        process = psutil.Process(server.pid)
        runs = asyncio.run(_all(server.url))
        memory = process.memory_info().rss
    yield Figure("filter change, p50", p50(runs), "ms")
    yield Figure("filter change, p95", p95(runs), "ms", "under 300")
    yield Figure("server memory after", memory / 1e6, "MB", "under 500")


async def _all(url: str) -> list[float]:
    pages = [entry.name for entry in MENU if entry.name not in UNFILTERED]
    each = await asyncio.gather(
        *(_viewer(url, pages[number % len(pages)], number) for number in range(VIEWERS))
    )
    return [milliseconds for runs in each for milliseconds in runs]


async def _viewer(url: str, page: str, number: int) -> list[float]:
    pick, runs = random.Random(number), []
    await asyncio.sleep(pick.uniform(0, THINKS[1]))
    async with StreamlitSession(url) as session:
        await session.open(f"{page}?period=90d")
        for _ in range(CLICKS):
            await asyncio.sleep(pick.uniform(*THINKS))
            run = await session.write("period", any_period(pick))
            assert not run.exceptions, run.exceptions
            runs.append(run.milliseconds)
    return runs
