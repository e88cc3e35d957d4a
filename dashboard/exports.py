"""Files of what the pages show: the rows, and below or beside them what they are."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from dashboard.config import Settings
from dashboard.files import xlsx
from dashboard.files.csv import about_chunk, csv_chunks
from dashboard.listings import LISTINGS
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.entries import ENTRY_AMOUNTS, ENTRY_COLUMNS, entry_batches
from dashboard.metrics.entry_lines import entry_lines
from dashboard.metrics.lookup import find_by_name
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.provenance import describe_table
from dashboard.store.snapshots import Snapshot

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENTRIES = "entries"
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class File:
    """A file to be: its name, its type, and its bytes a piece at a time.

    `what` is the table and the form, `scope` and `also` what was asked of it; `rows` counts as the
    bytes are made. `reasons` say why not all rows or numbers are in it.
    """

    name: str
    media_type: str
    chunks: Iterator[bytes]
    what: str
    scope: Scope
    also: Mapping[str, str]
    rows: "Counted"
    reasons: tuple[str, ...] = ()


def table_names() -> list[str]:
    """The tables there are files of."""
    return [*LISTINGS, ENTRIES]


def export_table(
    table: str,
    form: str,
    scope: Scope,
    also: Mapping[str, str],
    settings: Settings,
    snapshot: Snapshot,
) -> File:
    """The `table` over `scope` as a file of the `form`, one of `FORMATS`.

    Raises `DashboardError` or `SearchError` for what has no answer, before the first byte.
    """
    find_by_name(FORMATS, form, "format")
    name = f"{table}-{scope.start.isoformat()}-to-{scope.end.isoformat()}.{form}"
    what = f"{table}.{form}"
    facts = (
        frozenset({Fact.TIME}) if table == ENTRIES else find_by_name(LISTINGS, table, "table").facts
    )
    lacking = incomplete_reasons(snapshot, facts, scope)
    if table == ENTRIES and form == "csv":
        counted = Counted(())
        chunks = _entries_csv(scope, settings, snapshot, counted, lacking)
        return File(name, FORMATS[form], chunks, what, scope, also, counted, lacking)
    if table == ENTRIES:
        columns: Sequence[str] = ENTRY_COLUMNS
        amounts = ENTRY_AMOUNTS
        batches = entry_batches(snapshot, scope)
        # The first batch now: what goes wrong must do so while there still is a status to send.
        first = next(batches, [])
        rows: Iterable[Sequence[object]] = chain(first, chain.from_iterable(batches))
        told = describe_table(ENTRIES, None, scope, settings, snapshot, lacking)
    else:
        listing = find_by_name(LISTINGS, table, "table").read(snapshot, scope, also)
        frame = listing.frame
        columns = [str(column) for column in frame]
        rows = frame.astype(object).itertuples(index=False, name=None)
        amounts = listing.amounts
        told = describe_table(table, listing, scope, settings, snapshot, lacking)
    counted = Counted(rows)
    if form == "xlsx":
        chunks = _xlsx_pieces(columns, counted, told, amounts)
    else:
        chunks = _csv_pieces(columns, counted, told)
    return File(name, FORMATS[form], chunks, what, scope, also, counted, lacking)


def _entries_csv(
    scope: Scope,
    settings: Settings,
    snapshot: Snapshot,
    counted: "Counted",
    lacking: Sequence[str],
) -> Iterator[bytes]:
    """As the store itself writes them: a million entries, and never a million in memory."""
    told = describe_table(ENTRIES, None, scope, settings, snapshot, lacking)
    lines = entry_lines(snapshot, scope)
    # The first now: what goes wrong must do so while there still is a status to send.
    first = next(lines, None)

    def iterate_pieces() -> Iterator[bytes]:
        yield from csv_chunks(ENTRY_COLUMNS, ())
        for found, text in chain([first] if first else [], lines):
            counted.count += found
            yield text
        yield about_chunk([*told, ("Rows", str(counted.count))])

    return iterate_pieces()


def _csv_pieces(
    columns: Sequence[str], counted: "Counted", told: Sequence[tuple[str, str]]
) -> Iterator[bytes]:
    yield from csv_chunks(columns, counted)
    yield about_chunk([*told, ("Rows", str(counted.count))])


def _xlsx_pieces(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    told: Sequence[tuple[str, str]],
    amounts: Collection[str],
) -> Iterator[bytes]:
    # Made whole before the first byte: what does not fit must be said with a status.
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "export.xlsx"
        xlsx.write(path, columns, rows, about=told, amounts=amounts)
        file = path.open("rb")
    return _file_pieces(file)


def _file_pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


class Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Sequence[object]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[object]]:
        for row in self._rows:
            self.count += 1
            yield row
