"""Budgets of every kind on 31 March 2026, by hand.

| project | kind | budget | used |
|---|---|---|---|
| Hours | hours per project | 100 h | 30 in January + 20 in March; 5 more are not budgeted |
| Fees | fees per project, with expenses | 1000 EUR | 6×100 + 150 spent; 3 h are not billable |
| Tasks | hours per task: design 10, development none | 10 h | 12 of design; 5 of development not |
| Task fees | fees per task: design 500 | 500 USD | 4×120 = 480 |
| People | hours per person: Ada 8, Bo none | 8 h | 6 of Ada's; 3 of Bo's do not count |
| Free | none | – | 9 h |
| Retainer | hours per project and month | 40 h | 50 in February, 10 in March |
| Old | fees per project without expenses, archived | 200 EUR | 1×100; 70 of expenses do not count |
| Blank | hours per project, without a number | – | 2 h |
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.budget_forecast import (
    BurnForecast,
    burn_forecasts,
    percentile,
    workday_after,
)
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import CLIENT, MONTH, PROJECT, TASK
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.agency_rows import (
    CLIENTS,
    COMPANY,
    ROLES,
    TASKS,
    assignments,
    entries,
    expenses,
    person,
    project,
)
from tests.dashboard.metrics.publishing import published
from tests.dashboard.sync.agency import Agency, Copy

TODAY = date(2026, 3, 31)
QUARTER = Scope(date(2026, 1, 1), TODAY, today=TODAY)
BUDGETS = {
    "company": COMPANY,
    "clients": CLIENTS,
    "roles": ROLES,
    "tasks": TASKS,
    "users": [person(1, "Ada", 40), person(2, "Bo", 20)],
    "projects": [
        project(100, "Hours", "project", budget=100),
        project(102, "Fees", "project_cost", cost_budget=1000, cost_budget_include_expenses=True),
        project(104, "Tasks", "task"),
        project(105, "Task fees", "task_fees", client=20),
        project(106, "People", "person"),
        project(108, "Free", "none", budget=7),
        project(
            110, "Retainer", "project", budget=40, budget_is_monthly=True,
            created_at="2026-02-01T09:00:00Z",
        ),
        project(112, "Old", "project_cost", cost_budget=200, is_active=False),
        project(114, "Blank", "project", budget=None),
    ],
    "task_assignments": assignments("task", (104, 1, 10), (104, 2, None), (105, 1, 500)),
    "user_assignments": assignments("user", (106, 1, 8), (106, 2, None)),
    "time_entries": entries(
        ("2026-01-12", 1, 100, 1, 30, 100),
        ("2026-03-03", 1, 100, 1, 20, None),
        ("2026-03-04", 1, 100, 1, 5, 100, False),
        ("2026-03-05", 1, 102, 1, 6, 100),
        ("2026-03-05", 1, 102, 1, 3, None),
        ("2026-03-06", 1, 104, 1, 12, 100),
        ("2026-03-06", 1, 104, 2, 5, 100, False),
        ("2026-03-09", 1, 105, 1, 4, 120),
        ("2026-03-10", 1, 106, 1, 6, 100),
        ("2026-03-10", 2, 106, 1, 3, 100, False),
        ("2026-03-11", 2, 108, 1, 9, 100, False),
        ("2026-02-10", 2, 110, 1, 50, 100),
        ("2026-03-31", 2, 110, 1, 10, 100),
        ("2026-01-10", 2, 112, 1, 1, 100),
        ("2026-01-11", 2, 114, 1, 2, 100),
    ),
    "expenses": expenses(("2026-02-20", 102, 150), ("2026-01-20", 112, 70), ("2026-01-20", 100, 9)),
}  # fmt: skip


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(published(tmp_path_factory.mktemp("budgets"), BUDGETS, TODAY)) as snapshot:
        yield snapshot


def by_project(snapshot: Snapshot, metric: str, scope: Scope = QUARTER) -> dict[Any, Any]:
    frame = query_metrics(snapshot, [METRICS[metric]], by=[PROJECT], scope=scope).frame
    return {
        name: (value, currency)
        for name, value, currency in zip(
            frame["project"], frame[metric], frame["currency"], strict=True
        )
    }


def test_every_kind_of_budget_has_its_size_in_its_unit(agency: Snapshot) -> None:
    assert by_project(agency, "budget") == {
        "Hours": (100, "hours"), "Fees": (1000, "EUR"), "Tasks": (10, "hours"),
        "Task fees": (500, "USD"), "People": (8, "hours"), "Retainer": (40, "hours"),
        "Old": (200, "EUR"),
    }  # fmt: skip


def test_every_kind_of_budget_is_used_by_what_counts_towards_it(agency: Snapshot) -> None:
    assert by_project(agency, "budget_spent") == {
        "Hours": (50, "hours"), "Fees": (750, "EUR"), "Tasks": (12, "hours"),
        "Task fees": (480, "USD"), "People": (6, "hours"), "Retainer": (10, "hours"),
        "Old": (100, "EUR"),
    }  # fmt: skip


def test_what_is_left_goes_below_zero(agency: Snapshot) -> None:
    left = by_project(agency, "budget_remaining")

    assert left["Tasks"] == (-2, "hours")
    assert left["Fees"] == (250, "EUR")


def test_a_share_is_of_sums_and_never_over_two_units(agency: Snapshot) -> None:
    frame = query_metrics(agency, [METRICS["budget_used_share"]], by=[CLIENT], scope=QUARTER).frame

    assert frame[["client", "currency", "budget_used_share"]].values.tolist() == [
        ["Acme", "EUR", pytest.approx(850 / 1200)],
        ["Acme", "hours", pytest.approx(78 / 158)],
        ["Borealis", "USD", pytest.approx(0.96)],
    ]


def test_a_monthly_budget_begins_anew_and_others_go_on(agency: Snapshot) -> None:
    metrics = [METRICS["budget"], METRICS["budget_spent"]]
    frame = query_metrics(agency, metrics, by=[PROJECT, MONTH], scope=QUARTER).frame
    frame["month"] = pd.to_datetime(frame["month"]).dt.month

    def of(name: str) -> list[list[float]]:
        rows = frame[frame["project"] == name]
        return rows[["month", "budget", "budget_spent"]].values.tolist()

    assert of("Retainer") == [[2, 40, 50], [3, 40, 10]]
    assert of("Hours") == [[1, 100, 30], [2, 100, 30], [3, 100, 50]]


@pytest.mark.parametrize(("day", "spent"), [(date(2026, 2, 28), 50), (date(2026, 3, 1), 0)])
def test_the_last_of_a_month_still_has_what_the_first_has_not(
    agency: Snapshot, day: date, spent: float
) -> None:
    scope = Scope(date(2026, 2, 1), day, today=TODAY)

    # What is settled, at nothing used, is not listed.
    used = by_project(agency, "budget_spent", scope)

    assert used.get("Retainer", (0, "hours")) == (spent, "hours")


def test_budgets_are_not_by_task(agency: Snapshot) -> None:
    with pytest.raises(MetricError, match="not recorded per task"):
        query_metrics(agency, [METRICS["budget"]], by=[TASK], scope=QUARTER)


def test_that_sizes_were_not_seen_on_the_day_is_said(agency: Snapshot) -> None:
    past = Scope(date(2026, 1, 1), date(2026, 2, 28), today=TODAY)

    said = query_metrics(agency, [METRICS["budget"]], scope=past).notes
    now = query_metrics(agency, [METRICS["budget"]], scope=QUARTER).notes

    assert any("before 31 Mar 2026 are as they were when first seen" in note for note in said)
    assert not any("first seen" in note for note in now)


def test_every_project_of_the_demo_account_is_as_in_harvests_own_report(tmp_path: Path) -> None:
    agency = Agency(entries=2_000)
    copy = Copy(agency, tmp_path, "direct")
    copy.sync()
    with copy.client() as harvest:
        report = {row.project_id: row for row in harvest.project_budget.all()}

    with closing(copy.snapshot()) as snapshot:
        day = copy.settings.today_in(None)
        ids = ("budget", "budget_spent", "budget_remaining")
        frame = query_metrics(
            snapshot,
            [METRICS[id] for id in ids],
            by=[PROJECT],
            scope=Scope(day, day, today=day),
        ).frame

    assert {row.budget_by for row in report.values()} == {
        "project", "project_cost", "task", "task_fees", "person",
    }  # fmt: skip
    assert set(frame["project_id"]) == set(report)
    for row in frame.to_dict("records"):
        theirs = report[int(row["project_id"])]
        assert [row[id] for id in ids] == pytest.approx(
            [float(getattr(theirs, id)) for id in ids], abs=0.006
        ), theirs
        in_hours = theirs.budget_by in ("project", "task", "person")
        assert (row["currency"] == "hours") is in_hours


def weekly(*hours: float) -> dict[str, Any]:
    """A project with 100 h, of which four weeks up to Friday the 27th used so many."""
    mondays = ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23")
    return {
        **BUDGETS,
        "projects": [project(100, "Hours", "project", budget=100)],
        "time_entries": entries(
            *((day, 1, 100, 1, used, 100) for day, used in zip(mondays, hours, strict=True) if used)
        ),
        "task_assignments": [],
        "user_assignments": [],
        "expenses": [],
    }


FRIDAY = date(2026, 3, 27)


def only(directory: Path, *hours: float) -> BurnForecast:
    with closing(published(directory, weekly(*hours), FRIDAY)) as snapshot:
        (found,) = burn_forecasts(snapshot, on=FRIDAY)
    return found


def test_a_budget_runs_out_at_the_pace_of_four_weeks_within_a_range(tmp_path: Path) -> None:
    # 60 h in 20 workdays are 3 a day: 40 are gone in 14 workdays, on Thursday the 16th of April.
    # Of 10, 10, 20, 20 the 20th percentile is 10, the 80th 20: 4 a day for 10 days, 2 for 20.
    found = only(tmp_path, 10, 20, 10, 20)

    assert (found.remaining, found.burn, found.currency) == (40, 3, "hours")
    assert (found.day, found.early, found.late) == (
        date(2026, 4, 16), date(2026, 4, 10), date(2026, 4, 24),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "why"),
    [((0, 0, 10, 10), "Not enough data"), ((0, 0, 0, 0), "Not enough data"),
     ((30, 30, 30, 30), "used up"), ((0.01, 0.01, 0.01, 0.01), "More than 10 years")],
)  # fmt: skip
def test_where_there_is_no_day_it_says_why(
    tmp_path: Path, hours: tuple[float, ...], why: str
) -> None:
    found = only(tmp_path, *hours)

    assert (found.day, found.why) == (None, why)


def test_workdays_pass_over_weekends() -> None:
    assert workday_after(FRIDAY, 0) == FRIDAY
    assert workday_after(FRIDAY, 1) == date(2026, 3, 30)
    assert workday_after(date(2026, 3, 28), 5) == date(2026, 4, 3)
    assert workday_after(date(2026, 3, 30), 4) == date(2026, 4, 3)


def test_a_percentile_lies_between_two_values() -> None:
    assert percentile([4, 1, 3, 2], 0.2) == pytest.approx(1.6)
    assert percentile([5], 0.8) == 5
