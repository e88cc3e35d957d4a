"""Scopes: what they refuse, and their key."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import TIME_FIELDS, RoundingBasis, Scope, time_filter
from harvest_client.search import SearchError
from harvest_client.search.filter_ast import Compare, Operator

TODAY = date(2026, 1, 15)
DAY = timedelta(days=1)


def test_scopes_that_differ_have_keys_that_differ() -> None:
    scope = Scope(TODAY, TODAY, today=TODAY)
    others = [
        replace(scope, start=TODAY - DAY),
        replace(scope, end=TODAY + DAY),
        replace(scope, basis=RoundingBasis.RAW),
        replace(scope, today=TODAY + DAY),
        replace(scope, fiscal_start=4),
        scope.and_(time_filter({"eq": {"billable": True}})),
        scope.and_(time_filter({"eq": {"billable": False}})),
    ]

    assert len({each.key for each in [scope, *others]}) == 8
    assert len({scope, *others}) == 8


def test_narrowing_keeps_what_was_asked_before() -> None:
    scope = Scope(TODAY, TODAY, time_filter({"eq": {"billable": True}}), today=TODAY)

    narrow = scope.and_(time_filter({"eq": {"client.id": 10}}))

    assert narrow.where == time_filter(
        {"and": [{"eq": {"billable": True}}, {"eq": {"client.id": 10}}]}
    )
    assert scope.and_(None) == scope


def test_every_field_that_time_may_be_filtered_on_has_a_column() -> None:
    for path in TIME_FIELDS:
        scope = Scope(TODAY, TODAY, Compare(Operator.EQ, path, None), today=TODAY)

        assert "IS NULL" in rows(Fact.TIME, scope).text


def test_a_field_that_time_does_not_have_is_refused() -> None:
    with pytest.raises(MetricError, match="Time has no field amount"):
        Scope(TODAY, TODAY, Compare(Operator.EQ, "amount", 1), today=TODAY)
    with pytest.raises(SearchError, match="did you mean billable"):
        time_filter({"eq": {"billabel": True}})


def test_impossible_days_are_refused() -> None:
    with pytest.raises(MetricError, match="before it starts"):
        Scope(TODAY, TODAY - DAY, today=TODAY)
    with pytest.raises(MetricError, match="longer than history"):
        Scope(date.min, TODAY, today=TODAY)
    with pytest.raises(MetricError, match="longer than history"):
        Scope(TODAY, date.max, today=TODAY)
