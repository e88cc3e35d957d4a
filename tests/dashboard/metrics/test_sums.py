"""Whatever the entries are: parts sum to the whole, and periods take every day once."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dashboard.metrics.catalog import METRICS, Measure
from dashboard.metrics.compiler import MetricQuery, compile_query
from dashboard.metrics.dimensions import (
    DAY,
    DIMENSIONS,
    FISCAL_YEAR,
    MONTH,
    QUARTER,
    WEEK,
    YEAR,
    Dimension,
)
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import RoundingBasis, Scope, time_filter
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.conftest import TODAY, build

MEASURES = [
    metric
    for metric in METRICS.values()
    if isinstance(metric, Measure) and metric.fact in (Fact.TIME, Fact.CAPACITY)
]

# 400 entries from some arithmetic: every person, project and task, over the turn of a year.
MANY = """
DELETE FROM time_facts;
INSERT INTO time_facts
SELECT
    '1', i, DATE '2025-11-20' + CAST(i * 7 % 90 AS INTEGER), u.id, p.client_id, p.id,
    1000 + i % 3, u.role_id, p.currency, i % 4 > 0, false, false, p.is_fixed_fee,
    u.is_contractor, false, true, i % 9 / 4.0, i % 7 / 3.0,
    nullif(i % 5 * 30, 60), nullif(i % 3 * 20, 0), false,
    i % 9 / 4.0 * nullif(i % 5 * 30, 60), i % 7 / 3.0 * nullif(i % 5 * 30, 60),
    i % 9 / 4.0 * nullif(i % 3 * 20, 0), i % 7 / 3.0 * nullif(i % 3 * 20, 0), NULL, NULL, NULL
FROM range(400) AS r(i)
JOIN users AS u ON u.id = i % 4 + 1
JOIN projects AS p ON p.id = [100, 101, 200, 300][i * 3 % 4 + 1]
ORDER BY 3, 2
"""
FIRST, LAST = date(2025, 11, 20), date(2026, 2, 17)

days = st.dates(FIRST - timedelta(days=3), LAST + timedelta(days=3))
filters = st.sampled_from(
    [
        None,
        {"eq": {"billable": True}},
        {"neq": {"client.name": "Acme"}},
        {"or": [{"eq": {"user.id": 1}}, {"contains": {"task.name": "dev"}}]},
        {"not": {"array_contains": {"user.roles": "Designer"}}},
    ]
)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(build(tmp_path_factory.mktemp("many"), MANY)) as snapshot:
        yield snapshot


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    start, end = sorted((draw(days), draw(days)))
    return Scope(
        start, end, time_filter(draw(filters)), draw(st.sampled_from(RoundingBasis)), today=TODAY
    )


@given(scopes(), st.sampled_from(sorted(DIMENSIONS)), st.sampled_from(MEASURES))
def test_the_parts_of_a_sum_are_the_whole(
    many: Snapshot, scope: Scope, name: str, measure: Measure
) -> None:
    dimension = DIMENSIONS[name]
    assume(measure.fact in dimension.facts)
    if scope.where and measure.fact is Fact.CAPACITY:
        scope = replace(scope, where=None)

    whole = query_metrics(many, [measure], scope=scope).frame
    parts = query_metrics(many, [measure], by=[dimension], scope=scope).frame

    if measure.money and name != "currency":
        wholes = whole.set_index("currency")[measure.id].fillna(0)
        sums = parts.groupby("currency")[measure.id].sum()
        assert sums.to_dict() == pytest.approx({c: wholes[c] for c in sums.index})
        assert wholes.drop(sums.index).sum() == 0
    else:
        assert parts[measure.id].sum() == pytest.approx(whole[measure.id].sum())


@given(
    scopes(),
    st.integers(0, 6),
    st.integers(1, 12),
    st.sampled_from([DAY, WEEK, MONTH, QUARTER, YEAR, FISCAL_YEAR]),
)
def test_periods_take_every_day_once_whatever_first_weekday_and_fiscal_month(
    many: Snapshot, scope: Scope, week_start: int, fiscal_start: int, dimension: Dimension
) -> None:
    scope = replace(scope, fiscal_start=fiscal_start)
    question = MetricQuery((METRICS["raw_hours"],), (dimension,), scope, week_start, "EUR")
    whole = query_metrics(many, [METRICS["raw_hours"]], scope=scope).frame["raw_hours"].item()

    frame = many.query_frame(*compile_query(question))

    firsts = [first.date() for first in frame[dimension.id]]
    assert frame["raw_hours"].sum() == pytest.approx(whole)
    assert firsts == sorted(set(firsts))
    assert all(first <= scope.end for first in firsts)
    if dimension is WEEK:
        assert {first.weekday() for first in firsts} <= {week_start}
        assert all(scope.start - timedelta(days=6) <= first for first in firsts)
    elif dimension is not DAY:
        assert {first.day for first in firsts} <= {1}
