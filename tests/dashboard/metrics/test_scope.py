"""Scopes: what they refuse, what they are compared with, and their key."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import MetricError
from dashboard.metrics.facts import rows
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import TIME_FIELDS, Basis, Scope, time_filter
from harvest_client.search import SearchError
from harvest_client.search.conditions import Compare, Operator

TODAY = date(2026, 1, 15)
DAY = timedelta(days=1)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def previous(start: date, end: date, today: date = date(2200, 1, 1)) -> tuple[date, date]:
    scope = Scope(start, end, today=today).previous()
    return scope.start, scope.end


@given(days, st.integers(0, 400))
def test_the_previous_scope_touches_this_one_and_is_as_long(start: date, more: int) -> None:
    end = start + timedelta(days=more)
    whole_months = start.day == 1 and (end + DAY).day == 1

    first, last = previous(start, end)

    assert last + DAY == start
    assert whole_months or last - first == end - start


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 1, 1), date(2026, 3, 31), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2024, 1, 1), date(2024, 12, 31), date(2023, 1, 1), date(2023, 12, 31)),
        (date(2025, 7, 1), date(2026, 6, 30), date(2024, 7, 1), date(2025, 6, 30)),
        (date(2026, 3, 1), date(2026, 3, 30), date(2026, 1, 30), date(2026, 2, 28)),
    ],
)
def test_whole_months_are_compared_with_as_many_whole_months(
    start: date, end: date, first: date, last: date
) -> None:
    assert previous(start, end) == (first, last)


@pytest.mark.parametrize(
    ("start", "end", "today", "first", "last"),
    [
        # The first 10 days of May with the first 10 of April.
        (
            date(2026, 5, 1), date(2026, 5, 31), date(2026, 5, 10),
            date(2026, 4, 1), date(2026, 4, 10),
        ),
        # The previous month has fewer days than have passed of this.
        (
            date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 30),
            date(2026, 2, 1), date(2026, 2, 28),
        ),
        # Wednesday of a week: three days.
        (
            date(2026, 1, 12), date(2026, 1, 18), date(2026, 1, 14),
            date(2026, 1, 5), date(2026, 1, 7),
        ),
        # Ended, and not yet begun: whole.
        (
            date(2026, 1, 12), date(2026, 1, 18), date(2026, 1, 18),
            date(2026, 1, 5), date(2026, 1, 11),
        ),
        (
            date(2026, 1, 12), date(2026, 1, 18), date(2026, 1, 1),
            date(2026, 1, 5), date(2026, 1, 11),
        ),
    ],
)  # fmt: skip
def test_a_period_under_way_is_compared_with_as_many_days(
    start: date, end: date, today: date, first: date, last: date
) -> None:
    assert previous(start, end, today) == (first, last)


def test_the_previous_scope_asks_the_same_otherwise() -> None:
    scope = Scope(
        TODAY, TODAY, time_filter({"eq": {"billable": True}}), Basis.RAW, today=TODAY
    ).previous()

    assert scope.where == Compare(Operator.EQ, "billable", True)
    assert scope.basis is Basis.RAW


def test_scopes_that_differ_have_keys_that_differ() -> None:
    scope = Scope(TODAY, TODAY, today=TODAY)
    others = [
        replace(scope, start=TODAY - DAY),
        replace(scope, end=TODAY + DAY),
        replace(scope, basis=Basis.RAW),
        replace(scope, today=TODAY + DAY),
        scope.and_(time_filter({"eq": {"billable": True}})),
        scope.and_(time_filter({"eq": {"billable": False}})),
    ]

    assert len({each.key for each in [scope, *others]}) == 7
    assert len({scope, *others}) == 7


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
