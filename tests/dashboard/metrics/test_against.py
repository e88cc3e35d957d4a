"""What periods are compared with, worked out on a calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.metrics.against import Against
from dashboard.metrics.scope import Scope


def compared(against: Against, start: str, end: str, today: str, *holidays: str) -> tuple[str, str]:
    asked = Scope(
        date.fromisoformat(start), date.fromisoformat(end), today=date.fromisoformat(today)
    )
    found = against.scope(asked, tuple(map(date.fromisoformat, holidays)))
    assert found.today == asked.today
    return str(found.start), str(found.end)


@pytest.mark.parametrize(
    ("start", "end", "today", "first", "last"),
    [
        ("2026-10-01", "2026-10-31", "2026-11-20", "2025-10-01", "2025-10-31"),
        ("2024-02-01", "2024-02-29", "2026-11-20", "2023-02-01", "2023-02-28"),
        ("2025-02-01", "2025-02-28", "2026-11-20", "2024-02-01", "2024-02-29"),
        ("2024-02-29", "2024-03-03", "2026-11-20", "2023-02-28", "2023-03-03"),
        # Under way: as much of last year's November as has begun of this one.
        ("2026-11-01", "2026-11-30", "2026-11-20", "2025-11-01", "2025-11-20"),
    ],
)
def test_the_same_days_of_last_year(
    start: str, end: str, today: str, first: str, last: str
) -> None:
    assert compared(Against.YEAR, start, end, today) == (first, last)


def test_a_month_under_way_is_compared_up_to_the_same_working_day() -> None:
    # 20 November 2026 is a Friday and the month's 15th working day; October's 15th is the 21st.
    assert compared(Against.WORKDAY, "2026-11-01", "2026-11-30", "2026-11-20") == (
        "2026-10-01", "2026-10-21",
    )  # fmt: skip


def test_a_holiday_is_no_working_day() -> None:
    # With 11 November off it is the 14th working day; October's is the 20th.
    assert compared(Against.WORKDAY, "2026-11-01", "2026-11-30", "2026-11-20", "2026-11-11") == (
        "2026-10-01",
        "2026-10-20",
    )


def test_on_a_sunday_the_weekend_of_the_other_period_counts_too() -> None:
    # Sunday the 22nd, after 15 working days: October's 15 end before Thursday the 22nd.
    assert compared(Against.WORKDAY, "2026-11-01", "2026-11-30", "2026-11-22") == (
        "2026-10-01", "2026-10-21",
    )  # fmt: skip


def test_a_period_that_is_over_is_compared_whole() -> None:
    assert compared(Against.WORKDAY, "2026-10-01", "2026-10-31", "2026-11-20") == (
        "2026-09-01", "2026-09-30",
    )  # fmt: skip


@given(
    st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
    st.integers(-30, 500),
    st.sampled_from([Against.PREVIOUS, Against.YEAR, Against.WORKDAY]),
)
def test_what_is_compared_with_lies_before_and_is_not_longer(
    start: date, days: int, ahead: int, against: Against
) -> None:
    end = date.fromordinal(start.toordinal() + days)
    asked = Scope(start, end, today=date.fromordinal(start.toordinal() + ahead))

    found = against.scope(asked)

    assert found.start < asked.start
    assert found.start <= found.end
    assert (found.end - found.start).days <= days + 3  # months and leap days differ
