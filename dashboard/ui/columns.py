"""A column of numbers in a table: what is sorted stays a number."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard.charts.formats import Formats
from dashboard.metrics.metric import Unit

_MONEY = (Unit.MONEY, Unit.RATE)


def numbers(
    frame: pd.DataFrame, name: str, unit: Unit, formats: Formats
) -> tuple[pd.Series, Callable[[Any], str] | None]:
    """The column `name` of `frame`, and how to write its numbers.

    Amounts in several currencies are texts: numbers that must not be compared need no order.
    """
    values = frame[name]
    if unit not in _MONEY:
        return values, lambda value: formats.value(value, unit)
    currencies = [None if found != found else found for found in frame["currency"]]
    if len(set(currencies)) == 1:
        return values, lambda value: formats.value(value, unit, currencies[0])
    texts = [
        formats.value(value, unit, currency)
        for value, currency in zip(values, currencies, strict=True)
    ]
    return pd.Series(texts, index=frame.index), None
