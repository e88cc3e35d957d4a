"""The doors of this server, as Streamlit is configured."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.middleware import Middleware

from dashboard.doors.binding import bind_refusal_reason
from dashboard.doors.connections import limit_unfinished_requests
from dashboard.doors.headers import content_policy
from dashboard.doors.hosts import allowed_names
from dashboard.doors.middleware import SecurityConfig, SecurityMiddleware
from dashboard.doors.mounting import base_path
from dashboard.doors.sockets import SocketLimits
from dashboard.errors import ConfigError
from dashboard.ui.signing_in import has_access, is_configured
from dashboard.ui.streamlit_internals import auth_util, config, file_util, kind_of_message
from harvest_client.secret import Secret
from harvest_client.terminal import exit_with_error

_KEPT: list[Secret] = []  # Streamlit's own settings, in no log from now on


def make_middleware() -> list[Middleware]:
    """The middleware that goes around everything.

    Ends the process with a sentence where it must not listen at the address it was given.
    """
    auth = _auth_settings()
    # Its tracebacks go to stdout as they are, past every handler of the log.
    config.set_option("logger.enableRich", False)
    _KEPT[:] = [Secret(value) for value in _auth_secrets(auth)]
    if reason := bind_refusal_reason(config.get_option("server.address"), auth):
        exit_with_error(reason)
    index = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    house = SecurityConfig(
        policy=content_policy(index),
        hosts=allowed_names(config.get_option("server.allowedHosts") or [], auth),
        sign_in=bool(auth),
        base=read_base_path(),
    )
    limit_unfinished_requests()
    return [
        Middleware(SecurityMiddleware, house),
        Middleware(SocketLimits, kind=kind_of_message, has_access=has_access),
    ]


def read_base_path() -> str:
    """Return the path before ours, and let Streamlit build its own addresses below it, too.

    Empty, or such as `/insights`.
    """
    callback = urlsplit(str(_auth_settings().get("redirect_uri") or "")).path
    path = base_path(str(config.get_option("server.baseUrlPath") or ""), callback)
    config.set_option("server.baseUrlPath", path.strip("/"))
    return path


def _auth_settings() -> dict[str, Any]:
    """Return `[auth]` of the secrets. Ends the process where they cannot be read."""
    try:
        return auth_util.get_secrets_auth_section().to_dict() if is_configured() else {}
    except ConfigError as error:
        exit_with_error(f"{error} {error.remedy}")


def _auth_secrets(auth: dict[str, Any]) -> Iterator[str]:
    """Yield the secrets in `[auth]`, in it or in the section of a provider."""
    for name, value in auth.items():
        if isinstance(value, dict):
            yield from _auth_secrets(value)
        elif name.endswith("secret"):
            yield str(value)
