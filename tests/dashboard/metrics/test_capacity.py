"""Capacity of 2 to 13 March 2026, net of a holiday and of leave; by hand, person by person.

Friday the 6th is a holiday. In ten weekdays:

Ada, 40 h a week: gross 10×8 = 80. Leave of 8 on the 3rd and 10 on the 4th, when there are only 8:
the week has 32−18 = 14 left, 7 on Monday and 7 on Thursday. Net 14+40 = 54 (56 if floored by the
day). 20 billable, 4 not, 18 of leave.
Bo, 20 h: gross 40. Leave of 4 on the holiday leaves 16−4 = 12 of that week, 3 a day; leave of 8 on
Monday the 9th leaves 20−8 = 12 of the next, 3 a day from Tuesday on. Net 24 (32 if floored by the
day). 10 billable, 12 of leave.
Cy, 40 h, began on the 11th: gross and net 3×8 = 24 (80 as if always there). 6 billable.
Di, 40 h, archived, last seen on the 5th: 4×8 = 32 (0 as if archived meant never). 12 billable.
Eve, 10 h, contractor, idle: gross 20, net 18.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard.config.dates import Calendar
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import CONTRACTOR, DAY, USER
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
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
    frame = query_metrics(snapshot, [METRICS[metric]], by=[USER], scope=TWO_WEEKS).frame
    return dict(zip(frame["user"], frame[metric], strict=True))


def total(snapshot: Snapshot, metric: str) -> float:
    (value,) = query_metrics(snapshot, [METRICS[metric]], scope=TWO_WEEKS).frame[metric]
    return float(value)


def test_capacity_is_net_of_holidays_and_leave_from_joining_to_leaving(agency: Snapshot) -> None:
    assert by_person(agency, "capacity_hours") == {
        "Ada": 54, "Bo": 24, "Cy": 24, "Di": 32, "Eve": 18,
    }  # fmt: skip


def test_gross_capacity_is_what_the_contracts_say(agency: Snapshot) -> None:
    assert by_person(agency, "gross_capacity_hours") == {
        "Ada": 80, "Bo": 40, "Cy": 24, "Di": 32, "Eve": 20,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("worked_hours", 20 + 4 + 10 + 6 + 12),
        ("utilization", 48 / 152),  # 48/196 of gross capacity
        ("total_utilization", 52 / 152),  # 82/152 with leave as work
        ("harvest_utilization", 82 / 196),
    ],
)
def test_utilization_of_all_is_of_sums(agency: Snapshot, metric: str, value: float) -> None:
    assert total(agency, metric) == pytest.approx(value)


def test_contractors_are_apart(agency: Snapshot) -> None:
    frame = query_metrics(
        agency, [METRICS["capacity_hours"]], by=[CONTRACTOR], scope=TWO_WEEKS
    ).frame

    assert dict(zip(frame["contractor"], frame["capacity_hours"], strict=True)) == {
        "Contractor": 18,
        "Employee": 134,
    }


def test_what_leave_takes_of_a_week_is_taken_off_its_other_days(agency: Snapshot) -> None:
    frame = query_metrics(agency, [METRICS["capacity_hours"]], by=[DAY], scope=TWO_WEEKS).frame
    days = {
        day.date(): hours for day, hours in zip(frame["day"], frame["capacity_hours"], strict=True)
    }

    assert days[date(2026, 3, 2)] == 7 + 3 + 8 + 2
    assert days[date(2026, 3, 4)] == 0 + 3 + 8 + 2
    assert days[date(2026, 3, 6)] == 0
    assert days[date(2026, 3, 9)] == 8 + 0 + 2
    assert days[date(2026, 3, 11)] == 8 + 3 + 8 + 2


def test_without_settings_nothing_is_taken_off_and_other_settings_make_the_facts_anew(
    tmp_path: Path,
) -> None:
    calendar = Calendar(holidays=(date(2026, 3, 6),))
    with closing(published(tmp_path, PEOPLE, TODAY)) as plain:
        assert total(plain, "capacity_hours") == total(plain, "gross_capacity_hours") == 196
        assert total(plain, "total_utilization") == total(plain, "harvest_utilization")

    with closing(published(tmp_path, PEOPLE, TODAY, calendar=calendar)) as again:
        assert total(again, "capacity_hours") == 196 - 8 - 4 - 2


CALENDAR = Calendar(leave_tasks=("vacation",))


def alone(
    directory: Path, weekly_hours: float, *work: tuple[Any, ...], week_start: str = "Monday",
    holidays: tuple[date, ...] = (),
) -> Snapshot:  # fmt: skip
    """An account of Ada alone, with time off and work since February."""
    records = {
        **PEOPLE,
        "company": {**COMPANY, "week_start_day": week_start},
        "users": [person(1, "Ada", 0, weekly_capacity=round(weekly_hours * 3600))],
        "time_entries": entries(("2026-02-02", 1, 100, 1, 1, 100), *work),
    }
    calendar = Calendar(holidays=holidays, leave_tasks=CALENDAR.leave_tasks)
    return published(directory, records, date(2026, 3, 31), calendar=calendar)


def days_of(snapshot: Snapshot, first: date, last: date) -> list[Decimal]:
    rows = snapshot.rows(
        "SELECT f.capacity_hours FROM capacity_facts AS f WHERE f.day BETWEEN ? AND ?"
        " ORDER BY f.day",
        (first, last),
    )
    return [hours for (hours,) in rows]


MONDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 8)


def test_time_off_of_a_whole_short_week_leaves_no_capacity_and_no_timesheet_to_fill(
    tmp_path: Path,
) -> None:
    off = [(f"2026-03-0{day}", 1, 100, LEAVE, 8, None) for day in (2, 3, 4)]
    with closing(alone(tmp_path, 24, *off)) as snapshot:
        assert days_of(snapshot, MONDAY, SUNDAY) == [0] * 5
        scope = Scope(MONDAY, SUNDAY, today=date(2026, 3, 31))
        assert LISTINGS["leaks_missing_timesheets"].make(snapshot, scope, {}).frame.empty
        week = query_metrics(snapshot, [METRICS["capacity_hours"]], scope=scope).frame
    assert week["capacity_hours"].tolist() == [0]


@pytest.mark.parametrize(
    ("weekly_hours", "off", "left"),
    [
        (24, [("2026-03-03", 8)], [4, 0, 4, 4, 4]),
        (37.5, [("2026-03-03", 3.33)], None),
        (40, [("2026-03-07", 8)], [6.4] * 5),  # on a Saturday
        (40, [("2026-03-02", 60)], [0] * 5),
        (35, [("2026-03-02", 7.1), ("2026-03-03", 1 / 3)], None),
    ],
)
def test_days_add_up_to_what_is_left_of_the_week(
    tmp_path: Path, weekly_hours: float, off: list[tuple[str, float]], left: list[float] | None
) -> None:
    work = [(day, 1, 100, LEAVE, hours, None) for day, hours in off]
    with closing(alone(tmp_path, weekly_hours, *work)) as snapshot:
        days = days_of(snapshot, MONDAY, SUNDAY)

    taken = sum(Decimal(str(round(hours, 6))) for _, hours in off)
    assert sum(days) == max(Decimal(str(weekly_hours)) - taken, Decimal(0))
    assert min(days) >= 0
    if left is not None:
        assert [float(hours) for hours in days] == left


def test_a_holiday_has_no_capacity_and_time_off_on_it_counts_in_the_week(tmp_path: Path) -> None:
    off = ("2026-03-06", 1, 100, LEAVE, 4, None)
    with closing(alone(tmp_path, 40, off, holidays=(date(2026, 3, 6),))) as snapshot:
        assert days_of(snapshot, MONDAY, SUNDAY) == [7, 7, 7, 7, 0]


@pytest.mark.parametrize(
    ("week_start", "before", "after"),
    [("Monday", [6.4] * 5, [8] * 5), ("Sunday", [8] * 5, [6.4] * 5)],
)
def test_time_off_counts_in_the_week_of_the_account(
    tmp_path: Path, week_start: str, before: list[float], after: list[float]
) -> None:
    off = ("2026-03-08", 1, 100, LEAVE, 8, None)  # a Sunday
    with closing(alone(tmp_path, 40, off, week_start=week_start)) as snapshot:
        weeks = [days_of(snapshot, first, first + timedelta(days=6)) for first in (MONDAY, SUNDAY)]

    assert [[float(hours) for hours in week] for week in weeks] == [before, after]


def test_time_off_ahead_is_taken_off_the_whole_week(tmp_path: Path) -> None:
    off = [(f"2026-04-0{day}", 1, 100, LEAVE, 8, None) for day in (1, 2, 3)]
    with closing(alone(tmp_path, 24, *off)) as snapshot:
        scope = Scope(date(2026, 3, 30), date(2026, 4, 5), today=date(2026, 3, 31))
        found = query_metrics(snapshot, [METRICS["capacity_hours"]], scope=scope).frame
    assert found["capacity_hours"].tolist() == [0]


def test_a_week_is_cut_by_joining_and_leaving(tmp_path: Path) -> None:
    people = [person(1, "Ada", 24), person(2, "Bo", 24, is_active=False)]
    work = entries(
        ("2026-03-04", 1, 100, 1, 1, 100),  # Ada joins on the Wednesday
        ("2026-03-06", 1, 100, LEAVE, 8, None),
        ("2026-02-02", 2, 100, 1, 1, 100),
        ("2026-03-02", 2, 100, LEAVE, 8, None),
        ("2026-03-03", 2, 100, 1, 1, 100),  # and Bo leaves on the Tuesday
    )
    records = {**PEOPLE, "users": people, "time_entries": work}
    with closing(published(tmp_path, records, TODAY, calendar=CALENDAR)) as snapshot:
        rows = snapshot.rows(
            "SELECT f.user_id, f.day, CAST(f.capacity_hours AS DOUBLE) FROM capacity_facts AS f"
            " WHERE f.day BETWEEN ? AND ? ORDER BY 1, 2",
            (MONDAY, SUNDAY),
        )

    # Of Ada's three days 14.4 − 8 = 6.4, of Bo's two 9.6 − 8 = 1.6.
    assert [(user, day.day, hours) for user, day, hours in rows] == [
        (1, 4, 3.2), (1, 5, 3.2), (1, 6, 0.0), (2, 2, 0.0), (2, 3, 1.6),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def freelancers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The agency with Fay, who has no weekly capacity, and Gil, of whom the token sees none."""
    records = {
        **PEOPLE,
        "users": [
            *PEOPLE["users"],
            person(6, "Fay", 0, is_contractor=True),
            person(7, "Gil", 0, weekly_capacity=None),
        ],
        "time_entries": [
            *PEOPLE["time_entries"],
            *(
                {**row, "id": 100 + row["id"]}
                for row in entries(
                    ("2026-03-05", 6, 100, 1, 30, 100), ("2026-03-06", 7, 100, 1, 4.5, 100)
                )
            ),
        ],
    }
    calendar = Calendar(holidays=(date(2026, 3, 6),), leave_tasks=("vacation",))
    directory = tmp_path_factory.mktemp("freelancers")
    with closing(published(directory, records, TODAY, calendar=calendar)) as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("utilization", 48 / 152),  # 82.5/152 with hours that no capacity stands against
        ("total_utilization", 52 / 152),
        ("harvest_utilization", 82 / 196),
        ("hours", 82 + 34.5),
        ("billable_hours", 48 + 34.5),
    ],
)
def test_hours_of_people_without_capacity_are_in_no_utilization(
    freelancers: Snapshot, metric: str, value: float
) -> None:
    assert total(freelancers, metric) == pytest.approx(value)


def test_utilization_says_what_it_leaves_out(freelancers: Snapshot, agency: Snapshot) -> None:
    asked = [METRICS["utilization"], METRICS["harvest_utilization"]]
    notes = query_metrics(freelancers, asked, scope=TWO_WEEKS).notes

    assert [note for note in notes if "leaves out" in note] == [
        "Utilization leaves out 34.50 hours of 2 people without capacity (of 1 it is not visible).",
        (
            "Utilization (Harvest's method) leaves out 34.50 hours of 2 people "
            "without capacity (of 1 it is not visible)."
        ),
    ]
    assert "leaves out" not in " ".join(query_metrics(agency, asked, scope=TWO_WEEKS).notes)


def test_people_without_capacity_have_no_utilization_of_their_own(freelancers: Snapshot) -> None:
    found = by_person(freelancers, "utilization")

    assert found["Ada"] == pytest.approx(20 / 54)
    assert [name for name, value in found.items() if value != value] == ["Fay", "Gil"]
