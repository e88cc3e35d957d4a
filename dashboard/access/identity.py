"""Whoever a provider says has signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from dashboard.access.email_address import normalize_address
from dashboard.errors import SignInNeeded


@dataclass(frozen=True, slots=True)
class Identity:
    """One sign-in at a provider.

    Who it is, `issuer` and `subject` alone say: an address may change hands. `email` is that which
    the provider gives, as it is compared, with or without having verified it. `key` is the same in
    every tab of one sign-in, and another after the next; it says nothing about anybody.
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


def identity_of_claims(claims: Mapping[str, object]) -> Identity:
    """The identity that an ID token's claims are. Raises `SignInNeeded` where they are none."""
    issuer, subject, nonce = (_claim_text(claims, name) for name in ("iss", "sub", "nonce"))
    said, issued_at = claims.get("iat"), _claim_instant(claims.get("iat"))
    named = all(one and one.isprintable() for one in (issuer, subject, nonce))
    if not named or " " in issuer or issued_at is None:
        raise SignInNeeded("The sign-in does not say who signed in, and when.")
    return Identity(
        issuer=issuer,
        subject=subject,
        email=normalize_address(_claim_text(claims, "email")),
        # Some providers write it as text; 1 is neither.
        is_verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
        issued_at=issued_at,
        key=sha256("\n".join((issuer, subject, nonce, str(said))).encode()).hexdigest(),
    )


def _claim_instant(value: object) -> datetime | None:
    """Return the instant of a number of seconds; None for anything else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _claim_text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
