"""Holidays by country, by state or from a file, and the tasks of leave; wrong ones are refused."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.config.dates import Calendar
from dashboard.config.errors import ConfigError
from dashboard.config.settings import read_calendar
from harvest_client.settings import Reader


def read(**values: str) -> Calendar:
    return read_calendar(Reader(values, Path("/nonexistent")))


def test_by_default_there_is_neither() -> None:
    assert read() == Calendar()


def test_a_country_has_its_holidays_and_a_state_more() -> None:
    germany, bavaria = (set(read(HARVEST_HOLIDAYS=name).holidays) for name in ("DE", "de-by"))

    assert {date(2006, 5, 1), date(2026, 10, 3)} <= germany < bavaria
    assert bavaria - germany >= {date(2026, 1, 6)}


def test_a_file_has_a_day_at_the_start_of_each_line(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("day,name\n2026-12-24,Christmas Eve\n\n2026-01-02\n", "utf-8")

    found = read(HARVEST_HOLIDAYS=str(path))

    assert found.holidays == (date(2026, 1, 2), date(2026, 12, 24))


def test_tasks_of_leave_are_names_whatever_their_case() -> None:
    assert read(HARVEST_LEAVE_TASKS=" Vacation, sick Leave,,").leave_tasks == (
        "sick leave",
        "vacation",
    )


@pytest.mark.parametrize("meant", ["Atlantis", "DE-Atlantis", "-", "missing.csv"])
def test_what_there_is_not_is_refused_by_the_settings_name(meant: str) -> None:
    with pytest.raises(ConfigError, match="HARVEST_HOLIDAYS"):
        read(HARVEST_HOLIDAYS=meant)


def test_a_line_that_is_no_day_is_named(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("2026-12-24\n24.12.2026\n", "utf-8")

    with pytest.raises(ConfigError, match="line 2"):
        read(HARVEST_HOLIDAYS=str(path))
