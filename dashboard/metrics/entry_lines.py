"""The time entries behind a figure as lines of a file, written by the store itself.

A million of them in Python take eight seconds. The lines are what `dashboard.files` would write.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from dashboard.metrics.entries import ENTRY_COLUMNS, every_entry
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, around, joined

_TEXT = frozenset({"client", "project", "task", "person", "role", "currency", "notes"}) | {
    "approval_status"
}
_FLAGS = frozenset({"billable", "billed", "running", "fixed_fee"})
_NUMBERS = frozenset({"hours", "raw_hours", "billable_rate", "amount"})
# As `dashboard.files.cells.text`: what a spreadsheet takes for the beginning of a formula.
_FORMULA = r"^[ \x{feff}\x00-\x1f]*[=+\-@|%＝＋－＠]|^[\t\r\n]"
_DAYS = 28  # at a time: some megabytes of a large account

_QUOTE = "'\"' || replace({}, '\"', '\"\"') || '\"'"


def entry_lines(snapshot: Snapshot, scope: Scope) -> Iterator[tuple[int, bytes]]:
    """How many entries, and their lines of CSV, a few weeks at a time; the oldest first."""
    line = " || ',' || ".join(_written(name) for name in ENTRY_COLUMNS)
    ((first,),) = snapshot.rows("SELECT min(f.day) AS day FROM time_facts AS f")
    ((last,),) = snapshot.rows("SELECT max(f.day) AS day FROM time_facts AS f")
    if first is None:
        return
    start, end = max(scope.start, first), min(scope.end, last)
    while start <= end:
        following = min(start + timedelta(days=_DAYS), end + timedelta(days=1))
        part = replace(scope, start=start, end=following - timedelta(days=1))
        lines = joined(
            "\n",
            [
                around("WITH entry AS (\n", every_entry(part), "\n)"),
                Sql(f"SELECT count(*), string_agg({line} || '\r\n', '' ORDER BY day, id) AS lines"),
                Sql("FROM entry"),
            ],
        )
        ((count, written),) = snapshot.rows(*lines)
        if count:
            yield int(count), written.encode()
        start = following


def _written(name: str) -> str:
    if name in _TEXT:
        guarded = f"CASE WHEN regexp_matches({name}, '{_FORMULA}') THEN '''' ELSE '' END || {name}"
        return f"coalesce({_QUOTE.format(f'({guarded})')}, '')"
    if name in _FLAGS:
        return f"CASE WHEN {name} THEN '\"yes\"' WHEN NOT {name} THEN '\"no\"' ELSE '' END"
    if name in _NUMBERS:
        exact = f"CAST(CAST({name} AS DECIMAL(18, 6)) AS VARCHAR)"
        return f"coalesce(rtrim(rtrim({exact}, '0'), '.'), '')"
    if name == "day":
        return "'\"' || strftime(day, '%Y-%m-%d') || '\"'"
    return f"coalesce(CAST({name} AS VARCHAR), '')"
