"""Periods: what they resolve to, and that their text survives a URL."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.config.dates import Days
from dashboard.config.errors import MetricError
from dashboard.metrics.dimensions import DAY, MONTH, QUARTER, WEEK, YEAR
from dashboard.metrics.period import RELATIVE, Period, choose_step

THURSDAY = date(2026, 1, 15)
SUNDAY, JULY = 6, 7
STORED = Days(date(2019, 9, 2), date(2026, 2, 3))

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


RESOLVED = [
    ("today", THURSDAY, THURSDAY),
    ("yesterday", date(2026, 1, 14), date(2026, 1, 14)),
    ("year_to_date", date(2026, 1, 1), THURSDAY),
    ("7d", date(2026, 1, 9), THURSDAY),
    ("30d", date(2025, 12, 17), THURSDAY),
    ("90d", date(2025, 10, 18), THURSDAY),
    ("12m", date(2025, 2, 1), date(2026, 1, 31)),
    ("this_week", date(2026, 1, 11), date(2026, 1, 17)),
    ("last_week", date(2026, 1, 4), date(2026, 1, 10)),
    ("this_month", date(2026, 1, 1), date(2026, 1, 31)),
    ("last_month", date(2025, 12, 1), date(2025, 12, 31)),
    ("this_quarter", date(2026, 1, 1), date(2026, 3, 31)),
    ("last_quarter", date(2025, 10, 1), date(2025, 12, 31)),
    ("this_year", date(2026, 1, 1), date(2026, 12, 31)),
    ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ("this_fiscal_year", date(2025, 7, 1), date(2026, 6, 30)),
    ("last_fiscal_year", date(2024, 7, 1), date(2025, 6, 30)),
    ("all", date(2019, 9, 2), date(2026, 12, 31)),
    ("2026-01-01..2026-02-15", date(2026, 1, 1), date(2026, 2, 15)),
]


@pytest.mark.parametrize(("name", "start", "end"), RESOLVED)
def test_a_period_resolves_against_today(name: str, start: date, end: date) -> None:
    assert Period.parse(name).resolve(THURSDAY, SUNDAY, JULY, STORED) == (start, end)


def test_every_relative_period_is_resolved_in_the_table_above() -> None:
    assert {name for name, _, _ in RESOLVED} >= RELATIVE.keys()


def test_all_time_before_any_record_begins_today() -> None:
    assert Period.parse("all").resolve(THURSDAY, 0, 1, None) == (THURSDAY, date(2026, 12, 31))


def test_all_time_with_records_ahead_ends_with_them() -> None:
    stored = Days(date(2026, 6, 1), date(2028, 2, 29))

    assert Period.parse("all").resolve(THURSDAY, 0, 1, stored) == (THURSDAY, stored.last)


@given(days, st.integers(1, 12))
def test_all_time_contains_every_other_period_under_way(today: date, fiscal_start: int) -> None:
    _, end = Period.parse("all").resolve(today, 0, fiscal_start, None)

    for name in ("this_year", "this_fiscal_year", "this_quarter", "this_month"):
        assert Period.parse(name).resolve(today, 0, fiscal_start, None)[1] <= end


@given(st.sampled_from(sorted(RELATIVE)), days, st.integers(0, 6), st.integers(1, 12))
def test_a_period_that_is_not_over_contains_today_and_the_last_one_touches_it(
    name: str, today: date, week_start: int, fiscal_start: int
) -> None:
    start, end = Period.parse(name).resolve(today, week_start, fiscal_start, None)

    if name == "yesterday":
        assert start == end == today - timedelta(days=1)
    elif name.startswith("last_"):
        this = Period.parse(name.replace("last", "this"))
        assert end + timedelta(days=1) == this.resolve(today, week_start, fiscal_start, None)[0]
    else:
        assert start <= today <= end
    if name.endswith("week"):
        assert start.weekday() == week_start
    if name.endswith("fiscal_year"):
        assert (start.month, start.day) == (fiscal_start, 1)


@given(st.sampled_from(sorted(RELATIVE)).map(Period.parse) | st.tuples(days, days).map(
    lambda two: Period.between(min(two), max(two))
))  # fmt: skip
def test_a_period_is_read_back_from_its_text(period: Period) -> None:
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not a valid period"),
        ("yesteryear", "is not a valid period"),
        ("2026-01-01", "is not a valid period"),
        ("2026-01-01..", "is not a valid period"),
        ("٢٠٢٦-01-01..2026-01-02", "is not a valid period"),
        ("2026-02-30..2026-03-01", "is not a valid date"),
        ("2026-02-01..2026-01-01", "is before the start date"),
        ("0001-01-01..2026-01-01", "outside 1990 to 2100"),
        ("2026-01-01..9999-12-31", "outside 1990 to 2100"),
    ],
)
def test_what_is_no_period_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(MetricError, match=sentence) as raised:
        Period.parse(text)

    assert raised.value.remedy


@given(st.text(max_size=25))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        period = Period.parse(text)
    except MetricError:
        return

    assert str(period) == text


def test_periods_have_names() -> None:
    assert Period.parse("this_month").label == "This month"
    assert Period.parse("2026-01-01..2026-02-15").label == "1 Jan 2026 – 15 Feb 2026"
    assert Period.parse("2026-01-01..2026-01-01").label == "1 Jan 2026"


@pytest.mark.parametrize(
    ("days", "steps"),
    [
        (1, DAY), (45, DAY), (46, WEEK), (400, WEEK), (401, MONTH), (2200, MONTH),
        (2201, QUARTER), (7400, QUARTER), (7401, YEAR), (40_541, YEAR),
    ],
)  # fmt: skip
def test_grain_of_any_span_gives_a_few_dozen_steps(days: int, steps: object) -> None:
    assert choose_step(THURSDAY, THURSDAY + timedelta(days=days - 1)) is steps


@pytest.mark.parametrize(
    ("fiscal_start", "name", "start", "end"),
    [
        (1, "this_quarter", date(2026, 1, 1), date(2026, 3, 31)),
        (4, "this_quarter", date(2026, 1, 1), date(2026, 3, 31)),
        (2, "this_quarter", date(2025, 11, 1), date(2026, 1, 31)),
        (2, "last_quarter", date(2025, 8, 1), date(2025, 10, 31)),
        (3, "this_quarter", date(2025, 12, 1), date(2026, 2, 28)),
        (12, "last_quarter", date(2025, 9, 1), date(2025, 11, 30)),
        (2, "this_year", date(2026, 1, 1), date(2026, 12, 31)),
        (2, "this_month", date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_quarter_of_fiscal_year_begins_with_it(
    fiscal_start: int, name: str, start: date, end: date
) -> None:
    assert Period.parse(name).resolve(THURSDAY, 0, fiscal_start, None) == (start, end)


@given(days, st.integers(1, 12))
def test_fiscal_year_is_four_of_its_quarters(today: date, fiscal_start: int) -> None:
    year = Period.parse("this_fiscal_year").resolve(today, 0, fiscal_start, None)
    first = Period.parse("this_quarter").resolve(year[0], 0, fiscal_start, None)
    last = Period.parse("this_quarter").resolve(year[1], 0, fiscal_start, None)

    assert (first[0], last[1]) == year
    assert year[0].month == fiscal_start
