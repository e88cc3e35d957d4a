"""Through the hosted connector, too, one odd record is left out and named, and the rest arrives."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harvest_client import InvalidResponse
from tests.dashboard.sync.agency import Copy
from tests.dashboard.sync.odd_agency import OddAgency

ENTRIES = 2_500
LISTED = 2_000  # what one hosted list can hand out
NEW, OLD = ENTRIES - 100, 100  # places of an entry in the list, and of one in the copy alone
FACTS = "SELECT count(*) FROM time_facts"


@pytest.fixture
def agency() -> OddAgency:
    return OddAgency(entries=ENTRIES)


@pytest.fixture
def copy(agency: OddAgency, tmp_path: Path) -> Copy:
    return Copy(agency, tmp_path / "hosted")


def entry(agency: OddAgency, place: int) -> Any:
    return agency.account.entries.ordered[place]


def listed(copy: Copy) -> list[tuple[Any, ...]]:
    return copy.ask("SELECT entity, id, field, is_stored FROM odd_records ORDER BY ALL")


def later(copy: Copy) -> None:
    copy.agency.now += timedelta(hours=1)
    copy.sync()


@pytest.mark.parametrize("place", [NEW, OLD])
def test_odd_entry_is_named_and_arrives_when_it_is_right(
    agency: OddAgency, copy: Copy, place: int
) -> None:
    bad = entry(agency, place)
    agency.odd["time_entries", bad.id] = {"hours": "NaN"}
    copy.sync()
    named, count = listed(copy), copy.ask(FACTS)
    agency.odd.clear()

    later(copy)

    assert (named, count) == ([("time_entries", bad.id, "hours", False)], [(ENTRIES - 1,)])
    assert listed(copy) == []
    assert copy.ask(f"SELECT raw_hours FROM time_facts WHERE id = {bad.id}") == [(bad.hours,)]


@pytest.mark.parametrize("place", [NEW, OLD])
def test_earlier_version_of_an_odd_entry_stays(agency: OddAgency, copy: Copy, place: int) -> None:
    copy.first_sync()
    bad = entry(agency, place)
    agency.odd["time_entries", bad.id] = {"hours": "NaN"}

    copy.sync(full=True)

    assert listed(copy) == [("time_entries", bad.id, "hours", True)]
    assert copy.ask(FACTS) == [(ENTRIES,)]
    assert copy.ask("SELECT count(*) FROM tombstones") == [(0,)]


@pytest.mark.parametrize("place", [NEW, OLD])
def test_odd_entry_that_is_deleted_leaves_the_list(
    agency: OddAgency, copy: Copy, place: int
) -> None:
    bad = entry(agency, place)
    agency.odd["time_entries", bad.id] = {"hours": "NaN"}
    copy.sync()
    agency.account.entries.remove(bad)
    agency.account.version += 1
    agency.replicate()

    later(copy)

    assert listed(copy) == []
    assert copy.ask(FACTS) == [(ENTRIES - 1,)]


def test_odd_record_of_a_short_list_is_named_and_not_deleted(agency: OddAgency, copy: Copy) -> None:
    copy.first_sync()
    role = max(agency.account.tables["roles"])
    agency.odd["roles", role] = {"name": "7.5"}

    later(copy)

    assert listed(copy) == [("roles", role, "name", True)]
    assert copy.ask("SELECT count(*) FROM records.roles") == [
        (len(agency.account.tables["roles"]),)
    ]


def test_odd_company_and_newest_entry_end_nothing(agency: OddAgency, copy: Copy) -> None:
    newest = entry(agency, -1)
    agency.odd["company", None] = {"weekly_capacity": '"full time"'}
    agency.odd["time_entries", newest.id] = {"hours": "[]"}

    copy.sync()

    assert listed(copy) == [
        ("company", None, "weekly_capacity", False),
        ("time_entries", newest.id, "hours", False),
    ]


def test_many_odd_entries_stop_the_sync(agency: OddAgency, copy: Copy) -> None:
    for place in range(26):
        agency.odd["time_entries", entry(agency, place).id] = {"hours": "[]"}

    with pytest.raises(InvalidResponse, match="26 of 2,500 records are not as documented"):
        copy.sync()


def test_odd_row_of_a_report_leaves_open_how_far_back_the_copy_reaches(
    agency: OddAgency, copy: Copy
) -> None:
    copy.sync()
    whole = copy.snapshot().meta.since
    agency.odd["time_projects", None] = {"total_hours": '"many"'}

    later(copy)

    assert whole is None
    assert copy.snapshot().meta.since == entry(agency, ENTRIES - LISTED).spent_date + timedelta(1)
