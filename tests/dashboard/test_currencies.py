"""Decimal places of currencies."""

from decimal import Decimal

import pytest

from dashboard.config.currencies import currency_decimals, smallest_unit


@pytest.mark.parametrize(
    ("currency", "places"),
    [
        ("EUR", 2),
        ("HUF", 2),
        ("JPY", 0),
        ("UGX", 0),
        ("XOF", 0),
        ("CLP", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("HRK", 2),
        ("LTL", 2),
        ("BYR", 0),
        ("kwd", 3),
        ("", 2),
        (None, 2),
    ],
)
def test_decimals_of_a_currency_are_those_of_iso_4217(currency: str | None, places: int) -> None:
    assert currency_decimals(currency) == places


def test_smallest_unit_has_the_decimals_of_the_currency() -> None:
    units = [smallest_unit(currency) for currency in ("JPY", "EUR", "BHD")]

    assert units == [Decimal("1"), Decimal("0.01"), Decimal("0.001")]
