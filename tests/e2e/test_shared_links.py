"""A link that is sent to somebody shows them the sender's numbers."""

import asyncio
import json
from urllib.parse import urlencode

import pytest

from benchmarks.streamlit_session import StreamlitSession
from dashboard.web.menu import MENU, UNFILTERED
from tests.e2e.conftest import Site

PAGES = [entry.name for entry in MENU if entry.name not in UNFILTERED]
PERIODS = ["7d", "90d", "12m", "last_month", "this_quarter", "2026-03-03..2026-09-17", "all"]
FILTERS: list[object] = [None, {"eq": {"client.currency": "EUR"}}, {"gt": {"client.id": 0}}]
LINKS = [
    (PAGES[number % len(PAGES)], PERIODS[number % len(PERIODS)], FILTERS[number % len(FILTERS)])
    for number in range(20)
]


async def sent_and_opened(
    url: str, page: str, period: str, where: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    async with StreamlitSession(url) as sender:
        await sender.open(page)
        await sender.write("period", period)
        sent = await sender.write("where", where)
    asked = {"period": period, "where": where} if where else {"period": period}
    async with StreamlitSession(url) as receiver:
        opened = await receiver.open(f"{page}?{urlencode(asked)}")
    assert not sent.exceptions
    assert not opened.exceptions
    return sent.figures, opened.figures


@pytest.mark.parametrize(("page", "period", "where"), LINKS)
def test_a_fresh_browser_shows_the_same(site: Site, page: str, period: str, where: object) -> None:
    written = json.dumps(where) if where else ""

    sent, opened = asyncio.run(sent_and_opened(site.dashboard.url, page, period, written))

    assert sent == opened
    assert sent  # or the page had nothing to compare
