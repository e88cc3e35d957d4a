"""A control inside a card at 1,000,000 entries: its part of the page alone, nothing cached."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, p50, p95
from benchmarks.filter_change import million
from benchmarks.pages import any_period
from benchmarks.streamlit_session import StreamlitSession
from tests.serving import dashboard

CHOICES = 24
_CONTROLS = {
    ("hours", "rank_by"): ("Project", "Task", "Person", "Role"),
    ("hours", "table_by"): ("Project › task", "Person › task", "Task › person"),
    ("profitability", "profit_by"): ("Project",),
    ("wip", "wip_by"): ("Project",),
}
"""A page and a control on it: what to choose there, one after another."""


def measure(directory: Path) -> Iterator[Figure]:
    with dashboard(million(directory), directory / "controls.log") as server:
        for (page, control), options in _CONTROLS.items():
            runs = asyncio.run(_chosen(server.url, page, control, options))
            yield Figure(f"{page}: {control}, p50", p50(runs), "ms", "under 60")
            yield Figure(f"{page}: {control}, p95", p95(runs), "ms")


async def _chosen(url: str, page: str, control: str, options: tuple[str, ...]) -> list[float]:
    """Milliseconds of each choice, in periods that nobody asked about before."""
    pick = random.Random(control)
    runs = []
    for _ in range(CHOICES // len(options)):
        # A session of its own, as a control keeps what was chosen last.
        async with StreamlitSession(url) as session:
            opened = await session.open(f"{page}?period={any_period(pick)}")
            assert not opened.exceptions, opened.exceptions
            for option in options:
                run = await session.choose(control, option)
                assert run.is_part, "the whole page was drawn"
                assert not run.exceptions, run.exceptions
                runs.append(run.milliseconds)
    return runs
