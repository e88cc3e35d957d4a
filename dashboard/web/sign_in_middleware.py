"""Around signing in and out, which are Streamlit's own addresses: what they leave to be done.

Signing out ends the sign-in on this server, unless another site led to it. Signing in leads back to
the page that was asked for, whose address Streamlit forgets.
"""

from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.config.errors import ConfigError
from dashboard.config.settings import load_settings
from dashboard.web.security.middleware import SecureCookies
from dashboard.web.sign_in import end_of_request, is_configured, is_over
from dashboard.web.streamlit_private import auth_util, config, log_failed_sign_ins_in_one_line
from harvest_client.terminal import exit_with_error

_WANTED = "wanted_page"
_TEN_MINUTES = 600


def sign_in_doors() -> list[Middleware]:
    """Return the middleware of sign-in; none if nobody signs in here.

    Ends the process with a sentence where it cannot be told which of them it is.
    """
    try:
        if not is_configured():
            return []
    except ConfigError as error:
        exit_with_error(f"{error} {error.remedy}")
    log_failed_sign_ins_in_one_line()
    behind_tls = (auth_util.get_origin_from_redirect_uri() or "").startswith("https:")
    return [*([Middleware(SecureCookies)] if behind_tls else []), Middleware(SignInMiddleware)]


class SignInMiddleware:
    """Ends a sign-in at `/auth/logout`; remembers at `/auth/login` where to lead back to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, path = Request(scope), scope["path"]
        if path.endswith("/auth/logout"):
            if not _is_from_here(request) and not await to_thread.run_sync(
                lambda: is_over(request, load_settings())
            ):
                await RedirectResponse(_start(), 303)(scope, receive, send)
                return
            await to_thread.run_sync(lambda: end_of_request(request, load_settings()))

        async def redirect(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if path.endswith("/auth/login") and (page := _return_address(request)):
                    _set_return_cookie(headers, page)
                if path.endswith("/oauth2callback") and (page := request.cookies.get(_WANTED)):
                    _lead_back(headers, page)
            await send(message)

        await self._app(scope, receive, redirect)


def _is_from_here(request: Request) -> bool:
    """Return whether a page of this server led here, as far as the browser says.

    Browsers say it of every request over TLS and to this machine, and by `Referer` otherwise, as
    our pages let them.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    return _return_address(request) is not None


def _start() -> str:
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"


def _return_address(request: Request) -> str | None:
    """Return the address below ours that led here, of the same host alone."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.headers.get("host") or not _is_local(came.path):
        return None
    return f"{came.path}?{came.query}" if came.query else came.path


def _set_return_cookie(headers: MutableHeaders, page: str) -> None:
    dressed = Response()
    dressed.set_cookie(_WANTED, page, max_age=_TEN_MINUTES, httponly=True, samesite="lax")
    headers.append("set-cookie", dressed.headers["set-cookie"])


def _lead_back(headers: MutableHeaders, page: str) -> None:
    """In place of the start page, and never away from this host."""
    if _is_local(page) and _is_local(headers.get("location", "")):
        headers["location"] = page
    dressed = Response()
    dressed.delete_cookie(_WANTED, httponly=True, samesite="lax")
    headers.append("set-cookie", dressed.headers["set-cookie"])


def _is_local(address: str) -> bool:
    """Return a path of this host: a browser takes // and /\\ for another host's name."""
    return address[:1] == "/" and address[1:2] not in ("/", "\\") and address.isprintable()
