"""The settings that say on which days and tasks nobody is expected to work."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.calendar import Calendar
from dashboard.dates import HARVEST_BEGAN
from dashboard.errors import ConfigError
from harvest_client.settings import Reader

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
    """The days in the first column; a first line that is none is a heading."""
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
