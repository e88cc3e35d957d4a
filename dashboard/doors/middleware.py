"""The first that meets a request, and the last that touches its answer."""

import logging
import secrets
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.doors import endpoints, headers
from dashboard.doors.binding import is_loopback
from dashboard.doors.hosts import is_known
from dashboard.doors.mounting import add_base, local_path, tidy_path
from dashboard.doors.refusal_log import log_refusal

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SecurityConfig:
    """Settings of the middleware: `hosts` are the allowed names, `base` is the mount path."""

    policy: str
    hosts: frozenset[str]
    sign_in: bool
    base: str = ""


class SecurityMiddleware:
    """Refuses what nobody has to ask, and gives every answer the headers of `headers.py`.

    What fails below is told as a sentence with a reference; the log has the rest under it.
    """

    def __init__(self, app: ASGIApp, house: SecurityConfig) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = add_base(scope, self._house.base)
        refusal = self._find_refusal(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                log_refusal(f"A WebSocket was refused: {refusal[1]}")
                await send({"type": "websocket.close", "code": 1008})
            return
        await self._respond(scope, receive, send, refusal)

    def _find_refusal(self, scope: Scope) -> tuple[int, str] | None:
        """A status and a sentence for who is not let in."""
        sent, path = Headers(scope=scope), local_path(scope, self._house.base)
        ends = [scope.get("server"), scope.get("client")]
        if not self._house.sign_in and not all(end and is_loopback(end[0]) for end in ends):
            return 403, "Without sign-in the dashboard answers this machine only."
        given = sent.getlist("host")
        is_named = len(given) == 1 and is_known(given[0], self._house.hosts)
        if not is_named and not endpoints.is_for_any_name(path):
            return 421, "The dashboard has another name; others are set in server.allowedHosts."
        if scope["type"] == "websocket":
            there = endpoints.is_socket(path)
            return None if there else (404, "There is no such WebSocket.")
        if scope["method"] not in endpoints.METHODS:
            return 405, "Nothing is sent to the dashboard but questions."
        if not endpoints.is_open(path):
            return 404, "There is nothing at this address."
        if sent.get("sec-fetch-site") == "cross-site" and sent.get("sec-fetch-mode") != "navigate":
            return 403, "A page of another site may not read this."
        return None

    async def _respond(
        self, scope: Scope, receive: Receive, send: Send, refusal: tuple[int, str] | None
    ) -> None:
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._set_headers(scope, MutableHeaders(scope=message))
            await send(message)

        if refusal is not None:
            await _text_response(*refusal)(scope, receive, send_with_headers)
            return
        if there := self._relative_location(scope):
            await RedirectResponse(there, 301)(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("reference %s: %s %s", reference, scope["method"], scope["path"])
            if begun:
                raise  # the connection is cut: half a file must not look like a whole one
            sentence = (
                f"This could not be answered because of a fault of ours. Reference: {reference}. "
                "The server's log has the details under that reference."
            )
            await _text_response(500, sentence)(scope, receive, send_with_headers)

    def _relative_location(self, scope: Scope) -> str | None:
        """A relative address, as a proxy may have taken a path away, or None for one that is."""
        path = local_path(scope, self._house.base)
        there = tidy_path(path) if path else f"{scope['path'].rpartition('/')[2]}/"
        query = scope.get("query_string", b"").decode("latin-1")
        return f"{there}?{query}" if there and query else there

    def _set_headers(self, scope: Scope, given: MutableHeaders) -> None:
        given.update(headers.ALWAYS)
        given["Content-Security-Policy"] = self._house.policy
        if not endpoints.may_be_kept(local_path(scope, self._house.base)):
            given["Cache-Control"] = "no-store"
        if scope.get("scheme") == "https":
            given.update(headers.BEHIND_TLS)


def _text_response(status: int, sentence: str) -> PlainTextResponse:
    more = {"Allow": ", ".join(endpoints.METHODS)} if status == 405 else None
    return PlainTextResponse(f"{sentence}\n", status, headers=more)
