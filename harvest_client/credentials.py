"""Credentials as they are typed or read from a file, made fit to be sent or refused unquoted."""

from harvest_client.errors import MissingCredentials, UsageError
from harvest_client.secret import Secret


def header_secret(value: str | Secret | None, words: str) -> Secret:
    """Without surrounding whitespace, such as the line end of a file that held it."""
    return Secret(header_safe(value.reveal() if isinstance(value, Secret) else value, words))


def header_safe(value: str | None, words: str) -> str:
    """As `secret`, for what may be shown; `words` say what it is in the error."""
    # HTTP libraries quote a header that they refuse: ours must never come that far.
    stripped = (value or "").strip()
    if not stripped:
        raise MissingCredentials(f"There is no {words}.")
    if not (stripped.isascii() and stripped.isprintable()) or " " in stripped:
        raise MissingCredentials(f"The {words} has characters that none can have: copy it anew.")
    return stripped


def user_agent(contact: str | None) -> str:
    """Contact sent with each request. Harvest refuses requests without one."""
    contact = (contact or "").strip()
    if not (contact.isascii() and contact.isprintable()):
        raise UsageError("the contact must be an e-mail or web address in ASCII.")
    return f"Harvest Insights ({contact or 'self-hosted'})"
