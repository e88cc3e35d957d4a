"""A CSV opens as what it is: text as text, numbers as numbers, and nothing that runs."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from dashboard.exports.file_formats import csv_chunks

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\ufeff=1",
    "\x00=1",
    "|calc",
    "%0A=1",
    "＝1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://example.com","x")',
    "-",
    "--5",
]


def written(*rows: tuple[object, ...], columns: tuple[str, ...] = ("a", "b")) -> bytes:
    return b"".join(csv_chunks(columns, rows))


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_bytes_are_the_contract() -> None:
    data = written(
        ("Ada, Berg", 1.5),
        ('say "hi"\nthere', Decimal("1234.500000")),
        (None, -5.5),
        (date(2026, 1, 31), float("nan")),
        (datetime(2026, 1, 31, 8, 5, tzinfo=UTC), True),
        ("café ☕", 7),
        columns=("Person", "Hours"),
    )

    assert (
        data
        == (
            "\ufeff"
            '"Person","Hours"\r\n'
            '"Ada, Berg",1.5\r\n'
            '"say ""hi""\nthere",1234.5\r\n'
            ",-5.5\r\n"
            '"2026-01-31",\r\n'
            '"2026-01-31 08:05:00+00:00","yes"\r\n'
            '"café ☕",7\r\n'
        ).encode()
    )


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_begins_as_a_formula(formula: str) -> None:
    header, row = read(written((formula, 1), columns=(formula, "n")))

    assert row[0] == "'" + formula
    assert header[0] == "'" + formula


@pytest.mark.parametrize("harmless", ["Ada", "5-a-side", "a=b", "", "'quoted", "日本", "1.5"])
def test_other_text_is_left_as_it_is(harmless: str) -> None:
    assert read(written((harmless, 1)))[1][0] == harmless


def test_negative_numbers_stay_numbers() -> None:
    assert read(written((-5.5, -3)))[1] == ["-5.5", "-3"]


def test_large_files_come_in_pieces() -> None:
    pieces = list(csv_chunks(("n",), ((n,) for n in range(2500)), size=1000))

    assert len(pieces) == 4
    assert len(read(b"".join(pieces))) == 2501


def test_what_a_frame_holds_is_a_number_or_a_yes_too() -> None:
    frame = pd.DataFrame({"id": pd.array([3, None], dtype="Int64"), "billable": [True, False]})

    data = b"".join(csv_chunks(("id", "billable"), frame.itertuples(index=False, name=None)))

    assert data.decode("utf-8-sig").splitlines()[1:] == ['3,"yes"', ',"no"']
