"""Twenty viewers at once at 1,000,000 entries, three seconds between clicks, nothing cached.

On a slower machine they are slower, too: else the figure would say whether it is overloaded, not
how the server divides itself among them.
"""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.figures import Figure, p50, p95
from benchmarks.filter_change import million
from benchmarks.machine import slowness
from benchmarks.pages import any_period
from benchmarks.streamlit_session import StreamlitSession
from dashboard.web.menu import MENU, UNFILTERED
from tests.serving import dashboard

VIEWERS = 20
CLICKS = 8
THINKS = (1.5, 4.5)  # seconds between clicks, three on average, at the speed promises are for


def measure(directory: Path) -> Iterator[Figure]:
    slow = slowness()
    with dashboard(million(directory), directory / "viewers.log") as server:
        process = psutil.Process(server.pid)
        runs = asyncio.run(_all(server.url, (THINKS[0] * slow, THINKS[1] * slow)))
        memory = process.memory_info().rss
    yield Figure("between clicks, on average", sum(THINKS) / 2 * slow * 1e3, "ms")
    yield Figure("filter change, p50", p50(runs), "ms")
    yield Figure("filter change, p95", p95(runs), "ms", "under 300")
    yield Figure("server memory after", memory / 1e6, "MB", "under 500")


async def _all(url: str, thinks: tuple[float, float]) -> list[float]:
    pages = [entry.name for entry in MENU if entry.name not in UNFILTERED]
    there = asyncio.Barrier(VIEWERS)
    each = await asyncio.gather(
        *(
            _viewer(url, pages[number % len(pages)], number, there, thinks)
            for number in range(VIEWERS)
        )
    )
    return [milliseconds for runs in each for milliseconds in runs]


async def _viewer(
    url: str, page: str, number: int, there: asyncio.Barrier, thinks: tuple[float, float]
) -> list[float]:
    pick, runs = random.Random(number), []
    async with StreamlitSession(url) as session:
        await session.open(f"{page}?period=90d")
        await there.wait()
        for _ in range(CLICKS):
            await asyncio.sleep(pick.uniform(*thinks))
            run = await session.write("period", any_period(pick))
            assert not run.exceptions, run.exceptions
            runs.append(run.milliseconds)
    return runs
