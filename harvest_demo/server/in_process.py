"""Transport that calls an ASGI application in the same process, without a socket."""

import asyncio
import threading
import weakref
from collections.abc import Callable
from datetime import date
from functools import cache
from types import TracebackType

import httpx
from starlette.types import ASGIApp, Message, Scope

from harvest_client.auth.credentials import PersonalToken
from harvest_client.client.harvest import Harvest
from harvest_client.http.rate_limit import Budget, Budgets
from harvest_client.search.query import LocalSearch
from harvest_demo.account.account import ACCOUNT_ID, TOKEN
from harvest_demo.account.build import build
from harvest_demo.server.app import app


class InProcess(httpx.BaseTransport):
    """Runs `app` on an event loop of its own thread; any number of threads may ask at once.

    The one loop also means that the app never sees two requests at the same instant.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=_run, args=(self._loop,), name="demo", daemon=True)
        thread.start()
        # A transport that nobody closes still ends with its last reference, or with Python.
        self._stop = weakref.finalize(self, _stop, self._loop, thread)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result()

    def close(self) -> None:
        self._stop()

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answered: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.content, "more_body": False}

        async def send(message: Message) -> None:
            answered.append(message)

        await self._app(_scope(request), receive, send)
        start, *parts = answered
        body = b"".join(part.get("body", b"") for part in parts)
        return httpx.Response(start["status"], headers=start["headers"], content=body)


def _scope(request: httpx.Request) -> Scope:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "root_path": "",
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 0),
    }


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


# Nobody else asks the demo account inside this process, so it has no limits to keep.
_UNLIMITED = Budget(requests=1_000_000, seconds=1.0)


def demo_client(
    *,
    seed: int,
    entries: int,
    today: date,
    copy: LocalSearch | None = None,
    on_request: Callable[[], None] | None = None,
) -> Harvest:
    """Return a client of the account that `build` makes of these; made once for each."""
    access = PersonalToken(
        token=TOKEN,
        account_id=ACCOUNT_ID,
        base_url="http://localhost/v2",
        id_url="http://localhost/api/v2",
        contact="demo@example.com",
    )
    return Harvest(
        access,
        copy=copy,
        transport=_transport(seed, entries, today),
        budgets=Budgets(general=_UNLIMITED, reports=_UNLIMITED),
        on_request=on_request,
    )


@cache
def _transport(seed: int, entries: int, today: date) -> httpx.BaseTransport:
    account = build(seed=seed, entries=entries, today=today)
    return _Kept(app(account, limits=False, hosted=False))


class _Kept(InProcess):
    """Stays open when a client of it is closed: there will be others."""

    def close(self) -> None:
        pass
