"""The demo account as Harvest's own API, version 2, under `/v2`."""

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from harvest_client.demo.account import Account
from harvest_client.demo.answers import refused
from harvest_client.demo.gate import Gate
from harvest_client.demo.limits import Meter
from harvest_client.demo.reads import Reads
from harvest_client.demo.refusals import Refusal
from harvest_client.demo.reports import Reports
from harvest_client.demo.writes import Writes


def app(
    account: Account,
    *,
    latency: float = 0.0,
    limits: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """An ASGI app that answers as Harvest does; `latency` is in seconds, before every answer.

    `clock` only times the limits.
    """
    meter = Meter(clock) if limits else None
    return Starlette(
        routes=[*Reports(account).routes, *Reads(account).routes, *Writes(account).routes],
        middleware=[Middleware(Gate, account=account, latency=latency, meter=meter)],
        exception_handlers={Refusal: _refused, HTTPException: _no_route},
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return refused(error)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refused(Refusal(error.status_code, {"status": error.status_code, "error": error.detail}))
