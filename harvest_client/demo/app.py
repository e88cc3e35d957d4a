"""The demo account as Harvest's own API under `/v2`, as the hosted one under `/api/v1`.

Harvest ID, where OAuth's tokens are made, is under `/api/v2` as in life.
"""

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
from harvest_client.demo.hosted.gate import HostedGate
from harvest_client.demo.hosted.generation import Generation
from harvest_client.demo.hosted.service import Hosted
from harvest_client.demo.limits import Meter
from harvest_client.demo.pace import Pace
from harvest_client.demo.reads import Reads
from harvest_client.demo.refusals import Refusal
from harvest_client.demo.reports import Reports
from harvest_client.demo.sign_in import SignIn
from harvest_client.demo.writes import Writes


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
