"""CSV and XLSX files in which no text is a formula."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from dashboard.config.currencies import currency_decimals
from dashboard.config.errors import DashboardError

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
    """Return a value as a cell: ISO dates, numbers as they are, nothing for what is missing."""
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


MARK = "\ufeff"  # without it, Excel reads UTF-8 as something else


def csv_chunks(
    columns: Sequence[str], rows: Iterable[Sequence[object]], size: int = 1000
) -> Iterator[bytes]:
    """Yield the file a piece at a time, so that a million rows never stand in memory together."""
    yield (MARK + _csv_line([formula_safe(column) for column in columns])).encode()
    piece: list[str] = []
    for row in rows:
        piece.append(_csv_line([to_cell(value) for value in row]))
        if len(piece) >= size:
            yield "".join(piece).encode()
            piece = []
    if piece:
        yield "".join(piece).encode()


def about_chunk(told: Sequence[tuple[str, str]]) -> bytes:
    """Return the lines below the table, each with a `#`, after an empty line."""
    return (
        "\r\n" + "".join(_csv_line([f"# {name}", formula_safe(value)]) for name, value in told)
    ).encode()


def _csv_line(cells: Sequence[Cell]) -> str:
    return ",".join(_csv_value(value) for value in cells) + "\r\n"


def _csv_value(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        escaped = value.replace('"', '""')
        return f'"{escaped}"'
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


MOST_ROWS = 1_048_575  # Excel's own limit, less the header
_LONGEST = 32_767  # characters in a cell; Excel drops the rest


class TooManyRows(DashboardError):
    remedy = "Take the CSV, or narrow the period or the filter."


def write(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    about: Sequence[tuple[str, str]] = (),
    amounts: Collection[str] = (),
) -> int:
    """Write the sheet and return its number of rows; a second sheet holds `about`.

    The columns named in `amounts` have the decimals of the currency in the column `currency`.
    Raises `TooManyRows`.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for index, column in enumerate(columns):
            sheet.write_string(0, index, formula_safe(column), bold)
        sheet.freeze_panes(1, 0)
        currency = columns.index("currency") if "currency" in columns else None
        places = {index for index, column in enumerate(columns) if column in amounts}
        formats = {n: book.add_format({"num_format": _number_format(n)}) for n in range(5)}
        for count, row in enumerate(rows, start=1):  # noqa: B007 - returned
            if count > MOST_ROWS:
                raise TooManyRows(f"An Excel sheet holds {MOST_ROWS:,} rows at most.")
            cells = list(map(to_cell, row))
            code = cells[currency] if currency is not None else None
            money = formats[currency_decimals(str(code or ""))] if places else None
            for index, value in enumerate(cells):
                if isinstance(value, str):
                    sheet.write_string(count, index, value[:_LONGEST])
                elif value is not None:
                    sheet.write_number(count, index, value, money if index in places else None)
        if about:
            beside = book.add_worksheet("About")
            for line, (name, value) in enumerate([*about, ("Rows", str(count))]):
                beside.write_string(line, 0, name, bold)
                beside.write_string(line, 1, formula_safe(value)[:_LONGEST])
    return count


def _number_format(decimals: int) -> str:
    return f"#,##0.{'0' * decimals}".removesuffix(".")
