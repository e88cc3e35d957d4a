"""Quarters and years of an account whose fiscal year begins in another month than January."""

from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.metrics.catalog import HOURS, OUTSTANDING_AMOUNT
from dashboard.metrics.dimensions import (
    FISCAL_YEAR,
    QUARTER,
    YEAR,
    Dimension,
    fiscal_label,
    period_label,
)
from dashboard.metrics.execute import query_metrics, query_trend
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.agency_rows import CLIENTS, COMPANY, TASKS, entries, person, project
from tests.dashboard.metrics.conftest import QUARTER as ACCOUNT_QUARTER
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 12, 31)
# The last and the first day of every month of two years, and a leap day.
DAYS = sorted(
    {date(2024, 2, 29)}
    | {date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)}
    | {date(year, month, 1) - timedelta(days=1) for year in (2025, 2026) for month in range(1, 13)}
)
RECORDS: dict[str, Any] = {
    "company": COMPANY,
    "clients": CLIENTS,
    "tasks": TASKS,
    "projects": [project(100, "Website", "none")],
    "users": [person(1, "Ada", 40)],
    "time_entries": entries(*((str(day), 1, 100, 1, 1, 100) for day in DAYS)),
}
ALL = Scope(date(2024, 1, 1), TODAY, today=TODAY)


@pytest.fixture(scope="module")
def account_of_days(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with closing(published(tmp_path_factory.mktemp("fiscal"), RECORDS, TODAY)) as snapshot:
        yield snapshot


def first_of(day: date, length: int, fiscal_start: int) -> date:
    """The first day of the span of `length` months that has `day`, found by going back."""
    first = day.replace(day=1)
    while (first.month - fiscal_start) % length:
        first = (first - timedelta(days=1)).replace(day=1)
    return first


@pytest.mark.parametrize("fiscal_start", range(1, 13))
@pytest.mark.parametrize(
    ("dimension", "length", "follows"),
    [(QUARTER, 3, True), (FISCAL_YEAR, 12, True), (YEAR, 12, False)],
)
def test_answer_by_quarter_and_fiscal_year_begins_in_fiscal_month(
    account_of_days: Snapshot, dimension: Dimension, length: int, follows: bool, fiscal_start: int
) -> None:
    expected: dict[date, float] = defaultdict(float)
    for day in DAYS:
        expected[first_of(day, length, fiscal_start if follows else 1)] += 1

    frame = query_metrics(
        account_of_days, [HOURS], by=[dimension], scope=replace(ALL, fiscal_start=fiscal_start)
    ).frame

    firsts = [first.date() for first in frame[dimension.id]]
    assert dict(zip(firsts, frame["hours"], strict=True)) == expected


def test_balances_by_fiscal_quarter_are_as_of_its_end(account: Snapshot) -> None:
    scope = replace(ACCOUNT_QUARTER, fiscal_start=2)

    frame = query_metrics(account, [OUTSTANDING_AMOUNT], by=[QUARTER], scope=scope).frame
    until_january = query_metrics(
        account, [OUTSTANDING_AMOUNT], scope=replace(scope, end=date(2026, 1, 31))
    ).frame

    first = frame[frame["quarter"] == frame["quarter"].min()]
    assert first["quarter"].iloc[0].date() == date(2025, 11, 1)
    owed = dict(zip(first["currency"], first["outstanding_amount"], strict=True))
    expected = dict(
        zip(until_january["currency"], until_january["outstanding_amount"], strict=True)
    )
    assert {key: value for key, value in owed.items() if value} == expected


def test_course_by_fiscal_quarter_adds_up_to_its_total(account_of_days: Snapshot) -> None:
    found = query_trend(account_of_days, [HOURS], QUARTER, replace(ALL, fiscal_start=11))

    assert found.steps.frame["hours"].sum() == found.total.frame["hours"].item() == len(DAYS)
    assert {first.month for first in found.steps.frame["quarter"]} == {2, 5, 8, 11}


def test_scope_of_other_fiscal_year_has_other_key() -> None:
    keys = {replace(ALL, fiscal_start=month).key for month in range(1, 13)}

    assert len(keys) == 12


@pytest.mark.parametrize(
    ("dimension", "first", "fiscal_start", "label"),
    [
        (QUARTER, date(2026, 4, 1), 1, "Q2 2026"),
        (QUARTER, date(2026, 4, 1), 4, "Q1 FY2026/27"),
        (QUARTER, date(2026, 1, 1), 4, "Q4 FY2025/26"),
        (QUARTER, date(2025, 11, 1), 2, "Q4 FY2025/26"),
        (QUARTER, date(2099, 10, 1), 10, "Q1 FY2099/00"),
        (FISCAL_YEAR, date(2026, 1, 1), 1, "FY2026"),
        (FISCAL_YEAR, date(2026, 7, 1), 7, "FY2026/27"),
        (YEAR, date(2026, 1, 1), 4, "2026"),
    ],
)
def test_period_label_names_fiscal_quarter_and_year(
    dimension: Dimension, first: date, fiscal_start: int, label: str
) -> None:
    assert period_label(dimension, first, fiscal_start) == label


@pytest.mark.parametrize(
    ("first", "last", "fiscal_start", "label"),
    [
        (date(2026, 4, 1), date(2026, 6, 30), 4, "Q1 FY2026/27"),
        (date(2026, 4, 1), date(2027, 3, 31), 4, "FY2026/27"),
        (date(2026, 4, 1), date(2026, 6, 30), 1, ""),  # every calendar says so
        (date(2026, 4, 1), date(2026, 6, 30), 5, ""),
        (date(2026, 4, 1), date(2026, 6, 29), 4, ""),
    ],
)
def test_fiscal_label_of_days_names_whole_fiscal_quarter_or_year(
    first: date, last: date, fiscal_start: int, label: str
) -> None:
    assert fiscal_label(first, last, fiscal_start) == label
