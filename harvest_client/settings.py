"""The settings that say which account is read, from the environment and a secrets file.

The environment wins. Nothing else is read, nothing is ever logged.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from harvest_client.auth.credentials import (
    AIRBYTE,
    HARVEST,
    HARVEST_ID,
    Airbyte,
    Credentials,
    OAuth,
    PersonalToken,
    base_address,
)
from harvest_client.errors import BadSetting, HarvestError, MissingCredentials, UsageError
from harvest_client.timezones import find_zone

SECRETS = Path(__file__).parents[1] / ".streamlit" / "secrets.toml"
DEMO_SEED = 7
DEMO_ENTRIES = 25_000

_TOKENS = ("HARVEST_ACCESS_TOKEN", "HARVEST_ACCOUNT_ID")
_OAUTH = ("HARVEST_CLIENT_ID", "HARVEST_CLIENT_SECRET", "HARVEST_REFRESH_TOKEN")
_AIRBYTE = ("AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_ACCESS_TOKEN")
_NO_FILE_NAME = re.compile(r"[^\w.-]+", re.ASCII)


class SourceName(StrEnum):
    """Sources of an account."""

    DIRECT = "direct"
    HOSTED = "hosted"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Connection:
    """Connection to an account. `access` is None for the demo account.

    `account_id` names it in files and tables: Harvest's own id, or the connector's.
    """

    source: SourceName
    account_id: str
    access: Credentials | None
    demo_seed: int
    demo_entries: int


class Reader:
    """Reads settings by name; raises `BadSetting` naming the one at fault."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, secrets: Path | None = None
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._file = _parse_secrets(secrets or SECRETS)

    def text(self, name: str) -> str | None:
        value = self._environment.get(name)
        if value is None:
            value = self._file.get(name)
        if value is None or isinstance(value, dict | list):
            return None
        return str(value).strip() or None

    def number(self, name: str, default: int, *, lowest: int, highest: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            raise BadSetting(f"{name} must be a whole number, not {text!r}.") from None
        if not lowest <= value <= highest:
            raise BadSetting(f"{name} must be between {lowest} and {highest}, not {value}.")
        return value

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BadSetting(f"{name} must be a date such as 2026-01-31, not {text!r}.") from None

    def zone(self, name: str) -> ZoneInfo | None:
        text = self.text(name)
        if text is None:
            return None
        zone = find_zone(text)
        if zone is None:
            raise BadSetting(
                f"{name} must be a time zone such as Europe/Berlin, or as Harvest calls it such as"
                f" Pacific Time (US & Canada), not {text!r}."
            )
        return zone

    def path(self, name: str, scheme: str, default: str) -> Path | None:
        """Return the file of an address `SCHEME:///PATH`; None for an address of another scheme."""
        prefix = f"{scheme}:///"
        url = self.text(name) or f"{prefix}{default}"
        return Path(url.removeprefix(prefix)) if url.startswith(prefix) and url != prefix else None

    def missing(self, *names: str) -> list[str]:
        return [name for name in names if self.text(name) is None]


def reporting_date(read: Reader, zone: ZoneInfo | None = None) -> date:
    """Return `HARVEST_TODAY`, else today in `HARVEST_TIMEZONE`, `zone` or this machine's zone."""
    zone = read.zone("HARVEST_TIMEZONE") or zone
    return read.day("HARVEST_TODAY") or datetime.now(UTC).astimezone(zone).date()


def read_connection(read: Reader) -> Connection:
    """Return the account of the settings.

    Raises `BadSetting` or `MissingCredentials`, never with a value where that is secret.
    """
    source, fault = _read_source(read), None
    try:
        account_id, access = _ACCESS[source](read)
    except HarvestError as error:
        fault = error
    if fault:
        # Not chained: what was given stands in the frames of the error before.
        raise type(fault)(str(fault))
    return Connection(
        source,
        account_id,
        access,
        read.number("HARVEST_DEMO_SEED", DEMO_SEED, lowest=0, highest=2**31),
        read.number("HARVEST_DEMO_ENTRIES", DEMO_ENTRIES, lowest=1, highest=5_000_000),
    )


def _read_source(read: Reader) -> SourceName:
    named = read.text("HARVEST_SOURCE")
    if named is not None:
        try:
            return SourceName(named)
        except ValueError:
            known = " or ".join(repr(source.value) for source in SourceName)
            raise BadSetting(f"HARVEST_SOURCE must be {known}, not {named!r}.") from None
    direct, hosted = (
        [name for name in names if read.text(name)] for names in ((*_TOKENS, *_OAUTH), _AIRBYTE)
    )
    if direct and hosted:
        raise BadSetting(
            f"Both {direct[0]} and {hosted[0]} are set: HARVEST_SOURCE must say 'direct' or "
            "'hosted'."
        )
    return SourceName.DIRECT if direct else SourceName.HOSTED if hosted else SourceName.DEMO


def _direct_credentials(read: Reader) -> tuple[str, Credentials]:
    by_oauth = bool(read.text("HARVEST_REFRESH_TOKEN"))
    if by_oauth and read.text("HARVEST_ACCESS_TOKEN"):
        raise BadSetting("Either HARVEST_ACCESS_TOKEN or HARVEST_REFRESH_TOKEN can be set.")
    needed = (*_OAUTH, "HARVEST_ACCOUNT_ID") if by_oauth else _TOKENS
    if missing := read.missing(*needed):
        raise MissingCredentials(f"{' and '.join(missing)} must be set to read a Harvest account.")
    account_id = str(read.text("HARVEST_ACCOUNT_ID"))
    if not account_id.isdigit():
        raise BadSetting("HARVEST_ACCOUNT_ID must be a number, as Harvest ID shows it.")
    shared: dict[str, Any] = {
        "account_id": account_id,
        "base_url": _read_url(read, "HARVEST_BASE_URL", HARVEST),
        "id_url": _read_url(read, "HARVEST_ID_URL", HARVEST_ID),
        "contact": read.text("HARVEST_CONTACT"),
    }
    if not by_oauth:
        return account_id, PersonalToken(token=read.text(_TOKENS[0]), **shared)
    client_id, client_secret, refresh_token = map(read.text, _OAUTH)
    store = read.path("HARVEST_STORE_URL", "duckdb", ".data/store.duckdb")
    keep = (store.parent if store else Path(".data")) / "harvest-sign-in.json"
    return account_id, OAuth(
        client_id=client_id, client_secret=client_secret, refresh_token=refresh_token,
        keep=keep, **shared,
    )  # fmt: skip


def _airbyte_credentials(read: Reader) -> tuple[str, Credentials]:
    client_id, client_secret, access_token = map(read.text, _AIRBYTE)
    if access_token is None and (missing := read.missing(*_AIRBYTE[:2])):
        raise MissingCredentials(
            f"{' and '.join(missing)} must be set to read Harvest through Airbyte, or "
            "AIRBYTE_ACCESS_TOKEN instead of both."
        )
    workspace = read.text("AIRBYTE_WORKSPACE_NAME") or "default"
    connector_id = read.text("AIRBYTE_CONNECTOR_ID")
    access = Airbyte(
        client_id=client_id, client_secret=client_secret, access_token=access_token,
        connector_id=connector_id, workspace_name=workspace,
        organization_id=read.text("AIRBYTE_ORGANIZATION_ID"),
        base_url=_read_url(read, "AIRBYTE_BASE_URL", AIRBYTE), contact=read.text("HARVEST_CONTACT"),
    )  # fmt: skip
    return "hosted-" + _NO_FILE_NAME.sub("-", connector_id or workspace), access


def _demo_credentials(read: Reader) -> tuple[str, None]:
    return "demo", None


_ACCESS = {
    SourceName.DIRECT: _direct_credentials,
    SourceName.HOSTED: _airbyte_credentials,
    SourceName.DEMO: _demo_credentials,
}


def _read_url(read: Reader, name: str, default: str) -> str:
    url = read.text(name) or default
    fault = None
    try:
        base_address(url)
    except UsageError as error:
        fault = str(error).removeprefix("the base URL ")
    if fault:
        raise BadSetting(f"{name} {fault}")
    return url


def _parse_secrets(secrets: Path) -> dict[str, Any]:
    with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return tomllib.loads(secrets.read_text("utf-8")) if secrets.exists() else {}
    # Not chained: the parser's own error holds the text, in which a token may be.
    raise BadSetting(f"{secrets.name} is not valid TOML.")
