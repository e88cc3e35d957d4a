"""Cell values of files that a spreadsheet opens."""

import math
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd

# What a spreadsheet takes for the beginning of a formula, also after blanks and controls.
_TRIGGERS = frozenset("=+-@|%\t\r\n＝＋－＠")
_BLANKS = " \ufeff" + "".join(map(chr, range(32)))

Cell = str | int | float | None
"""Text, a number, or nothing. A number stays a number."""


def formula_safe(value: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading apostrophe where one would.

    Also where apostrophes stand before it already, so that taking one away gives the text back.
    """
    bare = value.lstrip("'")
    if bare[:1] in _TRIGGERS or bare.lstrip(_BLANKS)[:1] in _TRIGGERS:
        return f"'{value}"
    return value


def to_cell(value: object) -> Cell:
    """A value as a cell: ISO dates, numbers as they are, nothing for what is missing."""
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        midnight = value.time() == datetime.min.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    return formula_safe(str(value))
