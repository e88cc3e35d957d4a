"""Capacity of 2 to 13 March 2026, net of a holiday and of leave; by hand, person by person.

Friday the 6th is a holiday. In ten weekdays:

Ada, 40 h a week: gross 10×8 = 80. Leave of 8 on the 3rd and 10 on the 4th, when there are only 8:
net 80−8−8−8 = 56 (54 without a floor). 20 billable, 4 not, 18 of leave.
Bo, 20 h: gross 40. Leave of 8 on Monday the 9th takes that day's 4, of 4 on the holiday nothing
more: net 40−4−4 = 32 (24 by hours). 10 billable, 12 of leave.
Cy, 40 h, began on the 11th: gross and net 3×8 = 24 (80 as if always there). 6 billable.
Di, 40 h, archived, last seen on the 5th: 4×8 = 32 (0 as if archived meant never). 12 billable.
Eve, 10 h, contractor, idle: gross 20, net 18.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.calendar import Calendar
from dashboard.metrics.answer import answer
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import CONTRACTOR, DAY, USER
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.agency_rows import (
    CLIENTS,
    COMPANY,
    ROLES,
    TASKS,
    entries,
    person,
    project,
)
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 3, 13)
TWO_WEEKS = Scope(date(2026, 3, 2), TODAY, today=TODAY)
LEAVE = 3
PEOPLE = {
    "company": COMPANY,
    "clients": CLIENTS,
    "roles": ROLES,
    "tasks": TASKS,
    "projects": [project(100, "Website", "none")],
    "users": [
        person(1, "Ada", 40),
        person(2, "Bo", 20),
        person(3, "Cy", 40),
        person(4, "Di", 40, is_active=False),
        person(5, "Eve", 10, is_contractor=True),
    ],
    "time_entries": entries(
        ("2026-02-02", 1, 100, 1, 8, 100),
        ("2026-02-02", 2, 100, 1, 4, 100),
        ("2026-02-02", 4, 100, 1, 8, 100),
        ("2026-03-02", 1, 100, 1, 20, 100),
        ("2026-03-05", 1, 100, 1, 4, None),
        ("2026-03-03", 1, 100, LEAVE, 8, None),
        ("2026-03-04", 1, 100, LEAVE, 10, None),
        ("2026-03-05", 2, 100, 1, 10, 100),
        ("2026-03-06", 2, 100, LEAVE, 4, None),
        ("2026-03-09", 2, 100, LEAVE, 8, None),
        ("2026-03-11", 3, 100, 1, 6, 100),
        ("2026-03-05", 4, 100, 1, 12, 100),
    ),
}


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    calendar = Calendar(holidays=(date(2026, 3, 6),), leave_tasks=("vacation",))
    with closing(
        published(tmp_path_factory.mktemp("people"), PEOPLE, TODAY, calendar=calendar)
    ) as snapshot:
        yield snapshot


def by_person(snapshot: Snapshot, metric: str) -> dict[Any, float]:
    frame = answer(snapshot, [METRICS[metric]], by=[USER], scope=TWO_WEEKS).frame
    return dict(zip(frame["user"], frame[metric], strict=True))


def total(snapshot: Snapshot, metric: str) -> float:
    (value,) = answer(snapshot, [METRICS[metric]], scope=TWO_WEEKS).frame[metric]
    return float(value)


def test_capacity_is_net_of_holidays_and_leave_from_joining_to_leaving(agency: Snapshot) -> None:
    assert by_person(agency, "capacity_hours") == {
        "Ada": 56, "Bo": 32, "Cy": 24, "Di": 32, "Eve": 18,
    }  # fmt: skip


def test_gross_capacity_is_what_the_contracts_say(agency: Snapshot) -> None:
    assert by_person(agency, "gross_capacity_hours") == {
        "Ada": 80, "Bo": 40, "Cy": 24, "Di": 32, "Eve": 20,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("worked_hours", 20 + 4 + 10 + 6 + 12),
        ("utilization", 48 / 162),  # 48/196 of gross capacity
        ("total_utilization", 52 / 162),  # 82/162 with leave as work
        ("harvest_utilization", 82 / 196),
    ],
)
def test_utilization_of_all_is_of_sums(agency: Snapshot, metric: str, value: float) -> None:
    assert total(agency, metric) == pytest.approx(value)


def test_contractors_are_apart(agency: Snapshot) -> None:
    frame = answer(agency, [METRICS["capacity_hours"]], by=[CONTRACTOR], scope=TWO_WEEKS).frame

    assert dict(zip(frame["contractor"], frame["capacity_hours"], strict=True)) == {
        "Contractor": 18,
        "Employee": 144,
    }


def test_a_day_has_no_less_than_no_capacity(agency: Snapshot) -> None:
    frame = answer(agency, [METRICS["capacity_hours"]], by=[DAY], scope=TWO_WEEKS).frame
    days = {
        day.date(): hours for day, hours in zip(frame["day"], frame["capacity_hours"], strict=True)
    }

    assert days[date(2026, 3, 4)] == 0 + 4 + 8 + 2  # Ada's 10 h of leave take 8 and no more
    assert days[date(2026, 3, 6)] == 0
    assert days[date(2026, 3, 9)] == 8 + 0 + 2
    assert days[date(2026, 3, 11)] == 8 + 4 + 8 + 2


def test_without_settings_nothing_is_taken_off_and_other_settings_make_the_facts_anew(
    tmp_path: Path,
) -> None:
    calendar = Calendar(holidays=(date(2026, 3, 6),))
    with closing(published(tmp_path, PEOPLE, TODAY)) as plain:
        assert total(plain, "capacity_hours") == total(plain, "gross_capacity_hours") == 196
        assert total(plain, "total_utilization") == total(plain, "harvest_utilization")

    with closing(published(tmp_path, PEOPLE, TODAY, calendar=calendar)) as again:
        assert total(again, "capacity_hours") == 196 - 8 - 4 - 2
