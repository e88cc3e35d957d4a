"""Checks before the server starts: its listen address and the settings that address needs."""

import ipaddress
from collections.abc import Mapping
from typing import Any

_WHOLE = ("redirect_uri", "cookie_secret")
_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
_SHORTEST = 32  # characters of a cookie secret: who guesses it signs in as anybody


def missing_requirements(auth: Mapping[str, Any]) -> list[str]:
    """Return the settings that `[auth]` of the secrets lacks; empty if it is complete.

    A provider's settings may stand in `[auth]` itself or in a section of their own below it.
    """
    providers = {name: part for name, part in auth.items() if isinstance(part, Mapping)}
    missing = [name for name in _WHOLE if not auth.get(name)]
    for name, part in (providers or {"": auth}).items():
        missing += [f"{name}.{key}".strip(".") for key in _PROVIDER if not part.get(key)]
    return missing


def bind_refusal_reason(address: str | None, auth: Mapping[str, Any]) -> str | None:
    """Return a sentence when the server must not start listening at `address`; None when it may.

    `address` is Streamlit's `server.address`, where None means every network of this machine.
    """
    if auth:
        if missing := missing_requirements(auth):
            return f"Sign-in is configured in part: [auth] of the secrets lacks {missing[0]}."
        if len(str(auth["cookie_secret"])) < _SHORTEST:
            return (
                f"cookie_secret in [auth] of the secrets must have {_SHORTEST} characters or more. "
                'Make one with `python -c "import secrets; print(secrets.token_hex(32))"`.'
            )
    elif not is_loopback(address):
        return (
            "Without sign-in the dashboard answers this machine only, and server.address is "
            f"{address or 'not set, which means every network'}. Set it to 127.0.0.1, or "
            "configure sign-in in [auth] of .streamlit/secrets.toml."
        )
    return None


def is_loopback(address: str | None) -> bool:
    """Return whether only this machine can reach that address."""
    if address == "localhost":
        return True
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)  # ::ffff:127.0.0.1
    return (mapped or parsed).is_loopback
