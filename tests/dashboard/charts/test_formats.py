"""Numbers as the account writes them."""

import math
from datetime import date

import pytest

from dashboard.charts.formatting import NONE, Formats
from dashboard.metrics.catalog import Unit

PLAIN = Formats()
GERMAN = Formats(decimal=",", thousands=".", clock=True, sign="none", code="after")


@pytest.mark.parametrize(
    ("formats", "hours", "written"),
    [
        (PLAIN, 1234.5, "1,234.50"),
        (PLAIN, -0.25, "−0.25"),
        (PLAIN, -0.001, "0.00"),
        (GERMAN, 1330.2333, "1.330:14"),
        (GERMAN, 0.999, "1:00"),
        (GERMAN, -1.5, "−1:30"),
        (PLAIN, math.nan, NONE),
        (PLAIN, None, NONE),
    ],
)
def test_hours(formats: Formats, hours: float | None, written: str) -> None:
    assert formats.format_value(hours, Unit.HOURS) == written


@pytest.mark.parametrize(
    ("formats", "currency", "written"),
    [
        (PLAIN, "EUR", "€1,234.50"),
        (PLAIN, "CAD", "CA$1,234.50"),
        (PLAIN, "CHF", "1,234.50 CHF"),
        (PLAIN, "JPY", "¥1,234"),
        (PLAIN, "UGX", "1,234 UGX"),
        (PLAIN, "XOF", "1,234 XOF"),
        (PLAIN, "HUF", "1,234.50 HUF"),
        (PLAIN, "KWD", "1,234.500 KWD"),
        (PLAIN, None, "1,234.50"),
        (GERMAN, "EUR", "1.234,50 EUR"),
        (Formats(sign="after"), "EUR", "1,234.50 €"),
        (Formats(sign="before", code="before"), "USD", "USD $1,234.50"),
        (Formats(thousands=""), "EUR", "€1234.50"),
    ],
)
def test_money_always_says_its_currency(
    formats: Formats, currency: str | None, written: str
) -> None:
    assert formats.format_value(1234.5, Unit.MONEY, currency) == written


@pytest.mark.parametrize(
    ("currency", "written"), [("EUR", "€80.50"), ("JPY", "¥80"), ("KWD", "80.500 KWD")]
)
def test_rate_has_the_decimals_of_its_currency(currency: str, written: str) -> None:
    assert PLAIN.format_value(80.5, Unit.RATE, currency) == written


def test_a_debt_has_its_minus_in_front() -> None:
    assert PLAIN.format_value(-6000, Unit.MONEY, "EUR") == "−€6,000.00"
    assert PLAIN.format_value(-0.001, Unit.MONEY, "EUR") == "€0.00"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (38_420.4, "€38,420"),
        (99_999, "€99,999"),
        (111_740, "€111.7k"),
        (999_949, "€999.9k"),
        (999_960, "€1.00M"),
        (-2_340_000, "−€2.34M"),
        (0, "€0"),
    ],
)
def test_a_card_is_brief_only_where_money_is_large(amount: float, written: str) -> None:
    assert PLAIN.format_headline(amount, Unit.MONEY, "EUR") == written


@pytest.mark.parametrize(
    ("formats", "currency", "written"),
    [
        (GERMAN, "EUR", "169,7k €"),
        (Formats(sign="none", code="before"), "USD", "$169.7k"),
        (Formats(sign="before", code="after"), "GBP", "£169.7k"),
        (GERMAN, "CHF", "169,7k CHF"),
    ],
)
def test_a_card_has_room_for_one_mark_of_the_currency(
    formats: Formats, currency: str, written: str
) -> None:
    assert formats.format_headline(169_700, Unit.MONEY, currency) == written


@pytest.mark.parametrize(
    ("now", "before", "unit", "written"),
    [
        (110.0, 100.0, Unit.HOURS, "+10.0%"),
        (90.0, 100.0, Unit.MONEY, "−10.0%"),
        (100.0, 100.0, Unit.HOURS, "0.0%"),
        (100.01, 100.0, Unit.HOURS, "0.0%"),
        (0.75, 0.719, Unit.SHARE, "+3.1 pp"),
        (math.nan, 0.5, Unit.SHARE, None),
        (1.0, None, Unit.HOURS, None),
    ],
)
def test_a_change_is_percent_and_points_for_shares(
    now: float, before: float | None, unit: Unit, written: str | None
) -> None:
    assert PLAIN.format_change(now, before, unit) == written


@pytest.mark.parametrize(
    ("now", "before", "written"),
    [
        (-500.0, -1000.0, "+50.0%"),
        (-1500.0, -1000.0, "−50.0%"),
        (-1000.0, -1000.0, "0.0%"),
        (500.0, -1000.0, "+€1,500"),
        (-500.0, 1000.0, "−€1,500"),
        (1234.5, 0.0, "+€1,234"),
        (-1234.5, 0.0, "−€1,234"),
        (0.0, 0.0, None),
        (0.0, -1000.0, "+100.0%"),
        (0.0, 1000.0, "−100.0%"),
    ],
)
def test_change_of_signed_amounts_is_of_the_absolute_value_or_the_difference(
    now: float, before: float, written: str | None
) -> None:
    assert PLAIN.format_change(now, before, Unit.MONEY, "EUR") == written


def test_change_from_nothing_is_the_difference_in_the_unit() -> None:
    assert PLAIN.format_change(10.0, 0.0, Unit.HOURS) == "+10.00"
    assert PLAIN.format_change(3.0, 0.0, Unit.COUNT) == "+3"
    assert PLAIN.format_change(4.25, 0.0, Unit.DAYS) == "+4.2"


def test_days_are_written_the_account_s_way_unless_it_makes_no_sense() -> None:
    silent = dict.fromkeys(("decimal", "thousands", "time", "sign", "code"))
    day = date(2026, 1, 31)

    assert Formats.from_company(**silent, day="%d.%m.%Y").format_day(day) == "31.01.2026"
    assert Formats.from_company(**silent, day="%c; rm").format_day(day) == "31 Jan 2026"


def test_harvest_s_own_words_are_understood() -> None:
    assert Formats.from_company(
        decimal=",", thousands=".", time="hours_minutes", sign="symbol_none",
        code="iso_code_after", day=None,
    ) == GERMAN  # fmt: skip


def test_an_axis_is_written_as_numbers_are() -> None:
    assert Formats().separators == ".,"
    assert Formats(decimal=",", thousands=".").separators == ",."
