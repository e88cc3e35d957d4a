"""The names under which the server answers.

A page of somebody else's can have its own name point at 127.0.0.1 (DNS rebinding) and would then be
of the same origin as ours; but the browser still sends that name, and it is refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

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
        or any(name.endswith(one[1:]) for one in known if one.startswith("*."))
    )
