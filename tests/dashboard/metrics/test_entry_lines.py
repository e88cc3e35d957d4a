"""Lines that the store writes itself are those that would be written row by row."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.files.csv import csv_chunks
from dashboard.metrics.entries import ENTRY_COLUMNS, entry_batches
from dashboard.metrics.entry_lines import entry_lines
from dashboard.metrics.scope import FIELDS, Basis, Scope
from dashboard.store.snapshots import Snapshot, Snapshots
from harvest_client.search import parse_text
from tests.dashboard.ui.conftest import publish

SCOPE = Scope(date(2025, 1, 1), date(2026, 12, 31), today=date(2026, 1, 15))
ODD = [
    "=1+1", "+1", "-1", "@x", "\t=1", "\r=5", "\n@", "  =x", "\ufeff=x", "|calc", "%0A", "＝1",
    '"=1"',    'say "hi"', "a,b", "two\r\nlines", "", "'quoted", "-5.5", "\x01=1", "plain",
]  # fmt: skip


def both(snapshot: Snapshot, scope: Scope) -> tuple[bytes, bytes]:
    streamed = b"".join(text for _, text in entry_lines(snapshot, scope))
    rows = (row for batch in entry_batches(snapshot, scope) for row in batch)
    _, *written = csv_chunks(ENTRY_COLUMNS, rows)
    return streamed, b"".join(written)


def test_they_are_the_same(studio: Snapshot) -> None:
    for basis in Basis:
        streamed, written = both(studio, replace(SCOPE, basis=basis))

        assert streamed
        assert streamed == written


def test_a_filter_is_followed_and_nothing_is_no_line(studio: Snapshot) -> None:
    some = replace(SCOPE, where=parse_text('{"eq": {"client.id": 20}}', FIELDS))
    none = replace(SCOPE, where=parse_text('{"eq": {"client.id": -1}}', FIELDS))

    streamed, written = both(studio, some)
    assert streamed == written
    assert list(entry_lines(studio, none)) == []


@pytest.mark.parametrize("note", ODD)
def test_odd_notes_are_text(tmp_path: Path, note: str) -> None:
    publish(tmp_path, sql=f"UPDATE time_facts SET notes = '{note.replace(chr(39), chr(39) * 2)}'")
    snapshot = Snapshots(tmp_path, "1").current()
    try:
        streamed, written = both(snapshot, SCOPE)
    finally:
        snapshot.close()

    assert streamed == written


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20))
def test_any_text_is_guarded_alike(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    directory = tmp_path_factory.mktemp("text")
    publish(directory, sql=f"UPDATE time_facts SET notes = '{text.replace(chr(39), chr(39) * 2)}'")
    snapshot = Snapshots(directory, "1").current()
    try:
        streamed, written = both(snapshot, SCOPE)
    finally:
        snapshot.close()

    assert streamed == written
