"""Lines that the store writes itself are those that would be written row by row."""

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.exports.file_formats import csv_chunks
from dashboard.metrics.entries import ENTRY_COLUMNS, entry_batches, entry_lines
from dashboard.metrics.scope import FIELDS, RoundingBasis, Scope
from dashboard.store.snapshots import Snapshot, Snapshots
from harvest_client.search import parse_text
from tests.dashboard.components.conftest import publish

SCOPE = Scope(date(2025, 1, 1), date(2026, 12, 31), today=date(2026, 1, 15))
ODD = [
    "=1+1", "+1", "-1", "@x", "\t=1", "\r=5", "\n@", "  =x", "\ufeff=x", "|calc", "%0A", "＝1",
    '"=1"',    'say "hi"', "a,b", "two\r\nlines", "", "'quoted", "-5.5", "\x01=1", "plain",
    "'=1", "''' =1", "'\t", "'", " '=1",
]  # fmt: skip


def both(snapshot: Snapshot, scope: Scope) -> tuple[bytes, bytes]:
    streamed = b"".join(text for _, text in entry_lines(snapshot, scope))
    rows = (row for batch in entry_batches(snapshot, scope) for row in batch)
    _, *written = csv_chunks(ENTRY_COLUMNS, rows)
    return streamed, b"".join(written)


def test_they_are_the_same(studio: Snapshot) -> None:
    for basis in RoundingBasis:
        streamed, written = both(studio, replace(SCOPE, basis=basis))

        assert streamed
        assert streamed == written


def test_a_filter_is_followed_and_nothing_is_no_line(studio: Snapshot) -> None:
    some = replace(SCOPE, where=parse_text('{"eq": {"client.id": 20}}', FIELDS))
    none = replace(SCOPE, where=parse_text('{"eq": {"client.id": -1}}', FIELDS))

    streamed, written = both(studio, some)
    assert streamed == written
    assert list(entry_lines(studio, none)) == []


def test_they_are_the_same_a_day_at_a_time(studio: Snapshot) -> None:
    whole = list(entry_lines(studio, SCOPE))
    parts = list(entry_lines(studio, SCOPE, size=1))

    assert len(parts) > len(whole) == 1
    assert sum(count for count, _ in parts) == whole[0][0]
    assert b"".join(text for _, text in parts) == whole[0][1]


def test_they_are_in_order_however_the_store_has_them(tmp_path: Path) -> None:
    publish(tmp_path, sql="CREATE OR REPLACE TABLE time_facts AS FROM time_facts ORDER BY id DESC")
    with closing(Snapshots(tmp_path, "1").open_current()) as snapshot:
        streamed, written = both(snapshot, SCOPE)

    assert streamed == written


@pytest.mark.parametrize("number", ["-0.5", "0", "-7", "1000", "0.000001", "12.340000", "1.005"])
def test_numbers_have_no_trailing_zeros(tmp_path: Path, number: str) -> None:
    publish(tmp_path, sql=f"UPDATE time_facts SET rounded_hours = {number}, billable_rate = NULL")
    with closing(Snapshots(tmp_path, "1").open_current()) as snapshot:
        streamed, written = both(snapshot, SCOPE)

    assert streamed == written


def test_odd_notes_are_text(tmp_path: Path) -> None:
    _assert_the_same(tmp_path, ODD)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
        min_size=10,
        max_size=30,
    )
)
def test_any_text_is_guarded_alike(
    tmp_path_factory: pytest.TempPathFactory, notes: list[str]
) -> None:
    _assert_the_same(tmp_path_factory.mktemp("text"), notes)


def _assert_the_same(directory: Path, notes: list[str]) -> None:
    """Of an entry with each of the notes."""
    rows = ", ".join(
        f"({1000 + number}, '{note.replace(chr(39), chr(39) * 2)}')"
        for number, note in enumerate(notes)
    )
    publish(
        directory,
        sql=f"""
        CREATE TEMP TABLE one AS SELECT * FROM time_facts ORDER BY id LIMIT 1;
        DELETE FROM time_facts;
        INSERT INTO time_facts
        SELECT one.* REPLACE (CAST(noted.id AS BIGINT) AS id, noted.text AS notes)
        FROM one, (VALUES {rows}) AS noted(id, text)
        """,
    )
    with closing(Snapshots(directory, "1").open_current()) as snapshot:
        streamed, written = both(snapshot, SCOPE)

    assert streamed.count(b"\r\n") >= len(notes)
    assert streamed == written
