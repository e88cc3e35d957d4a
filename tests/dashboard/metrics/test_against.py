"""Periods that others are compared with, worked out on a calendar."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.config.dates import whole_months
from dashboard.metrics.comparison_period import ComparisonPeriod
from dashboard.metrics.scope import RoundingBasis, Scope, time_filter
from harvest_client.search.filter_ast import Compare, Operator

_DAY = timedelta(days=1)
_FAR = date(2200, 1, 1)
_LEAP_DAYS = (date(2020, 2, 29), date(2024, 2, 29), date(2028, 2, 29))
_KINDS = (ComparisonPeriod.PREVIOUS, ComparisonPeriod.YEAR, ComparisonPeriod.WORKDAY)


def compared(
    against: ComparisonPeriod, start: str, end: str, today: str, *holidays: str
) -> tuple[str, str]:
    scope = Scope(
        date.fromisoformat(start), date.fromisoformat(end), today=date.fromisoformat(today)
    )
    found = against.earlier_scope(scope, tuple(map(date.fromisoformat, holidays)))
    assert found.today == scope.today
    return str(found.start), str(found.end)


def is_equal_span(scope: Scope, found: Scope) -> bool:
    """Whether as many days are compared, or both are whole months.

    Of a month under way more days may have begun than the month before it has: then that is whole.
    """
    last = scope.last if scope.start <= scope.today else scope.end
    if found.end - found.start == last - scope.start:
        return True
    return bool(whole_months(found.start, found.end)) and bool(
        whole_months(scope.start, last) or whole_months(scope.start, scope.end)
    )


def check(against: ComparisonPeriod, scope: Scope) -> None:
    """The promises of every comparison."""
    found = against.earlier_scope(scope)

    assert found.start <= found.end < scope.start, (against, scope, found)
    assert found.end <= scope.today, (against, scope, found)
    if against is ComparisonPeriod.WORKDAY and scope.start <= scope.today < scope.end:
        assert found.start == ComparisonPeriod.PREVIOUS.earlier_scope(scope).start
    else:
        assert is_equal_span(scope, found), (against, scope, found)


@settings(max_examples=3_000)
@given(
    st.sampled_from(_KINDS),
    st.dates(date(2019, 1, 1), date(2029, 12, 31)),
    st.integers(1, 400),
    st.integers(-800, 800),
)
def test_comparison_of_any_span_has_equal_days_without_overlap_and_has_begun(
    against: ComparisonPeriod, start: date, length: int, ahead: int
) -> None:
    scope = Scope(start, start + (length - 1) * _DAY, today=start + ahead * _DAY)

    check(against, scope)


def spans_around(leap_day: date) -> Iterator[Scope]:
    """Every span of up to 60 days, and about a year, that begins within 60 days of a leap day."""
    for begin in range(-60, 61):
        start = leap_day + begin * _DAY
        for length in (*range(1, 61), 89, 90, 91, 92, 364, 365, 366, 367, 400):
            end = start + (length - 1) * _DAY
            yield Scope(start, end, today=_FAR)
            yield Scope(start, end, today=start + length // 2 * _DAY)
            yield Scope(start, end, today=leap_day)


@pytest.mark.parametrize("against", _KINDS)
@pytest.mark.parametrize("leap_day", _LEAP_DAYS)
@pytest.mark.parametrize("year", [-1, 0, 1])
def test_comparison_of_spans_around_leap_day_has_equal_days(
    against: ComparisonPeriod, leap_day: date, year: int
) -> None:
    for scope in spans_around(leap_day + 365 * year * _DAY):
        check(against, scope)


@pytest.mark.parametrize(
    ("start", "end", "today", "first", "last"),
    [
        ("2026-10-01", "2026-10-31", "2026-11-20", "2025-10-01", "2025-10-31"),
        # Whole months with whole months: 29 days with 28.
        ("2024-02-01", "2024-02-29", "2026-11-20", "2023-02-01", "2023-02-28"),
        ("2025-02-01", "2025-02-28", "2026-11-20", "2024-02-01", "2024-02-29"),
        ("2024-01-01", "2024-12-31", "2026-11-20", "2023-01-01", "2023-12-31"),
        # Seven days with seven.
        ("2024-02-26", "2024-03-03", "2026-11-20", "2023-02-26", "2023-03-04"),
        ("2025-02-26", "2025-03-04", "2026-11-20", "2024-02-26", "2024-03-03"),
        ("2024-02-29", "2024-03-03", "2026-11-20", "2023-02-28", "2023-03-03"),
        # A year up to a leap day is two whole months, the day after 61 days.
        ("2024-01-01", "2024-12-31", "2024-02-29", "2023-01-01", "2023-02-28"),
        ("2024-01-01", "2024-12-31", "2024-03-01", "2023-01-01", "2023-03-02"),
        # 366 days are a year as well: the year before has one less, so it begins a day earlier.
        ("2024-01-02", "2025-01-01", "2026-11-20", "2023-01-01", "2024-01-01"),
        # Longer than a year: as many years earlier as it takes to be before it.
        ("2025-01-01", "2026-06-30", "2026-11-20", "2023-01-01", "2024-06-30"),
        # Under way: as much of last year's November as has begun of this one.
        ("2026-11-01", "2026-11-30", "2026-11-20", "2025-11-01", "2025-11-20"),
        # Ahead: the latest of which every day has begun.
        ("2027-06-01", "2027-06-30", "2026-01-15", "2025-06-01", "2025-06-30"),
    ],
)
def test_year_comparison_takes_same_days_of_earlier_year(
    start: str, end: str, today: str, first: str, last: str
) -> None:
    assert compared(ComparisonPeriod.YEAR, start, end, today) == (first, last)


@pytest.mark.parametrize(
    ("start", "end", "today", "first", "last"),
    [
        ("2026-03-01", "2026-03-31", "2200-01-01", "2026-02-01", "2026-02-28"),
        ("2026-01-01", "2026-03-31", "2200-01-01", "2025-10-01", "2025-12-31"),
        ("2024-01-01", "2024-12-31", "2200-01-01", "2023-01-01", "2023-12-31"),
        ("2025-07-01", "2026-06-30", "2200-01-01", "2024-07-01", "2025-06-30"),
        ("2026-03-01", "2026-03-30", "2200-01-01", "2026-01-30", "2026-02-28"),
        ("2024-03-01", "2024-03-07", "2200-01-01", "2024-02-23", "2024-02-29"),
    ],
)
def test_previous_comparison_takes_period_just_before(
    start: str, end: str, today: str, first: str, last: str
) -> None:
    assert compared(ComparisonPeriod.PREVIOUS, start, end, today) == (first, last)


@pytest.mark.parametrize(
    ("start", "end", "today", "first", "last"),
    [
        # The first 10 days of May with the first 10 of April.
        ("2026-05-01", "2026-05-31", "2026-05-10", "2026-04-01", "2026-04-10"),
        # The previous month has fewer days than have begun of this.
        ("2026-03-01", "2026-03-31", "2026-03-30", "2026-02-01", "2026-02-28"),
        # Two months of a quarter with two months.
        ("2026-01-01", "2026-03-31", "2026-02-28", "2025-10-01", "2025-11-30"),
        # Wednesday of a week: three days.
        ("2026-01-12", "2026-01-18", "2026-01-14", "2026-01-05", "2026-01-07"),
        # Over with its last day: whole.
        ("2026-01-12", "2026-01-18", "2026-01-18", "2026-01-05", "2026-01-11"),
    ],
)
def test_previous_comparison_of_period_under_way_takes_as_many_days(
    start: str, end: str, today: str, first: str, last: str
) -> None:
    assert compared(ComparisonPeriod.PREVIOUS, start, end, today) == (first, last)


@pytest.mark.parametrize(
    ("start", "end", "today", "first", "last"),
    [
        ("2026-01-12", "2026-01-18", "2026-01-11", "2026-01-05", "2026-01-11"),
        ("2026-01-12", "2026-01-18", "2026-01-08", "2025-12-29", "2026-01-04"),
        ("2026-03-01", "2026-03-31", "2026-01-15", "2025-12-01", "2025-12-31"),
    ],
)
def test_previous_comparison_of_period_ahead_takes_latest_that_has_begun(
    start: str, end: str, today: str, first: str, last: str
) -> None:
    assert compared(ComparisonPeriod.PREVIOUS, start, end, today) == (first, last)


def test_comparison_keeps_filter_and_basis() -> None:
    today = date(2026, 1, 15)
    where = time_filter({"eq": {"billable": True}})
    scope = Scope(today, today, where, RoundingBasis.RAW, today=today)

    for against in _KINDS:
        found = against.earlier_scope(scope)

        assert found == replace(scope, start=found.start, end=found.end)
        assert found.where == Compare(Operator.EQ, "billable", True)


def test_workday_comparison_of_month_under_way_ends_on_same_working_day() -> None:
    # 20 November 2026 is a Friday and the month's 15th working day; October's 15th is the 21st.
    assert compared(ComparisonPeriod.WORKDAY, "2026-11-01", "2026-11-30", "2026-11-20") == (
        "2026-10-01", "2026-10-21",
    )  # fmt: skip


def test_workday_comparison_counts_no_holiday() -> None:
    # With 11 November off it is the 14th working day; October's is the 20th.
    assert compared(
        ComparisonPeriod.WORKDAY, "2026-11-01", "2026-11-30", "2026-11-20", "2026-11-11"
    ) == (
        "2026-10-01",
        "2026-10-20",
    )


def test_workday_comparison_on_sunday_has_weekend_of_other_period() -> None:
    # Sunday the 22nd, after 15 working days: October's 15 end before Thursday the 22nd.
    assert compared(ComparisonPeriod.WORKDAY, "2026-11-01", "2026-11-30", "2026-11-22") == (
        "2026-10-01", "2026-10-21",
    )  # fmt: skip


def test_workday_comparison_of_period_that_is_over_is_whole() -> None:
    assert compared(ComparisonPeriod.WORKDAY, "2026-10-01", "2026-10-31", "2026-11-20") == (
        "2026-09-01", "2026-09-30",
    )  # fmt: skip


def workdays(first: date, last: date) -> int:
    return sum(
        (first + number * _DAY).weekday() < 5 for number in range((last - first).days + 1)
    )  # fmt: skip


@given(st.dates(date(2019, 1, 1), date(2029, 12, 31)), st.integers(2, 400), st.integers(0, 399))
def test_workday_comparison_of_any_span_under_way_has_equal_working_days(
    start: date, length: int, begun: int
) -> None:
    scope = Scope(start, start + (length - 1) * _DAY, today=start + begun % (length - 1) * _DAY)

    found = ComparisonPeriod.WORKDAY.earlier_scope(scope)

    whole = ComparisonPeriod.PREVIOUS.earlier_scope(replace(scope, today=scope.end))
    wanted = min(workdays(scope.start, scope.today), workdays(whole.start, whole.end))
    # A day is the least there is to compare with, though nobody may have worked on this one yet.
    assert workdays(found.start, found.end) in {wanted, max(wanted, 1)}
