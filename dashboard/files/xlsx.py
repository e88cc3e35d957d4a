"""An Excel sheet: numbers as numbers, text as text, nothing that runs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from dashboard.errors import DashboardError
from dashboard.files.cells import cell, text

MOST_ROWS = 1_048_575  # Excel's own limit, less the header
_LONGEST = 32_767  # characters in a cell; Excel drops the rest


class TooManyRows(DashboardError):
    remedy = "Take the CSV, or narrow the period or the filter."


def write(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    about: Sequence[tuple[str, str]] = (),
) -> int:
    """Writes the sheet and returns how many rows it has; a second sheet says what they are.

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
            sheet.write_string(0, index, text(column), bold)
        sheet.freeze_panes(1, 0)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - returned
            if count > MOST_ROWS:
                raise TooManyRows(f"An Excel sheet holds {MOST_ROWS:,} rows at most.")
            for index, value in enumerate(map(cell, row)):
                if isinstance(value, str):
                    sheet.write_string(count, index, value[:_LONGEST])
                elif value is not None:
                    sheet.write_number(count, index, value)
        if about:
            beside = book.add_worksheet("About")
            for line, (name, value) in enumerate([*about, ("Rows", str(count))]):
                beside.write_string(line, 0, name, bold)
                beside.write_string(line, 1, text(value)[:_LONGEST])
    return count
