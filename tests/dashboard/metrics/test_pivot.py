"""Groups within groups: subtotals are sums of their own."""

import math
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    AVERAGE_RATE,
    BILLABLE_AMOUNT,
    BILLABLE_SHARE,
    HOURS,
    METRICS,
    UTILIZATION,
)
from dashboard.metrics.dimensions import (
    CLIENT,
    CURRENCY,
    DIMENSIONS,
    PROJECT,
    TASK,
    USER,
    WEEK,
    Dimension,
)
from dashboard.metrics.execute import query_metrics, query_trend, rollup
from dashboard.metrics.metric import Fact, Metric
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.conftest import QUARTER, TWO_WEEKS, Studio


def test_each_group_is_followed_by_its_parts(studio: Snapshot) -> None:
    frame = rollup(studio, [HOURS, BILLABLE_SHARE], CLIENT, PROJECT, TWO_WEEKS).frame

    shown = frame[["level", "client", "project", "hours"]].astype(object)
    assert shown.where(shown.notna(), None).to_numpy().tolist() == [
        [0, "Acme", None, 13.5],
        [1, "Acme", "Brand", 5.0],
        [1, "Acme", "Website (Acme)", 8.5],
        [0, "Borealis", None, 11.5],
        [1, "Borealis", "Website (Borealis)", 11.5],
        [0, "No client", None, 1.5],
        [1, "No client", "Internal", 1.5],
    ]
    assert frame["billable_share"].iloc[0] == pytest.approx(12.5 / 13.5)


def test_a_group_in_two_currencies_has_two_subtotals(studio: Snapshot) -> None:
    frame = rollup(studio, [BILLABLE_AMOUNT, AVERAGE_RATE], TASK, USER, TWO_WEEKS).frame

    development = frame[frame["task"] == "Development"]
    assert development[["level", "currency", "billable_amount"]].to_numpy().tolist() == [
        [0, "EUR", 200.0],
        [1, "EUR", 200.0],
        [0, "USD", 360.0],
        [1, "USD", 360.0],
        [1, "USD", 0.0],
    ]
    # Ada 2's unpriced hours have no rate, and do not pull the group's down either.
    assert development["average_rate"].tolist()[2:4] == [120.0, 120.0]
    assert math.isnan(development["average_rate"].tolist()[4])


def test_a_groups_utilization_is_not_the_mean_of_its_peoples(studio: Snapshot) -> None:
    frame = rollup(studio, [UTILIZATION], WEEK, USER, TWO_WEEKS).frame

    groups = frame[frame["level"] == 0]
    assert groups["utilization"].tolist() == pytest.approx([14 / 110, 4 / 88])


@pytest.mark.parametrize("inner", [TASK, USER, WEEK, CURRENCY])
@pytest.mark.parametrize("outer", [CLIENT, PROJECT])
def test_subtotals_are_the_answer_by_the_group_alone(
    studio: Snapshot, outer: Dimension, inner: Dimension
) -> None:
    metrics = [METRICS["hours"], METRICS["billable_share"], METRICS["unpriced_hours"]]
    alone = query_metrics(studio, metrics, by=[outer], scope=TWO_WEEKS).frame

    frame = rollup(studio, metrics, outer, inner, TWO_WEEKS).frame

    groups = frame[frame["level"] == 0].reset_index(drop=True)
    assert groups[alone.columns].to_dict("records") == alone.to_dict("records")


def test_every_pair_of_dimensions_that_time_knows_can_be_nested(studio: Snapshot) -> None:
    known = [dimension for dimension in DIMENSIONS.values() if Fact.TIME in dimension.facts]
    for outer in known:
        for inner in known:
            if outer is not inner:
                frame = rollup(studio, [HOURS], outer, inner, TWO_WEEKS).frame
                assert frame[frame["level"] == 0]["hours"].sum() == 26.5
                assert frame[frame["level"] == 1]["hours"].sum() == 26.5


def test_questions_without_an_answer_are_refused_here_too(studio: Snapshot) -> None:
    with pytest.raises(MetricError, match="capacity is not recorded per project"):
        rollup(studio, [UTILIZATION], USER, PROJECT, TWO_WEEKS)
    with pytest.raises(MetricError, match="subtotal over currencies"):
        rollup(studio, [BILLABLE_AMOUNT], CLIENT, CURRENCY, TWO_WEEKS)
    with pytest.raises(MetricError, match="twice"):
        rollup(studio, [HOURS], CLIENT, CLIENT, TWO_WEEKS)


@pytest.mark.parametrize("today", [date(2025, 12, 1), date(2026, 2, 10), date(2026, 3, 31)])
@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_course_is_the_answer_and_the_answer_by_its_steps(
    account: Snapshot, metric: Metric, today: date
) -> None:
    scope = replace(QUARTER, today=today)

    found = query_trend(account, [metric], WEEK, scope)

    for made, by in ((found.total, []), (found.steps, [WEEK])):
        apart = query_metrics(account, [metric], by=by, scope=scope).frame
        pd.testing.assert_frame_equal(
            made.frame[list(apart)].reset_index(drop=True), apart, check_dtype=not apart.empty
        )


def test_namesakes_within_a_group_are_ordered_by_what_tells_them_apart(
    studio_after: Studio,
) -> None:
    studio = studio_after("UPDATE users SET email = 'zoe@studio.example' WHERE id = 1")

    frame = rollup(studio, [HOURS], TASK, USER, TWO_WEEKS).frame

    assert frame["user"][frame["task"] == "Development"].tolist()[1:] == [
        "Ada Berg (berg@studio.example)",
        "Ada Berg (zoe@studio.example)",
    ]
