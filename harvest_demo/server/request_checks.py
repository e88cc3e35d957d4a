"""Checks of every request to Harvest: headers, token, account, limits."""

import asyncio
import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvest_demo.account.account import ACCOUNT_ID, Account
from harvest_demo.server.airbyte.tokens import is_hosted
from harvest_demo.server.permissions import Viewer
from harvest_demo.server.refusals import Refusal, bad_request, not_found, refused, unauthorized
from harvest_demo.server.sign_in import is_sign_in


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in any `seconds`."""

    requests: int
    seconds: float


GENERAL = Limit(100, 15)
REPORTS = Limit(100, 15 * 60)


class Meter:
    """Counts what each token asked for; a refused request does not count."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._asked: dict[tuple[str, Limit], deque[float]] = defaultdict(deque)
        self.refused = 0

    def wait(self, token: str, path: str) -> int | None:
        """Count one request; the whole seconds to wait when it is one too many, else None."""
        limit = REPORTS if path.startswith("/v2/reports/") else GENERAL
        requested, now = self._asked[token, limit], self._clock()
        while requested and now - requested[0] >= limit.seconds:
            requested.popleft()
        if len(requested) < limit.requests:
            requested.append(now)
            return None
        self.refused += 1
        return max(1, math.ceil(requested[0] + limit.seconds - now))


class Pace:
    """Waits `latency` seconds before every answer, and dates it."""

    def __init__(self, app: ASGIApp, latency: float) -> None:
        self._app = app
        self._latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._latency:
            await asyncio.sleep(self._latency)

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers["date"] = formatdate(usegmt=True)
            await send(message)

        await self._app(scope, receive, dated)


_EVERY_THIRD = 3
_THROTTLED = "<!DOCTYPE html>\n<html><body><h1>429 Too Many Requests</h1></body></html>"


class Gate:
    """Lets a request through with its `viewer` in the scope, or answers it by itself.

    `user_of` knows the person that a token acts for. No `meter`: no limits. The hosted API has a
    gate of its own, Harvest ID needs none.
    """

    def __init__(
        self,
        app: ASGIApp,
        account: Account,
        user_of: Callable[[str], int | None],
        meter: Meter | None,
    ) -> None:
        self._app = app
        self._account = account
        self._user_of = user_of
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or is_hosted(path) or is_sign_in(path):
            await self._app(scope, receive, send)
            return
        refusal = self._check(scope)
        await (refusal or self._app)(scope, receive, send)

    def _check(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        try:
            token = self._token(headers)
        except Refusal as refusal:
            return refused(refusal)
        if self._meter and (seconds := self._meter.wait(token, scope["path"])) is not None:
            return _throttled(seconds, as_page=self._meter.refused % _EVERY_THIRD == 0)
        user = self._account.tables["users"].get(self._user_of(token) or 0)
        if user is None:
            return refused(unauthorized())
        scope["viewer"] = Viewer(self._account, user)
        return None

    def _token(self, headers: Headers) -> str:
        if not headers.get("user-agent", "").strip():
            raise bad_request("A User-Agent header with a contact is required.")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self._user_of(token) is None:
            raise unauthorized()
        if headers.get("harvest-account-id") != ACCOUNT_ID:
            raise not_found()
        return token


def _throttled(seconds: int, *, as_page: bool) -> Response:
    # Harvest has been seen to answer 429 with a whole web page: clients must survive it.
    wait = {"Retry-After": str(seconds)}
    if as_page:
        return HTMLResponse(_THROTTLED, 429, wait)
    text = f"You've been throttled. Try again in {seconds} seconds."
    return refused(Refusal(429, {"error": "throttled", "message": text}), wait)
