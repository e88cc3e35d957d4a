"""The entries behind a bar or a row add up to it, to the hour."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dashboard.components.chart import Point
from dashboard.components.selection import (
    Narrowing,
    combine,
    selection_from_bar,
    selection_from_row,
)
from dashboard.metrics.catalog import BILLABLE_AMOUNT, BILLABLE_HOURS, HOURS, NONBILLABLE_HOURS
from dashboard.metrics.dimensions import (
    CLIENT,
    DAY,
    FISCAL_YEAR,
    MONTH,
    PROJECT,
    QUARTER,
    ROLE,
    TASK,
    USER,
    WEEK,
    YEAR,
    Dimension,
)
from dashboard.metrics.entries import entry_count
from dashboard.metrics.execute import query_metrics, rollup
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot

SCOPE = Scope(date(2025, 12, 29), date(2026, 1, 18), today=date(2026, 1, 15))
FISCAL = replace(SCOPE, fiscal_start=2)
PARTS = [BILLABLE_HOURS, NONBILLABLE_HOURS]
every_dimension = pytest.mark.parametrize(
    "dimension",
    [DAY, WEEK, MONTH, QUARTER, YEAR, FISCAL_YEAR, CLIENT, PROJECT, TASK, USER, ROLE],
    ids=lambda dimension: dimension.id,
)


@every_dimension
@pytest.mark.parametrize("scope", [SCOPE, FISCAL])
def test_the_entries_behind_a_bar_add_up_to_it(
    studio: Snapshot, dimension: Dimension, scope: Scope
) -> None:
    found = query_metrics(studio, PARTS, by=[dimension], scope=scope)
    assert len(found.frame)

    for row in found.frame.to_dict("records"):
        if dimension.is_period:
            key = row[dimension.id].date().isoformat()
        else:
            named = row[f"{dimension.id}_id"]
            key = None if pd.isna(named) else int(named)
        for curve, metric in enumerate(PARTS):
            narrowed = selection_from_bar(Point(curve, key), found, studio)
            assert narrowed
            assert entry_count(studio, scope.and_(narrowed.where))[1] == row[metric.id]


def test_selected_fiscal_quarter_is_named_after_its_fiscal_year(studio: Snapshot) -> None:
    found = query_metrics(studio, PARTS, by=[QUARTER], scope=FISCAL)

    narrowed = selection_from_bar(Point(0, "2025-11-01"), found, studio)

    assert narrowed
    assert narrowed.says.startswith("Q4 FY2025/26")


@pytest.mark.parametrize(
    ("outer", "inner"), [(CLIENT, PROJECT), (USER, TASK), (ROLE, USER), (TASK, USER)]
)
def test_the_entries_behind_a_row_add_up_to_it(
    studio: Snapshot, outer: Dimension, inner: Dimension
) -> None:
    found = rollup(studio, [HOURS], outer, inner, SCOPE)

    for row in found.frame.to_dict("records"):
        dimensions = (outer,) if row["level"] == 0 else (outer, inner)
        named = {str(name): value for name, value in row.items()}
        narrowed = selection_from_row(named, dimensions, studio)
        assert entry_count(studio, SCOPE.and_(narrowed.where))[1] == row["hours"]


def test_rows_of_one_client_in_two_currencies_are_told_apart(studio: Snapshot) -> None:
    found = rollup(studio, [HOURS, BILLABLE_AMOUNT], USER, TASK, SCOPE)

    for row in found.frame.to_dict("records"):
        dimensions = (USER,) if row["level"] == 0 else (USER, TASK)
        named = {str(name): value for name, value in row.items()}
        narrowed = selection_from_row(named, dimensions, studio)
        assert entry_count(studio, SCOPE.and_(narrowed.where))[1] == row["hours"]


def test_a_bar_of_another_question_selects_nothing(studio: Snapshot) -> None:
    found = query_metrics(studio, PARTS, by=[CLIENT], scope=SCOPE)

    assert selection_from_bar(Point(0, 999), found, studio) is None
    assert selection_from_bar(None, found, studio) is None


def test_it_says_what_it_shows(studio: Snapshot) -> None:
    weeks = query_metrics(studio, PARTS, by=[WEEK], scope=SCOPE)
    people = query_metrics(studio, PARTS, by=[USER], scope=SCOPE)

    week = selection_from_bar(Point(1, "2026-01-05"), weeks, studio)
    person = selection_from_bar(Point(0, 2), people, studio)

    assert week
    assert week.says == "Week of 5 Jan 2026 · non-billable"
    assert week.and_(person).says == (
        "Week of 5 Jan 2026 · non-billable · Ada Berg (berg@studio.example) · billable"
    )


def selection_of(snapshot: Snapshot, dimension: Dimension, place: int) -> Narrowing:
    """Return what the bar at `place` of hours by `dimension` selects."""
    found = query_metrics(snapshot, PARTS, by=[dimension], scope=SCOPE)
    narrowed = selection_from_bar(
        Point(0, int(found.frame[f"{dimension.id}_id"].iloc[place])), found, snapshot
    )
    assert narrowed
    return narrowed


def test_combine_of_two_people_keeps_the_later_selection(studio: Snapshot) -> None:
    first, second = (selection_of(studio, USER, place) for place in (0, 1))

    assert combine({"chart": first, "table": None}, "people") == first
    assert combine({"chart": first, "table": second}, "people") == second
    assert combine({"chart": first, "table": None}, "people") == first
    assert combine({"chart": None, "table": second}, "people") == second
    # The chart is selected again, so it is the later one.
    assert combine({"chart": first, "table": second}, "people") == first


def test_combine_of_different_dimensions_keeps_both(studio: Snapshot) -> None:
    person = selection_of(studio, USER, 0)
    clients = query_metrics(studio, [HOURS], by=[CLIENT], scope=SCOPE).frame
    row = {str(name): value for name, value in clients.iloc[0].items()}
    client = selection_from_row(row, (CLIENT,), studio)

    combined = combine({"chart": person, "table": client}, "both")

    assert combined
    assert combined.about == {"user", "billable", "client"}
    assert combine({"chart": None, "table": None}, "both") is None
