"""History is cut into windows without gap or overlap, whatever the account looks like."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.sync.windows import (
    EARLIEST,
    LATEST,
    DateWindow,
    complete_since,
    missing_windows,
    plan_windows,
)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(st.integers(0, 5_000_000), days, days, st.none() | days)
def test_windows_cover_every_day_from_the_start_once(
    rows: int, oldest: date, today: date, start: date | None
) -> None:
    cut = plan_windows(rows=rows, oldest=oldest, today=today, start=start)

    assert cut[0].last == LATEST
    assert cut[-1].first == (start or EARLIEST)
    for newer, older in zip(cut, cut[1:], strict=False):
        assert older.last + timedelta(days=1) == newer.first
    assert all(window.first <= window.last for window in cut)


@given(st.lists(st.tuples(days, st.integers(0, 400)), max_size=12), days, st.integers(0, 1_000_000))
def test_what_is_missing_is_exactly_what_is_not_done(
    done: list[tuple[date, int]], oldest: date, rows: int
) -> None:
    planned = plan_windows(rows=rows, oldest=oldest, today=date(2026, 11, 24), start=None)
    stored = [(first, first + timedelta(days=length)) for first, length in done]

    left = missing_windows(planned, stored)

    probes = {day for first, last in stored for day in (first, last)}
    probes |= {day + timedelta(days=shift) for day in probes for shift in (-1, 1)}
    for probe in probes:
        is_done = any(first <= probe <= last for first, last in stored)
        times = sum(window.first <= probe <= window.last for window in left)
        assert times == (0 if is_done else 1)


def test_a_small_account_is_read_in_one_go() -> None:
    cut = plan_windows(rows=900, oldest=date(2020, 1, 1), today=date(2026, 11, 24), start=None)

    assert cut == [DateWindow(EARLIEST, LATEST)]
    assert cut[0].parameters == {}


def test_windows_of_account_with_entry_of_year_26_are_as_many_as_without() -> None:
    today = date(2026, 11, 24)
    usual = plan_windows(rows=200_000, oldest=date(2006, 1, 1), today=today, start=None)

    for slip in (date(26, 3, 1), date(1, 1, 1)):
        cut = plan_windows(rows=200_000, oldest=slip, today=today, start=None)

        assert len(cut) == len(usual)
        assert cut[-1].first == EARLIEST


def test_the_newest_windows_are_small_so_that_there_is_something_to_see_early() -> None:
    cut = plan_windows(
        rows=200_000, oldest=date(2023, 11, 20), today=date(2026, 11, 24), start=None
    )

    assert cut[0] == DateWindow(date(2026, 11, 1), LATEST)
    assert cut[1] == DateWindow(date(2026, 10, 1), date(2026, 10, 31))
    assert cut[2] == DateWindow(date(2026, 8, 1), date(2026, 9, 30))
    assert 15 <= len(cut) <= 22


def test_days_are_complete_from_after_the_newest_gap_on() -> None:
    left = [
        DateWindow(date(2026, 3, 1), date(2026, 3, 31)),
        DateWindow(date(2025, 1, 1), date(2025, 6, 30)),
    ]

    assert complete_since(left) == date(2026, 4, 1)
    assert complete_since([DateWindow(date(2026, 3, 1), LATEST), *left]) == LATEST
    assert complete_since([]) is None
