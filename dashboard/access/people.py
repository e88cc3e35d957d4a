"""The file that says whose sign-in is whose, where the e-mail address does not.

    issuers = ["https://accounts.google.com"]      # no other provider's sign-in counts

    [people]
    "anna@example.com" = "a.schmidt@example.org"   # a verified e-mail: an e-mail in Harvest
    "https://login.example.com 00u1ab2cd" = 4410022   # an issuer and its subject: an id in Harvest

It is read whenever somebody asks for something, so what is taken out counts at once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.access.email_address import normalize_address
from dashboard.errors import ConfigError

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
    if not isinstance(issuers, list) or not all(isinstance(one, str) for one in issuers):
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
