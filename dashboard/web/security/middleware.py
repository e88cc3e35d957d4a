"""HTTP security middleware: allowed hosts, paths and methods, and response headers."""

import base64
import hashlib
import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.security.bind_check import is_loopback
from dashboard.web.security.sockets import log_refusal

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def allowed_names(configured: Iterable[str], auth: Mapping[str, Any]) -> frozenset[str]:
    """This machine's own, those of `server.allowedHosts`, and the one that people sign in at."""
    sign_in = urlsplit(str(auth.get("redirect_uri") or "")).hostname
    given = [*configured, *([sign_in] if sign_in else [])]
    return frozenset([*LOOPBACK, *(name.strip().lower().rstrip(".") for name in given)])


def is_known(host: str | None, known: frozenset[str]) -> bool:
    """Return whether a Host header matches a name; `*.example.com` matches its subdomains."""
    try:
        parts = urlsplit(f"//{host or ''}")
        name = (parts.hostname or "").rstrip(".")
        _ = parts.port
    except ValueError:
        return False
    if not name or parts.netloc != host or "@" in parts.netloc:
        return False
    return (
        name in known
        or "*" in known
        or any(name.endswith(item[1:]) for item in known if item.startswith("*."))
    )


METHODS = ("GET", "HEAD")
HEALTH = "/healthz"

_INTERNAL = "_stcore"
_NEEDED = {"health", "host-config"}
_SOCKET = "/_stcore/stream"
_CLOSED = {"media", "component"}
_LASTING = {("static",), ("app", "static")}  # the same for everybody, and nobody's data


def is_open(path: str) -> bool:
    """Return whether something answers a GET at that path below where the server is mounted."""
    parts = _path_parts(path)
    if _INTERNAL in parts:
        return "/".join(parts[parts.index(_INTERNAL) + 1 :]) in _NEEDED
    return parts[0] not in _CLOSED


def is_socket(path: str) -> bool:
    return path == _SOCKET


def is_for_any_name(path: str) -> bool:
    """Return whether requests for any host name are answered, as load balancers ask by address."""
    return path == HEALTH


def may_be_kept(path: str) -> bool:
    """Return whether a browser may store the response: static files and images, never pages."""
    parts = tuple(_path_parts(path))
    return any(parts[: len(lasting)] == lasting for lasting in _LASTING)


def _path_parts(path: str) -> list[str]:
    return path.removeprefix("/").split("/")


_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_YEAR = 365 * 24 * 3600
_NEVER = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer",
    "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial",
    "usb", "xr-spatial-tracking",
)  # fmt: skip

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # An address holds the filter, and with it people and clients.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _NEVER),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BEHIND_TLS = {"Strict-Transport-Security": f"max-age={_YEAR}"}


def content_policy(index: str) -> str:
    """Return the Content-Security-Policy of a page that `index`, Streamlit's HTML, begins.

    Scripts are the server's own, and those written in `index` by their hash. Streamlit makes its
    styles while it runs, hence 'unsafe-inline' for those alone; its 64-bit numbers are
    WebAssembly, which may run while text may not: 'unsafe-eval' is not needed.
    """
    hashes = (hashlib.sha256(text.encode()).digest() for text in _INLINE.findall(index))
    inline = " ".join(f"'sha256-{base64.b64encode(item).decode()}'" for item in hashes)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' {inline}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class SecureCookies:
    """Adds `Secure`, and `SameSite=Lax` where nothing is said, to every cookie that is set."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, _secure_cookie(value) if name.lower() == b"set-cookie" else value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await self._app(scope, receive, send_secured if scope["type"] == "http" else send)


def _secure_cookie(cookie: bytes) -> bytes:
    said = {part.strip().partition(b"=")[0].lower() for part in cookie.split(b";")[1:]}
    if b"samesite" not in said:
        cookie += b"; SameSite=Lax"
    return cookie if b"secure" in said else cookie + b"; Secure"


CALLBACK = "/oauth2callback"


def base_path(configured: str, redirect_uri_path: str) -> str:
    """Return the path before ours, such as `/insights`, or an empty text.

    `configured` is Streamlit's `server.baseUrlPath`; without it, people come back from signing in
    to the path of `redirect_uri`, which ends in `/oauth2callback`.
    """
    path = configured.strip("/")
    if not path and redirect_uri_path.endswith(CALLBACK):
        path = redirect_uri_path.removesuffix(CALLBACK).strip("/")
    return f"/{path}" if path else ""


def add_base(scope: Scope, base: str) -> Scope:
    """Return the scope of a request with `base` before its path, if a proxy stripped it."""
    root: str = scope.get("root_path", "")
    inner: str = scope["path"].removeprefix(root)
    if not base or inner == base or inner.startswith(f"{base}/"):
        return scope
    path = f"{root}{base}{inner}"
    return {**scope, "path": path, "raw_path": quote(path).encode("ascii")}


def local_path(scope: Scope, base: str) -> str:
    """Return the path below `base` of a scope that `add_base` returned."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).removeprefix(base)


def tidy_path(path: str) -> str | None:
    """Return a relative address without the slashes that end `path`, or None if it has none.

    It is right below any path before ours. `path` is a local one; an empty one lacks its slash.
    """
    if not path.strip("/") or not path.endswith("/") or path.startswith(("//", "/\\")):
        return None
    bare = path.rstrip("/")
    return "../" * (len(path) - len(bare)) + quote(bare.rsplit("/", 1)[-1])


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
        """Return a status and a sentence for who is not let in."""
        sent, path = Headers(scope=scope), local_path(scope, self._house.base)
        ends = [scope.get("server"), scope.get("client")]
        if not self._house.sign_in and not all(end and is_loopback(end[0]) for end in ends):
            return 403, "Without sign-in the dashboard answers this machine only."
        given = sent.getlist("host")
        is_named = len(given) == 1 and is_known(given[0], self._house.hosts)
        if not is_named and not is_for_any_name(path):
            return 421, "The dashboard has another name; others are set in server.allowedHosts."
        if scope["type"] == "websocket":
            there = is_socket(path)
            return None if there else (404, "There is no such WebSocket.")
        if scope["method"] not in METHODS:
            return 405, "Method not allowed."
        if not is_open(path):
            return 404, "Page not found."
        if sent.get("sec-fetch-site") == "cross-site" and sent.get("sec-fetch-mode") != "navigate":
            return 403, "Cross-site request blocked."
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
        given.update(ALWAYS)
        given["Content-Security-Policy"] = self._house.policy
        if not may_be_kept(local_path(scope, self._house.base)):
            given["Cache-Control"] = "no-store"
        if scope.get("scheme") == "https":
            given.update(BEHIND_TLS)


def _text_response(status: int, sentence: str) -> PlainTextResponse:
    more = {"Allow": ", ".join(METHODS)} if status == 405 else None
    return PlainTextResponse(f"{sentence}\n", status, headers=more)
