"""Every page at 1,000,000 entries over the WebSocket: a filter change with nothing cached."""

import asyncio
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.figures import Figure, p50, p95
from benchmarks.filter_change import million
from benchmarks.streamlit_session import StreamlitSession
from dashboard.web.menu import MENU, UNFILTERED
from tests.serving import dashboard

CHANGES = 25


def measure(directory: Path) -> Iterator[Figure]:
    with dashboard(million(directory), directory / "pages.log") as server:
        for entry in MENU:
            first, changes = asyncio.run(_page(server.url, entry.name))
            yield Figure(f"{entry.name}: first run of a session", first, "ms")
            if changes:
                yield Figure(f"{entry.name}: filter change, p50", p50(changes), "ms", "under 110")
                yield Figure(f"{entry.name}: filter change, p95", p95(changes), "ms", "under 200")


def any_period(pick: random.Random) -> str:
    """A question nobody asked before, so that nothing is cached: up to a year of days."""
    start = date(2024, 1, 1) + timedelta(days=pick.randrange(500))
    return f"{start}..{start + timedelta(days=pick.randrange(7, 365))}"


async def _page(url: str, name: str) -> tuple[float, list[float]]:
    pick = random.Random(name)
    async with StreamlitSession(url) as session:
        first = await session.open(f"{name}?period=90d")
        assert not first.exceptions, first.exceptions
        changes = []
        for _ in range(0 if name in UNFILTERED else CHANGES):
            run = await session.write("period", any_period(pick))
            assert not run.exceptions, run.exceptions
            changes.append(run.milliseconds)
    return first.milliseconds, changes
