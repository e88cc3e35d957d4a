"""The server's own addresses, over HTTP."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect

from dashboard.access.audit_log import audit_log
from dashboard.config.settings import Settings
from dashboard.web.routes import ROUTES

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
        ("/export/hours.csv?period=soon", 400, "is not a valid period"),
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


def test_a_download_is_in_the_audit_log_with_the_hash_of_its_bytes(
    get: Get, published: Settings
) -> None:
    answer = get('/export/hours.csv?period=7d&basis=raw&where={"eq":{"client.id":10}}')

    log = audit_log(published.cache_dir / "1")
    (began, *_), (ended, *entered) = log.rows(
        "SELECT number, name, did, what, period, filter, rows, bytes, sha256, completes"
        " FROM entries ORDER BY number"
    )
    assert (began, ended) == (1, 2)
    assert entered == [
        "this machine", "took a file", "hours.csv", "2026-01-09..2026-01-15",
        '{"eq":{"client.id":10}} basis=raw', entered[5], len(answer.content),
        sha256(answer.content).hexdigest(), 1,
    ]  # fmt: skip
    assert f'"# Rows","{entered[5]}"\r\n' in answer.text
    log.close()


def test_a_download_that_is_broken_off_is_in_the_audit_log_as_that(published: Settings) -> None:
    app, sent = Starlette(routes=ROUTES), bytearray()
    scope = {
        "type": "http", "method": "GET", "path": "/export/entries.csv", "query_string": b"",
        "headers": [], "asgi": {"spec_version": "2.4"},
    }  # fmt: skip

    async def receive() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        if sent:
            raise OSError("The other side is gone.")
        sent.extend(message.get("body", b""))

    with pytest.raises(ClientDisconnect):
        asyncio.run(app(scope, receive, send))

    log = audit_log(published.cache_dir / "1")
    _, (did, bytes_, digest) = log.rows("SELECT did, bytes, sha256 FROM entries ORDER BY number")
    assert (did, digest) == ("aborted a file", None)
    assert isinstance(bytes_, int)
    assert bytes_ >= len(sent) > 0
    log.close()


def test_a_download_that_cannot_be_recorded_is_refused(get: Get, published: Settings) -> None:
    (published.cache_dir / "1" / "audit.sqlite").mkdir()

    answer = get("/export/hours.csv")

    assert answer.status_code == 503
    assert "cannot be entered in the audit log" in answer.text


def test_a_download_before_the_first_sync_says_so(get: Get) -> None:
    answer = get("/export/hours.csv")

    assert answer.status_code == 503
    assert "Nothing has been synced yet." in answer.text
