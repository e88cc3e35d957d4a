"""The demo account's hosted API in this process, listened to and disturbed at the HTTP boundary."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from threading import Event, Lock
from typing import Any

import httpx
import msgspec

from harvest_client import Airbyte, Budget, Budgets, Harvest
from harvest_demo import CLIENT_ID, CLIENT_SECRET, CONNECTOR_ID, Account, InProcess, app, build
from tests.harvest_client.clock import Clock

BASE = "http://localhost"
TODAY = date(2026, 11, 20)
TOKEN_PATH = "/api/v1/account/applications/token"
LOOK_UP = "/api/v1/integrations/connectors"

Answer = Callable[[httpx.Request], httpx.Response]


@cache
def small_account() -> Account:
    """2,300 entries, more than a hosted list has; nobody may edit it."""
    return build(entries=2300, today=TODAY)


class Wire(httpx.BaseTransport):
    """Remembers each request; answers it by `trouble` first, one request each, then by the app.

    A trouble that returns None lets the request pass.
    """

    def __init__(self, served: httpx.BaseTransport) -> None:
        self.requests: list[httpx.Request] = []
        self.trouble: deque[Callable[[httpx.Request], httpx.Response | None]] = deque()
        self._served = served
        self._lock = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        with self._lock:
            self.requests.append(request)
            trouble = self.trouble.popleft() if self.trouble else None
        answer = trouble(request) if trouble else None
        return answer or self.pass_on(request)

    def pass_on(self, request: httpx.Request) -> httpx.Response:
        return self._served.handle_request(request)

    def close(self) -> None:
        self._served.close()

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.requests]

    @property
    def tokens(self) -> int:
        """How many tokens were asked for."""
        return self.paths.count(TOKEN_PATH)

    @property
    def look_ups(self) -> int:
        return self.paths.count(LOOK_UP)

    @property
    def commands(self) -> list[dict[str, Any]]:
        """The bodies of what connectors were told to do."""
        return [
            msgspec.json.decode(request.content)
            for request in self.requests
            if request.url.path.endswith("/execute")
        ]


def says(status: int, **more: Any) -> Answer:
    return lambda request: httpx.Response(status, **more)


def passes(request: httpx.Request) -> None:
    """Lets one request through."""


def shortly(seconds: float) -> None:
    """Gives way to the thread that is waited for; the clock of the test stands still."""
    Event().wait(min(seconds, 0.005))


def unlimited(clock: Callable[[], float]) -> Budgets:
    def budget() -> Budget:
        return Budget(10**6, 1.0, clock=clock)

    return Budgets(budget(), budget(), budget())


@contextmanager
def hosted(
    generation: str = "C",
    *,
    account: Account | None = None,
    clock: Clock | None = None,
    sleep: Callable[[float], None] | None = None,
    access: dict[str, Any] | None = None,
    **options: Any,
) -> Iterator[tuple[Harvest, Wire]]:
    """A client of the demo account by that generation, and the wire that it is connected by.

    `access` is what `Airbyte` is told beside the client credentials, `options` the app.
    """
    clock = clock or Clock()
    served = app(
        account or small_account(), limits=False, generation=generation, clock=clock, **options
    )
    given = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | (access or {})
    with (
        Wire(InProcess(served)) as wire,
        Harvest(
            Airbyte(base_url=BASE, clock=clock, **given),
            transport=wire,
            budgets=unlimited(clock),
            sleep=sleep or clock.sleep,
        ) as harvest,
    ):
        yield harvest, wire


@contextmanager
def mocked(
    answer: Answer, *, clock: Clock | None = None, **access: Any
) -> Iterator[tuple[Harvest, Wire]]:
    """A client of a made-up hosted API that answers every execution."""
    clock = clock or Clock()
    given = {"access_token": "bearer", "connector_id": CONNECTOR_ID} | access
    wire = Wire(httpx.MockTransport(answer))
    with Harvest(
        Airbyte(base_url=BASE, clock=clock, **given),
        transport=wire,
        budgets=unlimited(clock),
        sleep=clock.sleep,
    ) as harvest:
        yield harvest, wire
