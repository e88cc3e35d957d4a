"""Settings, read from the environment and `.streamlit/secrets.toml`, and checked.

What says which account is read is the connector's: `harvest_client.settings`.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.config.dates import HARVEST_BEGAN, Calendar
from dashboard.config.errors import ConfigError
from harvest_client.auth.credentials import Credentials
from harvest_client.errors import BadSetting, HarvestError, MissingCredentials, UsageError
from harvest_client.settings import SECRETS, Reader, read_connection
from harvest_client.settings import SourceName as Source
from harvest_client.timezones import find_zone

_AHEAD = 2  # years


def read_calendar(read: Reader) -> Calendar:
    """Holidays by `HARVEST_HOLIDAYS`, leave by `HARVEST_LEAVE_TASKS`; none of either by default."""
    tasks = (read.text("HARVEST_LEAVE_TASKS") or "").split(",")
    return Calendar(
        holidays=_read_holidays(read.text("HARVEST_HOLIDAYS") or ""),
        leave_tasks=tuple(sorted({task.strip().lower() for task in tasks if task.strip()})),
    )


def _read_holidays(meant: str) -> tuple[date, ...]:
    if not meant:
        return ()
    return _in_file(Path(meant)) if meant.lower().endswith(".csv") else _of_country(meant)


def _of_country(meant: str) -> tuple[date, ...]:
    # Half a second that nobody waits for who has named no country.
    from holidays import country_holidays

    country, _, state = meant.upper().partition("-")
    years = range(HARVEST_BEGAN.year, datetime.now(UTC).year + _AHEAD + 1)
    try:
        return tuple(sorted(country_holidays(country, subdiv=state or None, years=years)))
    except NotImplementedError:
        raise ConfigError(
            f"HARVEST_HOLIDAYS: no holidays are known of {meant!r}: it is a country such as DE,"
            " with its state such as DE-BY, or the path of a .csv file of days."
        ) from None


def _in_file(path: Path) -> tuple[date, ...]:
    """Return the days in the first column; a first line that is none is a heading."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            firsts = [(row[0].strip() if row else "") for row in csv.reader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"HARVEST_HOLIDAYS: {path} cannot be read.") from error
    days = []
    for number, text in enumerate(firsts, start=1):
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            if text and number > 1:
                raise ConfigError(
                    f"HARVEST_HOLIDAYS: line {number} of {path} begins with {text!r}, which is no"
                    " day such as 2026-12-25."
                ) from None
    return tuple(sorted(set(days)))


__all__ = ["Settings", "Source", "load_settings"]


@dataclass(frozen=True, slots=True)
class Targets:
    """The utilization that is aimed at, as a share: of everyone, and of roles by their name."""

    everyone: float = 0.75
    roles: tuple[tuple[str, float], ...] = ()

    def for_role(self, role: str | None) -> float:
        """Return the target of a role; upper and lower case are equal."""
        return dict(self.roles).get((role or "").strip().lower(), self.everyone)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the process. Days are plain dates; `sync_minutes` 0 disables the automatic sync.

    `account_id` is Harvest's, the hosted connector's or the demo account's; it is part of every
    key in the store. `access` is how the account is reached, None for the demo.
    `pinned_today` is the reporting date where one is set, `zone` the zone whose day today is: use
    `today_in`. `clock` is the present instant.
    """

    source: Source
    account_id: str
    access: Credentials | None
    store: Path
    cache_dir: Path
    people_file: Path
    sync_minutes: int
    sync_start: date | None
    audit_days: int
    fiscal_start: int
    calendar: Calendar
    currency: str | None
    targets: Targets
    pinned_today: date | None
    zone: ZoneInfo | None
    demo_entries: int
    demo_seed: int
    clock: Callable[[], datetime] = partial(datetime.now, UTC)

    def today_in(self, label: str | None) -> date:
        """Return the reporting date of an account whose zone Harvest calls `label`.

        What is set outranks the label. Without a zone that is known it is this machine's day.
        """
        zone = self.zone or find_zone(label or "")
        return self.pinned_today or self.clock().astimezone(zone).date()


def load_settings(
    environment: Mapping[str, str] | None = None, secrets: Path | None = None
) -> Settings:
    """Return the settings of this process.

    Raises `ConfigError` naming the setting at fault, never its value where that is secret.
    """
    try:
        return _read(Reader(environment, secrets))
    except (BadSetting, MissingCredentials, UsageError) as error:
        fault: HarvestError = error
    # Not chained: the frames of the first error may hold what was given.
    raise ConfigError(str(fault), remedy=fault.remedy)


def _read(read: Reader) -> Settings:
    meant = read_connection(read)
    store = _read_store(read)
    return Settings(
        source=meant.source,
        account_id=meant.account_id,
        access=meant.access,
        store=store,
        cache_dir=Path(read.text("HARVEST_CACHE_DIR") or store.parent / "snapshots"),
        people_file=Path(read.text("HARVEST_PEOPLE_FILE") or SECRETS.with_name("people.toml")),
        sync_minutes=read.number("HARVEST_SYNC_MINUTES", 15, lowest=0, highest=7 * 24 * 60),
        sync_start=read.day("HARVEST_SYNC_START"),
        audit_days=read.number("HARVEST_AUDIT_DAYS", 365, lowest=1, highest=100 * 366),
        fiscal_start=read.number("HARVEST_FISCAL_YEAR_START", 1, lowest=1, highest=12),
        calendar=read_calendar(read),
        currency=_read_currency(read),
        targets=_read_targets(read),
        pinned_today=read.day("HARVEST_TODAY"),
        zone=read.zone("HARVEST_TIMEZONE"),
        demo_entries=meant.demo_entries,
        demo_seed=meant.demo_seed,
    )


def _read_currency(read: Reader) -> str | None:
    meant = read.text("HARVEST_CURRENCY")
    if meant and not re.fullmatch("[A-Za-z]{3}", meant):
        raise ConfigError(
            f"HARVEST_CURRENCY must be a code such as EUR, not {meant!r}.",
            remedy="It is the currency of the account's cost rates.",
        )
    return meant.upper() if meant else None


def _read_targets(read: Reader) -> Targets:
    """Of `0.75`, or `0.75, Designer: 0.8` with a role's own after its name."""
    everyone, roles = Targets().everyone, {}
    for part in (read.text("HARVEST_UTILIZATION_TARGET") or "").split(","):
        role, _, share = part.rpartition(":")
        if not part.strip():
            continue
        if role.strip():
            roles[role.strip().lower()] = _read_share(share)
        else:
            everyone = _read_share(share)
    return Targets(everyone, tuple(sorted(roles.items())))


def _read_share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if 0 < share <= 1:
        return share
    raise ConfigError(
        f"HARVEST_UTILIZATION_TARGET must be a share such as 0.75, not {text.strip()!r}.",
        remedy="Set one share for everyone, with others after it such as `0.75, Designer: 0.8`.",
    )


def _read_store(read: Reader) -> Path:
    path = read.path("HARVEST_STORE_URL", "duckdb", ".data/store.duckdb")
    if path is None:
        # A postgresql:// address holds a password: it is not repeated here.
        raise ConfigError(
            "HARVEST_STORE_URL must be duckdb:///PATH; records elsewhere are not supported yet."
        )
    return path
