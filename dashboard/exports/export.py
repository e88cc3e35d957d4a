"""Files of tables: their rows and their description."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from dashboard.config.settings import Settings
from dashboard.exports import file_formats
from dashboard.exports.file_formats import about_chunk, csv_chunks
from dashboard.metrics.bounds import note_strays
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.entries import (
    ENTRY_AMOUNTS,
    ENTRY_COLUMNS,
    entry_batches,
    entry_lines,
    hidden_columns,
)
from dashboard.metrics.labels import find_by_name
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.reconciliation.reports import REPORTS, Report
from dashboard.reconciliation.status import (
    Reconciliation,
    ReconciliationFile,
    ReconciliationStatus,
    compared_since,
    period_status,
)
from dashboard.reports import LISTINGS
from dashboard.reports.table import Table
from dashboard.store.snapshots import Snapshot
from harvest_client.search import canonical_json

_STANDINGS = {
    ReconciliationStatus.EQUAL: "equal to Harvest's report",
    ReconciliationStatus.PARTLY: "equal to Harvest's report where compared",
    ReconciliationStatus.DIFFERENT: "differs from Harvest's report: see the Data page",
    ReconciliationStatus.UNKNOWN: "not compared with Harvest's report",
    ReconciliationStatus.REFUSED: "not compared: the token may not read Harvest's report",
}


def describe_table(
    table: str,
    listing: Table | None,
    scope: Scope,
    settings: Settings,
    snapshot: Snapshot,
    lacking: Sequence[str] = (),
) -> list[tuple[str, str]]:
    """Name and text of each thing a reader of the numbers should know, in order.

    `lacking` are the reasons why not all records of these days are in the table.
    """
    meta = snapshot.meta
    told = [
        ("Table", table),
        ("Account", f"{meta.account_name} ({meta.account_id}), source {meta.source}"),
        ("Period", f"{scope.start.isoformat()} to {scope.end.isoformat()}"),
        ("Filter", canonical_json(scope.where) if scope.where else "none"),
        ("Hours", f"{scope.basis.value}"),
        ("Reporting date", scope.today.isoformat()),
        ("Data as of", meta.synced_at.replace(tzinfo=UTC).isoformat(timespec="seconds")),
        ("Copy", f"version {meta.version}" + (", history incomplete" if meta.partial else "")),
    ]
    if lacking:
        told.append(("Complete", f"no: {' '.join(lacking)}"))
    if snapshot.viewer.sees_everything:  # as it is the whole account that is compared
        result = ReconciliationFile(settings.cache_dir, settings.account_id).read()
        told += [
            (report.label, _reconciliation_text(result, report, scope, snapshot))
            for report in REPORTS.values()
        ]
    told += [("Note", note) for note in note_strays(snapshot, scope)]
    if snapshot.viewer.name:
        told.append(("Seen by", snapshot.viewer.name))
    if listing is None and (empty := hidden_columns(snapshot.viewer)):
        told.append(("Note", f"Not visible to you, so empty: {', '.join(empty)}."))
    if listing:
        told += [("Note", note) for note in listing.notes if note not in lacking]
        told += [(column.id, column.doc) for column in listing.columns if column.doc]
    return told


def _reconciliation_text(
    result: Reconciliation, report: Report, scope: Scope, snapshot: Snapshot
) -> str:
    """Return the standing of a period; of days that are not stored there is none."""
    since = compared_since(snapshot, report, scope.start)
    if since is None:
        return _STANDINGS[period_status(result, report.id, scope.start, scope.end).standing]
    if since > scope.end:
        return f"not compared: complete since {since.isoformat()} only"
    match = period_status(result, report.id, since, scope.end)
    return f"complete since {since.isoformat()} only; from then on {_STANDINGS[match.standing]}"


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
    """Return the tables there are files of."""
    return [*LISTINGS, ENTRIES]


def export_table(
    table: str,
    form: str,
    scope: Scope,
    also: Mapping[str, str],
    settings: Settings,
    snapshot: Snapshot,
) -> File:
    """Return the `table` over `scope` as a file of the `form`, one of `FORMATS`.

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
        for result, text in chain([first] if first else [], lines):
            counted.count += result
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
        file_formats.write(path, columns, rows, about=told, amounts=amounts)
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
