"""Columns of tables: numbers and days stay values, so that they sort as such, beside their text."""

import pandas as pd

from dashboard.charts.formats import NONE, Formats
from dashboard.metrics.metric import Unit


def number_column(
    frame: pd.DataFrame, name: str, unit: Unit, formats: Formats
) -> tuple[pd.Series, list[str]]:
    """Return the column `name` of `frame`, and its numbers as text.

    Amounts are in the currency of their row. They sort by their number.
    """
    values = frame[name]
    if not unit.is_amount:
        return values, [formats.format_value(value, unit) for value in values.tolist()]
    currencies = [None if code != code else code for code in frame["currency"].tolist()]
    return values, [
        formats.format_value(value, unit, currency)
        for value, currency in zip(values.tolist(), currencies, strict=True)
    ]


def day_column(values: pd.Series, formats: Formats) -> tuple[pd.Series, list[str]]:
    """Return a column of days as dates, and its days as text; missing days sort apart."""
    dates = pd.Series(
        [None if pd.isna(value) else pd.Timestamp(value).date() for value in values],
        index=values.index,
        dtype=object,
    )
    return dates, [NONE if day is None else formats.format_day(day) for day in dates]


def has_days(values: pd.Series) -> bool:
    """Return whether the column holds days: dates or timestamps."""
    return any(hasattr(value, "strftime") for value in values.dropna().head(1))
