"""The server's own addresses, over HTTP."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette

from dashboard.config import Settings
from dashboard.ui.routes import ROUTES

Get = Callable[[str], httpx.Response]


@pytest.fixture
def get(told: Settings) -> Get:
    transport = httpx.ASGITransport(Starlette(routes=ROUTES))

    async def answer(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    return lambda path: asyncio.run(answer(path))


def test_health_is_good_when_a_snapshot_answers(get: Get, published: Settings) -> None:
    answer = get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": 1}


def test_health_is_bad_when_there_is_nothing_and_nobody_is_fetching_it(get: Get) -> None:
    answer = get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "no data"}


def test_a_download_is_a_private_file(get: Get, published: Settings) -> None:
    answer = get("/export/hours.csv?period=7d")

    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="hours-2026-01-09-to-2026-01-15.csv"'
    )


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/export/hours.csv?period=soon", 400, "is no period"),
        ("/export/entries.csv?where=%7B", 400, "is not JSON"),
        ("/export/secrets.toml", 404, "There is no file 'secrets.toml'"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    get: Get, published: Settings, path: str, status: int, sentence: str
) -> None:
    answer = get(path)

    assert answer.status_code == status
    assert sentence in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_download_before_the_first_sync_says_so(get: Get) -> None:
    answer = get("/export/hours.csv")

    assert answer.status_code == 503
    assert "Nothing has been synced yet." in answer.text
