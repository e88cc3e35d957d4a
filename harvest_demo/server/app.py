"""ASGI application of the demo: Harvest's API under `/v2`, the hosted API under `/api/v1`.

Harvest ID, where OAuth's tokens are made, is under `/api/v2` as in life.
"""

import signal
import socket
import sys
import time
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from harvest_client.terminal import print_line
from harvest_demo.account.account import ACCOUNT_ID, TOKEN, Account
from harvest_demo.server.airbyte.api_version import Generation
from harvest_demo.server.airbyte.service import Hosted
from harvest_demo.server.airbyte.tokens import (
    CLIENT_ID,
    CLIENT_SECRET,
    CONNECTOR_ID,
    PREFIX,
    HostedGate,
)
from harvest_demo.server.reads import Reads
from harvest_demo.server.refusals import Refusal, refused
from harvest_demo.server.reports import Reports
from harvest_demo.server.request_checks import Gate, Meter, Pace
from harvest_demo.server.sign_in import SignIn
from harvest_demo.server.writes import Writes


def app(
    account: Account,
    *,
    latency: float = 0.0,
    limits: bool = True,
    clock: Callable[[], float] = time.monotonic,
    generation: str = "C",
    copy_days: int | None = None,
    token_seconds: float = 900.0,
    crowded: bool = False,
    lenient: bool = False,
    hosted: bool = True,
) -> Starlette:
    """An ASGI app that answers as Harvest does; `latency` is in seconds, before every answer.

    Below `/api/v1` it is the hosted API of a `generation`: A, B or C. Its copy has what changed in
    the last `copy_days` days, everything when None, and is at `app.state.replica`. A token lives
    `token_seconds`. With `crowded` there is a workspace with two connectors; `lenient` ignores
    operators of a filter that it does not know instead of refusing them. Without `hosted` there is
    no hosted API, and no copy that takes time and memory.

    `clock` only times the limits and the life of tokens.
    """
    meter = Meter(clock) if limits else None
    sign_in = SignIn(account, seconds=token_seconds, clock=clock)
    routes = [
        *Reports(account).routes,
        *Reads(account).routes,
        *Writes(account).routes,
        *sign_in.routes,
    ]
    gates = [
        Middleware(Pace, latency=latency),
        Middleware(Gate, account=account, user_of=sign_in.user_of, meter=meter),
    ]
    replica = None
    if hosted:
        airbyte = Hosted(
            account,
            generation=Generation(generation),
            copy_days=copy_days,
            token_seconds=token_seconds,
            clock=clock,
            meter=meter,
            crowded=crowded,
            lenient=lenient,
        )
        routes += airbyte.routes
        gates.append(Middleware(HostedGate, tokens=airbyte.tokens))
        replica = airbyte.replica
    made = Starlette(
        routes=routes,
        middleware=gates,
        exception_handlers={Refusal: _refused, HTTPException: _no_route},
    )
    made.state.replica = replica
    return made


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return refused(error)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refused(Refusal(error.status_code, {"status": error.status_code, "error": error.detail}))


_HOST = "127.0.0.1"


class _Announcing(uvicorn.Server):
    """Says when it is ready to answer."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def listen(port: int) -> socket.socket:
    """Return a socket of this machine only; raises `OSError` when the port is taken."""
    result = socket.socket()
    result.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        result.bind((_HOST, port))
    except OSError:
        result.close()
        raise
    return result


def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Answer on `listening` until SIGTERM or SIGINT.

    As soon as it is answered, stderr says where and how to ask: as Harvest in the first line,
    through the hosted API in the second.
    """
    url = f"http://{_HOST}:{listening.getsockname()[1]}"

    def announce() -> None:
        harvest = f"{url}/v2 account {ACCOUNT_ID} token {TOKEN}"
        hosted = f"{url}{PREFIX} client {CLIENT_ID} secret {CLIENT_SECRET} connector {CONNECTOR_ID}"
        for line in (harvest, hosted):
            print_line(line, file=sys.stderr)

    # The app dates its answers itself, as it must inside a process, too.
    config = uvicorn.Config(
        application, access_log=False, log_level="warning", date_header=False, lifespan="off"
    )
    # uvicorn stops cleanly and then raises the signal once more: being told to stop is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with listening:
        _Announcing(config, announce).run(sockets=[listening])
