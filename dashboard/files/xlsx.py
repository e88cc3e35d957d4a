"""An Excel sheet: numbers as numbers, text as text, nothing that runs."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import xlsxwriter

from dashboard.currencies import currency_decimals
from dashboard.errors import DashboardError
from dashboard.files.cells import formula_safe, to_cell

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
