"""The account's rounding rule is found out from entries, and means the same in SQL."""

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.store.rounding import MACRO, Rounding, RoundingMode, fit_rule

HOURS = [Decimal(cents) / 100 for cents in (2, 8, 25, 27, 33, 50, 58, 75, 77, 99, 100, 101, 642)]
RULES = [Rounding(minutes, way) for minutes in (5, 6, 10, 15, 30, 60) for way in RoundingMode]


@pytest.mark.parametrize(
    ("rule", "hours", "rounded"),
    [
        (Rounding(15, RoundingMode.UP), "0.02", "0.25"),
        (Rounding(15, RoundingMode.UP), "0.25", "0.25"),
        (Rounding(15, RoundingMode.UP), "0.77", "1.00"),
        (Rounding(15, RoundingMode.NEAREST), "0.37", "0.25"),
        (Rounding(15, RoundingMode.NEAREST), "0.38", "0.50"),  # 23 minutes
        (Rounding(15, RoundingMode.DOWN), "0.99", "0.75"),
        (Rounding(6, RoundingMode.UP), "0.12", "0.20"),
        (
            Rounding(5, RoundingMode.UP),
            "0.17",
            "0.17",
        ),  # ten minutes, which decimals only come near to
        (Rounding(5, RoundingMode.UP), "0.18", "0.25"),
        (Rounding(), "0.37", "0.37"),
    ],
)
def test_a_rule_rounds_whole_minutes(rule: Rounding, hours: str, rounded: str) -> None:
    assert rule.round_hours(Decimal(hours)) == Decimal(rounded)


@pytest.mark.parametrize("rule", [*RULES, Rounding()], ids=str)
def test_the_rule_that_entries_follow_is_found(rule: Rounding) -> None:
    found = fit_rule([(hours, rule.round_hours(hours)) for hours in HOURS])

    assert found is not None
    assert [found.round_hours(hours) for hours in HOURS] == [
        rule.round_hours(hours) for hours in HOURS
    ]


def test_of_rules_that_fit_the_coarsest_is_taken() -> None:
    assert fit_rule([(h, Rounding(30, RoundingMode.UP).round_hours(h)) for h in HOURS]) == Rounding(
        30, RoundingMode.UP
    )


def test_entries_that_follow_no_rule_have_none() -> None:
    pairs = [(hours, Rounding(15, RoundingMode.UP).round_hours(hours)) for hours in HOURS]
    pairs[3] = (pairs[3][0], Decimal("0.31"))

    assert fit_rule(pairs) is None


def test_a_few_entries_are_no_proof() -> None:
    assert (
        fit_rule([(hours, Rounding(15, RoundingMode.UP).round_hours(hours)) for hours in HOURS[:9]])
        is None
    )


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(MACRO)
        yield connection


@given(
    st.lists(st.integers(0, 2400), min_size=1, max_size=60),
    st.sampled_from([*RULES, Rounding()]),
)
def test_sql_rounds_as_python_does(
    database: duckdb.DuckDBPyConnection, cents: list[int], rule: Rounding
) -> None:
    hours = [Decimal(number) / 100 for number in cents]

    rounded = database.execute(
        "SELECT rounded_hours_of(CAST(h AS DECIMAL(18, 6)), ?, ?) FROM (SELECT unnest(?) AS h)",
        [rule.minutes, rule.way, hours],
    ).fetchall()

    assert [value for (value,) in rounded] == [rule.round_hours(value) for value in hours]
