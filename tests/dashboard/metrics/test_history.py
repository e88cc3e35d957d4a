"""What Harvest overwrites counts as it was on the day, from the day it was first seen.

Seen on Tuesday 10 February 2026, then on Tuesday 10 March: Ada's 40 h a week have become 20, she a
contractor and lead, and the website's 100 h have become 150 h, then 3000 EUR.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import CONTRACTOR, PROJECT, ROLE, Dimension
from dashboard.metrics.execute import query_metrics
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

FIRST, SECOND, THIRD = date(2026, 2, 10), date(2026, 3, 10), date(2026, 3, 20)
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
MARCH = (date(2026, 3, 2), date(2026, 3, 13))
WORK = entries(("2026-01-05", 1, 100, 1, 16, 100), ("2026-02-16", 1, 100, 1, 40, 100),
               ("2026-03-10", 1, 100, 1, 4, 50))  # fmt: skip


def account(ada: dict[str, Any], website: dict[str, Any]) -> dict[str, Any]:
    return {
        "company": COMPANY, "clients": CLIENTS, "tasks": TASKS, "roles": ROLES,
        "users": [ada], "projects": [website], "time_entries": WORK,
    }  # fmt: skip


BEFORE = account(
    person(1, "Ada", 40, roles=["Designer"]), project(100, "Website", "project", budget=100)
)
AFTER = account(
    person(1, "Ada", 20, roles=["Lead"], is_contractor=True),
    project(100, "Website", "project", budget=150),
)
IN_MONEY = account(
    person(1, "Ada", 20, roles=["Lead"], is_contractor=True),
    project(100, "Website", "project_cost", budget=150, cost_budget=3000),
)


def seen(directory: Path, *syncs: tuple[dict[str, Any], date]) -> Snapshot:
    """The last of several versions of an account, published one after another."""
    *earlier, (records, day) = syncs
    for before, then in earlier:
        published(directory, before, then).close()
    return published(directory, records, day)


def ask(
    snapshot: Snapshot, metric: str, days: tuple[date, date], by: Sequence[Dimension] = ()
) -> list[list[Any]]:
    scope = Scope(*days, today=date(2026, 3, 31))
    frame = query_metrics(snapshot, [METRICS[metric]], by=by, scope=scope).frame
    names = [dimension.id for dimension in by]
    more = ["currency"] if "currency" in frame else []
    found: list[list[Any]] = frame[[*names, *more, metric]].values.tolist()
    return found


def test_a_change_of_capacity_in_march_keeps_the_utilization_of_february(tmp_path: Path) -> None:
    with closing(seen(tmp_path, (BEFORE, FIRST))) as snapshot:
        before = ask(snapshot, "utilization", FEBRUARY)
    with closing(seen(tmp_path, (AFTER, SECOND))) as snapshot:
        after = ask(snapshot, "utilization", FEBRUARY)
        march = ask(snapshot, "capacity_hours", MARCH)

    assert before == after == [[40 / 160]]  # 40/80 with the hours of today
    assert march == [[6 * 8 + 4 * 4]]  # six weekdays before the 10th, four from it on


def test_role_and_contract_are_those_of_the_day(tmp_path: Path) -> None:
    with closing(seen(tmp_path, (BEFORE, FIRST), (AFTER, SECOND))) as snapshot:
        days = (FEBRUARY[0], MARCH[1])

        assert ask(snapshot, "hours", days, [ROLE]) == [["Designer", 40], ["Lead", 4]]
        assert ask(snapshot, "hours", days, [CONTRACTOR]) == [["Contractor", 4], ["Employee", 40]]
        assert ask(snapshot, "capacity_hours", MARCH, [ROLE]) == [["Designer", 48], ["Lead", 16]]


def test_a_budget_is_as_large_as_it_was_and_may_change_its_unit(tmp_path: Path) -> None:
    def of(snapshot: Snapshot, metric: str, day: date) -> list[list[Any]]:
        rows = ask(snapshot, metric, (day, day), [PROJECT])
        return [row[1:] for row in rows if row[2]]

    with closing(seen(tmp_path, (BEFORE, FIRST), (AFTER, SECOND), (IN_MONEY, THIRD))) as snapshot:
        assert of(snapshot, "budget", FEBRUARY[1]) == [["hours", 100]]
        assert of(snapshot, "budget", SECOND) == [["hours", 150]]
        assert of(snapshot, "budget_spent", SECOND) == [["hours", 16 + 40 + 4]]
        # From then on in money, the work of before as well: 56×100 + 4×50.
        assert of(snapshot, "budget", THIRD) == [["EUR", 3000]]
        assert of(snapshot, "budget_spent", THIRD) == [["EUR", 5800]]


def test_what_is_from_before_it_was_seen_is_said_and_what_is_not_is_not(tmp_path: Path) -> None:
    def notes(snapshot: Snapshot, days: tuple[date, date]) -> str:
        scope = Scope(*days, today=date(2026, 3, 31))
        return " ".join(query_metrics(snapshot, [METRICS["capacity_hours"]], scope=scope).notes)

    with closing(seen(tmp_path, (BEFORE, FIRST), (AFTER, SECOND))) as snapshot:
        assert "Up to 9 Feb 2026 capacity, roles and contracts" in notes(snapshot, FEBRUARY)
        assert "first seen" not in notes(snapshot, MARCH)


def test_utilization_as_in_harvest_has_todays_capacity_for_all_weeks(tmp_path: Path) -> None:
    with closing(seen(tmp_path, (BEFORE, FIRST), (AFTER, SECOND))) as snapshot:
        # Twenty weekdays of 8 hours as they were, of 4 as Harvest has it.
        assert ask(snapshot, "gross_capacity_hours", FEBRUARY) == [[160]]
        assert ask(snapshot, "utilization", FEBRUARY) == [[40 / 160]]
        assert ask(snapshot, "harvest_utilization", FEBRUARY) == [[40 / 80]]


def test_of_several_values_of_one_day_the_last_is_kept(tmp_path: Path) -> None:
    with closing(seen(tmp_path, (BEFORE, SECOND), (AFTER, SECOND))) as snapshot:
        assert ask(snapshot, "capacity_hours", MARCH) == [[40]]  # ten weekdays of 4
        assert snapshot.rows("SELECT count(*) FROM person_spans") == [(1,)]


def test_what_comes_back_is_kept_a_second_time(tmp_path: Path) -> None:
    with closing(seen(tmp_path, (BEFORE, FIRST), (AFTER, SECOND), (BEFORE, THIRD))) as snapshot:
        spans = snapshot.rows(
            "SELECT first_day, last_day, CAST(weekly_hours AS INTEGER) FROM person_spans"
            " ORDER BY first_day"
        )

    assert spans == [
        (date(1, 1, 1), date(2026, 3, 9), 40),
        (SECOND, date(2026, 3, 19), 20),
        (THIRD, date(9999, 12, 31), 40),
    ]
