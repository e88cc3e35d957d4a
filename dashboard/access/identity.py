"""Whoever a provider says has signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from dashboard.errors import SignInNeeded


@dataclass(frozen=True, slots=True)
class Identity:
    """One sign-in at a provider.

    Who it is, `issuer` and `subject` alone say: an address may change hands. `email` is that which
    the provider gives, with or without having verified it. `key` is the same in every tab of one
    sign-in, and another after the next; it says nothing about anybody.
    """

    issuer: str
    subject: str
    email: str | None
    is_verified: bool
    issued_at: datetime
    key: str

    @property
    def account(self) -> str:
        """As it is written in the file of people."""
        return f"{self.issuer} {self.subject}"


def identity(claims: Mapping[str, object]) -> Identity:
    """The identity that an ID token's claims are. Raises `SignInNeeded` where they are none."""
    issuer, subject, nonce = (_text(claims, name) for name in ("iss", "sub", "nonce"))
    issued_at = claims.get("iat")
    if not (issuer and subject and nonce) or " " in issuer or type(issued_at) not in (int, float):
        raise SignInNeeded("The sign-in does not say who signed in, and when.")
    assert isinstance(issued_at, int | float)
    email = _text(claims, "email")
    return Identity(
        issuer=issuer,
        subject=subject,
        email=email.strip().lower() or None,
        # Some providers write it as text; 1 is neither.
        is_verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
        issued_at=datetime.fromtimestamp(issued_at, UTC),
        key=sha256("\n".join((issuer, subject, nonce, str(issued_at))).encode()).hexdigest(),
    )


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
