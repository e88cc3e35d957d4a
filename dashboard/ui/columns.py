"""A column of numbers in a table: what is sorted stays a number."""

import pandas as pd

from dashboard.charts.formats import Formats
from dashboard.metrics.metric import Unit


def numbers(
    frame: pd.DataFrame, name: str, unit: Unit, formats: Formats
) -> tuple[pd.Series, list[str] | None]:
    """The column `name` of `frame`, and how its numbers are written.

    Amounts in several currencies are texts: numbers that must not be compared need no order.
    """
    values = frame[name]
    if not unit.is_amount:
        return values, [formats.value(value, unit) for value in values.tolist()]
    currencies = [None if found != found else found for found in frame["currency"].tolist()]
    texts = [
        formats.value(value, unit, currency)
        for value, currency in zip(values.tolist(), currencies, strict=True)
    ]
    if len(set(currencies)) == 1:
        return values, texts
    return pd.Series(texts, index=frame.index), None
