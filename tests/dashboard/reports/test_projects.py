"""Budgets on 27 March 2026, by hand.

| project | budget | used | time passed | |
|---|---|---|---|---|
| Spent | 10 h | 12 | 86 of 90 days | over |
| Fast | 100 h | 60 | 27 of 59 days, 45.8 % | more than 10 points ahead |
| Nearly | 1000 EUR | 900 | all of it, it ended | 90 % is used |
| Slow | 100 EUR | 55 | 27 of 59 days | less than 10 points ahead |
| Monthly | 40 h a month | 38 in March | 27 of 31 days, not the 86 of 90 | 95 % |
| Open | 500 USD | 100 | no plan | |
| Full | 8 h | 8 | no plan | all of it, no more |
| Old | 200 h | 1 | archived | no row |
| Free | none | 9 | | no row |
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.budget_forecast import burn_forecasts
from dashboard.metrics.catalog import BUDGET, BUDGET_REMAINING, BUDGET_SPENT, BUDGET_USED_SHARE
from dashboard.metrics.dimensions import PROJECT
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS, Scope
from dashboard.reports.projects import (
    AT_RISK,
    ON_TRACK,
    OVER,
    budget_status,
    count_status,
    filter_at_risk,
    projects_table,
    time_passed,
)
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.agency_rows import (
    CLIENTS,
    COMPANY,
    ROLES,
    TASKS,
    Row,
    entries,
    person,
    project,
)
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 3, 27)
MARCH = Scope(date(2026, 3, 1), date(2026, 3, 31), today=TODAY)
_SPRING: Row = {"starts_on": "2026-03-01", "ends_on": "2026-04-28"}
_QUARTER: Row = {"starts_on": "2026-01-01", "ends_on": "2026-03-31"}
RECORDS = {
    "company": COMPANY,
    "clients": CLIENTS,
    "roles": ROLES,
    "tasks": TASKS,
    "users": [person(1, "Ada", 40)],
    "projects": [
        project(100, "Spent", "project", budget=10, **_QUARTER),
        project(102, "Fast", "project", budget=100, **_SPRING),
        project(
            104, "Nearly", "project_cost", cost_budget=1000,
            starts_on="2026-01-01", ends_on="2026-02-28",
        ),
        project(106, "Slow", "project_cost", cost_budget=100, **_SPRING),
        project(108, "Monthly", "project", budget=40, budget_is_monthly=True, **_QUARTER),
        project(109, "Open", "project_cost", client=20, cost_budget=500),
        project(110, "Full", "project", budget=8),
        project(112, "Old", "project", budget=200, is_active=False),
        project(114, "Free", "none"),
    ],
    "time_entries": entries(
        ("2026-03-02", 1, 100, 1, 12, 100),
        ("2026-03-03", 1, 102, 1, 20, 100),
        ("2026-03-10", 1, 102, 1, 20, 100),
        ("2026-03-17", 1, 102, 1, 20, 100),
        ("2026-02-02", 1, 104, 1, 9, 100),
        ("2026-03-05", 1, 106, 1, 0.55, 100),
        ("2026-02-10", 1, 108, 1, 50, 100),
        ("2026-03-10", 1, 108, 1, 38, 100),
        ("2026-03-11", 1, 109, 1, 1, 100),
        ("2026-03-11", 1, 110, 1, 8, 100),
        ("2026-03-12", 1, 112, 1, 1, 100),
        ("2026-03-12", 1, 114, 1, 9, 100),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(published(tmp_path_factory.mktemp("projects"), RECORDS, TODAY)) as snapshot:
        yield snapshot


def by_project(snapshot: Snapshot, scope: Scope = MARCH) -> dict[str, dict[Any, Any]]:
    frame = projects_table(snapshot, scope, {}).frame
    return {str(row["project"]): dict(row) for row in frame.to_dict("records")}


def test_those_that_will_not_last_come_first(agency: Snapshot) -> None:
    frame = projects_table(agency, MARCH, {}).frame

    assert list(zip(frame["project"], frame["status"], strict=True)) == [
        ("Spent", OVER), ("Full", AT_RISK), ("Monthly", AT_RISK), ("Nearly", AT_RISK),
        ("Fast", AT_RISK), ("Slow", ON_TRACK), ("Open", ON_TRACK),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "said"),
    [
        # Spent and Nearly by their plans, Open and Full by when they were made, and what is
        # archived; March is whole.
        (date(2026, 2, 15), "before 15 Feb 2026 are not stored, and 5 of 8 budgets"),
        (date(2026, 3, 10), "before 10 Mar 2026 are not stored, and 8 of 8 budgets"),
        (date(2009, 1, 1), ""),
    ],
)
def test_what_was_spent_before_the_first_day_stored_is_said_to_be_missing(
    tmp_path: Path, since: date, said: str
) -> None:
    with closing(published(tmp_path, RECORDS, TODAY, since=since)) as snapshot:
        notes = " ".join(projects_table(snapshot, MARCH, {}).notes)

    assert said in notes
    assert ("are not stored" in notes) is bool(said)


def test_without_four_stored_weeks_no_budget_runs_out_on_a_day(
    agency: Snapshot, tmp_path: Path
) -> None:
    # Of the four weeks up to 27 March, 28 February is the first day.
    with closing(published(tmp_path / "in", RECORDS, TODAY, since=date(2026, 2, 28))) as snapshot:
        stored = by_project(snapshot)
    with closing(published(tmp_path / "out", RECORDS, TODAY, since=date(2026, 3, 1))) as snapshot:
        missing = by_project(snapshot)

    assert stored["Fast"]["run_out"] == by_project(agency)["Fast"]["run_out"] is not None
    assert missing["Fast"]["run_out"] is None
    assert missing["Fast"]["run_out_why"] == "Not enough data"
    assert missing["Spent"]["run_out_why"] == "used up"


def test_that_note_follows_the_filter(tmp_path: Path) -> None:
    borealis = replace(MARCH, where=parse({"eq": {"client.id": 20}}, FIELDS))
    with closing(published(tmp_path, RECORDS, TODAY, since=date(2026, 2, 15))) as snapshot:
        notes = " ".join(projects_table(snapshot, borealis, {}).notes)

    assert "1 of 1 budgets" in notes


def test_a_budget_is_in_hours_or_in_money_and_never_in_one_column(agency: Snapshot) -> None:
    frame = projects_table(agency, MARCH, {}).frame

    in_hours = frame["currency"].isna()
    assert set(frame["project"][in_hours]) == {"Spent", "Fast", "Monthly", "Full"}
    for size in ("budget", "spent", "remaining"):
        assert (frame[f"{size}_hours"].notna() == in_hours).all()
        assert (frame[f"{size}_amount"].isna() == in_hours).all()


def test_figures_equal_the_metrics(agency: Snapshot) -> None:
    metrics = (BUDGET, BUDGET_SPENT, BUDGET_REMAINING, BUDGET_USED_SHARE)
    asked = query_metrics(agency, metrics, by=[PROJECT], scope=MARCH).frame
    listed = by_project(agency)

    for line in asked.to_dict("records"):
        if (row := listed.get(line["project"])) is None:
            assert line["project"] == "Old"
            continue
        unit = "hours" if line["currency"] == "hours" else "amount"
        assert row[f"budget_{unit}"] == line["budget"]
        assert row[f"spent_{unit}"] == line["budget_spent"]
        assert row[f"remaining_{unit}"] == line["budget_remaining"]
        assert row["used"] == line["budget_used_share"]


def test_the_day_it_runs_out_is_as_reckoned_elsewhere(agency: Snapshot) -> None:
    listed = by_project(agency)

    found = burn_forecasts(agency, on=TODAY)
    assert {one.project for one in found} == listed.keys()
    for one in found:
        row = listed[one.project]
        days = (row["run_out"], row["run_out_early"], row["run_out_late"])
        assert tuple(None if pd.isna(day) else day for day in days) == (
            one.day,
            one.early,
            one.late,
        )
        assert row["run_out_why"] == one.why
    assert listed["Fast"]["run_out"] is not None
    assert listed["Spent"]["run_out_why"] == "used up"
    assert listed["Open"]["run_out_why"] == "Not enough data"


def test_time_passes_from_start_to_end_or_over_the_month(agency: Snapshot) -> None:
    listed = by_project(agency)

    assert listed["Spent"]["time_passed"] == pytest.approx(86 / 90)
    assert listed["Fast"]["time_passed"] == pytest.approx(27 / 59)
    assert listed["Nearly"]["time_passed"] == 1
    assert listed["Monthly"]["time_passed"] == pytest.approx(27 / 31)
    assert pd.isna(listed["Open"]["time_passed"])


def test_it_is_as_of_the_last_day_in_scope(agency: Snapshot) -> None:
    listed = by_project(agency, Scope(date(2026, 2, 1), date(2026, 3, 4), today=TODAY))

    assert listed["Fast"]["spent_hours"] == 20
    assert listed["Fast"]["time_passed"] == pytest.approx(4 / 59)
    assert listed["Monthly"]["spent_hours"] == 0


def test_it_follows_the_filter(agency: Snapshot) -> None:
    def filtered(document: object) -> set[str]:
        where = parse(document, FIELDS)
        return set(by_project(agency, MARCH.and_(where)))

    assert filtered({"eq": {"client.id": 20}}) == {"Open"}
    assert filtered({"in": {"project.id": [100, 106, 112]}}) == {"Spent", "Slow"}


def test_what_budgets_cannot_follow_is_refused(agency: Snapshot) -> None:
    where = parse({"eq": {"user.id": 1}}, FIELDS)

    with pytest.raises(MetricError, match="cannot be filtered by user.id"):
        projects_table(agency, MARCH.and_(where), {})


def test_an_account_without_budgets_has_no_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("none")
    with closing(published(directory, {"company": COMPANY}, TODAY)) as snapshot:
        listing = projects_table(snapshot, MARCH, {})

    assert listing.frame.empty
    assert {column.id for column in listing.columns} <= set(listing.frame)
    assert filter_at_risk(listing).frame.empty
    assert count_status(listing, OVER) == 0


def test_attention_is_what_is_not_on_track(agency: Snapshot) -> None:
    listing = projects_table(agency, MARCH, {})

    assert list(filter_at_risk(listing).frame["project"]) == list(listing.frame["project"])[:5]
    assert [count_status(listing, each) for each in (OVER, AT_RISK, ON_TRACK)] == [1, 4, 2]


@pytest.mark.parametrize(
    ("used", "passed", "said"),
    [
        (1.0001, None, OVER),
        (1.0, None, AT_RISK),
        (0.9, 0.99, AT_RISK),
        (0.8999, 0.99, ON_TRACK),
        (0.6, 0.5, ON_TRACK),
        (0.61, 0.5, AT_RISK),
        (0.0, 0.0, ON_TRACK),
    ],
)
def test_the_edges_of_the_statuses(used: float, passed: float | None, said: str) -> None:
    assert budget_status(used, passed) == said


def test_time_that_has_not_begun_or_is_over_has_passed_not_or_whole() -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 10)

    assert time_passed(first, last, date(2025, 12, 1)) == 0
    assert time_passed(first, last, first) == pytest.approx(0.1)
    assert time_passed(first, last, date(2026, 2, 1)) == 1
    assert time_passed(last, first, first) is None
    assert time_passed(None, last, first) is None
