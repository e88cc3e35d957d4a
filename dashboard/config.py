"""The settings, read once from the environment and `.streamlit/secrets.toml`, and checked.

The environment wins. Nothing else is read, nothing is ever logged.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.errors import ConfigError

HARVEST_URL = "https://api.harvestapp.com/v2"
SECRETS = Path(__file__).parents[1] / ".streamlit" / "secrets.toml"
DEMO_SEED = 7
DEMO_ENTRIES = 25_000


class Source(StrEnum):
    DIRECT = "direct"
    DEMO = "demo"


class Secret:
    """A value that shows itself only when asked to."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the dashboard was told. Days are plain dates; `sync_minutes` 0 means never by itself.

    `account_id` is Harvest's, or the demo account's; it is part of every key in the store.
    `pinned_today` is the reporting date where one is set: use `today`, which falls back to the
    real one.
    """

    source: Source
    account_id: str
    token: Secret | None
    base_url: str
    contact: str | None
    store: Path
    cache_dir: Path
    sync_minutes: int
    sync_start: date | None
    fiscal_start: int
    pinned_today: date | None
    demo_entries: int
    demo_seed: int

    @property
    def today(self) -> date:
        return self.pinned_today or datetime.now(UTC).astimezone().date()


def settings(environment: Mapping[str, str] | None = None, secrets: Path | None = None) -> Settings:
    """The settings of this process.

    Raises `ConfigError` naming the setting at fault, never its value where that is secret.
    """
    read = _Reader(os.environ if environment is None else environment, secrets or SECRETS)
    source = _source(read)
    token, account_id = _credentials(read, source)
    store = _store(read)
    return Settings(
        source=source,
        account_id=account_id,
        token=token,
        base_url=_base_url(read),
        contact=read.text("HARVEST_CONTACT"),
        store=store,
        cache_dir=Path(read.text("HARVEST_CACHE_DIR") or store.parent / "snapshots"),
        sync_minutes=read.number("HARVEST_SYNC_MINUTES", 15, lowest=0, highest=7 * 24 * 60),
        sync_start=read.day("HARVEST_SYNC_START"),
        fiscal_start=read.number("HARVEST_FISCAL_YEAR_START", 1, lowest=1, highest=12),
        pinned_today=read.day("HARVEST_TODAY"),
        demo_entries=read.number("HARVEST_DEMO_ENTRIES", DEMO_ENTRIES, lowest=1, highest=5_000_000),
        demo_seed=read.number("HARVEST_DEMO_SEED", DEMO_SEED, lowest=0, highest=2**31),
    )


class _Reader:
    def __init__(self, environment: Mapping[str, str], secrets: Path) -> None:
        self._environment = environment
        try:
            self._file = tomllib.loads(secrets.read_text("utf-8")) if secrets.exists() else {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            # The parser's own message quotes the line, which may hold a token.
            raise ConfigError(f"{secrets.name} is not valid TOML.") from None

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
            raise ConfigError(f"{name} must be a whole number, not {text!r}.") from None
        if not lowest <= value <= highest:
            raise ConfigError(f"{name} must be between {lowest} and {highest}, not {value}.")
        return value

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ConfigError(f"{name} must be a date such as 2026-01-31, not {text!r}.") from None


def _source(read: _Reader) -> Source:
    named = read.text("HARVEST_SOURCE")
    if named is None:
        direct = read.text("HARVEST_ACCESS_TOKEN") or read.text("HARVEST_ACCOUNT_ID")
        return Source.DIRECT if direct else Source.DEMO
    try:
        return Source(named)
    except ValueError:
        known = " or ".join(repr(source.value) for source in Source)
        raise ConfigError(f"HARVEST_SOURCE must be {known}, not {named!r}.") from None


def _credentials(read: _Reader, source: Source) -> tuple[Secret | None, str]:
    if source is Source.DEMO:
        return None, "demo"
    token, account_id = read.text("HARVEST_ACCESS_TOKEN"), read.text("HARVEST_ACCOUNT_ID")
    missing = [
        name
        for name, value in (("HARVEST_ACCESS_TOKEN", token), ("HARVEST_ACCOUNT_ID", account_id))
        if not value
    ]
    if missing or not token or not account_id:
        raise ConfigError(
            f"{' and '.join(missing)} must be set to read a Harvest account.",
            remedy="Create a personal access token in the developer area of Harvest ID, which "
            "shows the account id beside it. With neither set, the demo account opens.",
        )
    if not account_id.isdigit():
        raise ConfigError("HARVEST_ACCOUNT_ID must be a number, as Harvest ID shows it.")
    return Secret(token), account_id


def _base_url(read: _Reader) -> str:
    url = (read.text("HARVEST_BASE_URL") or HARVEST_URL).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"HARVEST_BASE_URL must be a web address such as {HARVEST_URL}.")
    return url


def _store(read: _Reader) -> Path:
    url = read.text("HARVEST_STORE_URL") or "duckdb:///.data/store.duckdb"
    prefix = "duckdb:///"
    if not url.startswith(prefix) or len(url) == len(prefix):
        # A postgresql:// address holds a password: it is not repeated here.
        raise ConfigError(
            "HARVEST_STORE_URL must be duckdb:///PATH; records elsewhere are not supported yet."
        )
    return Path(url.removeprefix(prefix))
