"""Mapping of sign-ins to people, by a file or by e-mail address.

    issuers = ["https://accounts.google.com"]      # no other provider's sign-in counts

    [people]
    "anna@example.com" = "a.schmidt@example.org"   # a verified e-mail: an e-mail in Harvest
    "https://login.example.com 00u1ab2cd" = 4410022   # an issuer and its subject: an id in Harvest

It is read whenever somebody asks for something, so what is taken out counts at once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from dashboard.config.errors import ConfigError, SignInNeeded


def normalize_address(text: str) -> str | None:
    """Return the address as it is compared; None for text that is empty or not ASCII."""
    address = text.strip() if text.isascii() else ""
    return address.lower() if address and address.isprintable() else None


def is_address_sql(column: str) -> str:
    """Return the condition that `column` is an address, the parameter: one as it is compared."""
    return f"regexp_full_match(trim({column}), '[ -~]+') AND lower(trim({column})) = ?"


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
    named = all(item and item.isprintable() for item in (issuer, subject, nonce))
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


_KNOWN = {"issuers", "people"}


@dataclass(frozen=True, slots=True)
class UserMapping:
    """Mapping of sign-in accounts to people: a Harvest id, or an e-mail address in Harvest.

    `by` is keyed by "issuer subject" and by e-mail in lower case; no `issuers` means any.
    """

    issuers: frozenset[str] = frozenset()
    by: Mapping[str, int | str] = field(default_factory=dict)


def read_mapping(path: Path) -> UserMapping:
    """Return the mapping of the file; an empty one if there is no file.

    Raises `ConfigError` for one that cannot be read or that says something else: nobody is let in
    by half of a file.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return UserMapping()
    except (OSError, ValueError) as error:
        raise _mapping_error(path, str(error)) from None
    if unknown := said.keys() - _KNOWN:
        raise _mapping_error(path, f"it knows nothing of {sorted(unknown)[0]!r}")
    issuers, by = said.get("issuers", []), said.get("people", {})
    if not isinstance(issuers, list) or not all(isinstance(item, str) for item in issuers):
        raise _mapping_error(path, "issuers must be a list of addresses")
    if not isinstance(by, dict):
        raise _mapping_error(path, "people must be a table")
    named: dict[str, int | str] = {}
    for key, person in by.items():
        who = key if " " in key.strip() else normalize_address(key)
        if who is None or who in named:
            what = "is no e-mail address in ASCII" if who is None else "is there twice"
            raise _mapping_error(path, f"{key!a} {what}")
        named[who] = _read_person(path, key, person)
    return UserMapping(frozenset(issuers), named)


def _read_person(path: Path, key: str, person: object) -> int | str:
    if type(person) is int and 0 < person < 2**63:
        return person
    if isinstance(person, str) and (address := normalize_address(person)):
        return address
    raise _mapping_error(path, f"{key!a} must be an id or an e-mail address in Harvest, in ASCII")


def _mapping_error(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"{path.name}, which says whose sign-in is whose, cannot be read: {why}.",
        remedy="Correct the file that HARVEST_PEOPLE_FILE names; nobody is let in before.",
    )
