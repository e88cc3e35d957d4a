"""An Excel sheet holds what it was given: numbers as numbers, text as text, no formula, no link."""

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from dashboard.exports import file_formats
from tests.dashboard.exports.test_csv import FORMULAS


def sheet(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def test_numbers_stay_numbers_and_text_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "hours.xlsx"

    count = file_formats.write(
        path, ["Person", "Hours"], [("Ada", -5.5), ("007", None), ("née", 3)]
    )

    assert count == 3
    assert sheet(path) == [("Person", "Hours"), ("Ada", -5.5), ("007", None), ("née", 3)]


def test_dates_are_iso_text(tmp_path: Path) -> None:
    path = tmp_path / "days.xlsx"

    file_formats.write(path, ["Day"], [(date(2026, 1, 31),)])

    assert sheet(path)[1] == ("2026-01-31",)


def test_amount_has_the_number_format_of_its_currency(tmp_path: Path) -> None:
    path = tmp_path / "amounts.xlsx"
    rows = [("EUR", 5.5, 1), ("JPY", 5, 1), ("KWD", 5.125, 1), (None, 5, 1), ("EUR", None, 1)]

    file_formats.write(path, ["currency", "amount", "count"], rows, amounts={"amount"})

    (_, *lines) = openpyxl.load_workbook(path).active.iter_rows()
    assert [line[1].number_format for line in lines] == [
        "#,##0.00", "#,##0", "#,##0.000", "#,##0.00", "General",
    ]  # fmt: skip
    assert {line[2].number_format for line in lines} == {"General"}
    assert [line[1].value for line in lines] == [5.5, 5, 5.125, 5, None]


def test_nothing_in_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    links = ["https://example.com", "mailto:a@example.com", "file:///etc/passwd"]

    file_formats.write(path, FORMULAS, [FORMULAS, links])

    with zipfile.ZipFile(path) as parts:
        content = "".join(
            parts.read(name).decode("utf-8", "replace")
            for name in parts.namelist()
            if name.endswith((".xml", ".rels"))
        )
    assert "<f>" not in content
    assert "<hyperlink " not in content


def test_more_rows_than_excel_holds_are_refused_not_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_formats, "MOST_ROWS", 10)

    def rows() -> Iterator[tuple[int]]:
        yield from ((number,) for number in range(11))

    with pytest.raises(file_formats.TooManyRows, match="10 rows at most"):
        file_formats.write(tmp_path / "large.xlsx", ["n"], rows())
