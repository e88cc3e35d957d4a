"""The time entries behind a figure as lines of a file, written by the store itself.

A million of them in Python take eight seconds. The lines are what `dashboard.files` would write.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from dashboard.metrics.entries import ENTRY_COLUMNS, NAMED, every_entry
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import demand
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, around, joined

_NAMES = frozenset({"client", "project", "task", "person", "role"})
_TEXTS = frozenset({"currency", "notes", "approval_status"})
_FLAGS = frozenset({"billable", "billed", "running", "fixed_fee"})
_NUMBERS = frozenset({"hours", "raw_hours", "billable_rate", "amount"})
# As `dashboard.files.cells.text`: what a spreadsheet takes for the beginning of a formula.
_FORMULA = r"^\x27*([ \x{feff}\x00-\x1f]*[=+\-@|%＝＋－＠]|[\t\r\n])"
_AT_ONCE = 2  # as many as there are cores on a small machine; each is a few megabytes
_DAYS = 28  # at a time: some megabytes of a large account


def _quoted(text: str) -> str:
    guard = f"CASE WHEN regexp_matches({text}, '{_FORMULA}') THEN '\"''' ELSE '\"' END"
    return f"concat({guard}, replace({text}, '\"', '\"\"'), '\"')"


# A name is quoted once, not in each of its entries.
_QUOTED = {
    table: f"(SELECT n.id, {_quoted('n.name')} AS name FROM {table} AS n)" for table in NAMED
}


def entry_lines(snapshot: Snapshot, scope: Scope) -> Iterator[tuple[int, bytes]]:
    """How many entries, and their lines of CSV, a few weeks at a time; the oldest first."""
    parts = _parts(snapshot, scope)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="export") as pool:
        ahead = deque(pool.submit(_lines, snapshot, part) for part in islice(parts, _AT_ONCE))
        while ahead:
            count, text = ahead.popleft().result()
            ahead += (pool.submit(_lines, snapshot, part) for part in islice(parts, 1))
            if count:
                yield count, text


def _parts(snapshot: Snapshot, scope: Scope) -> Iterator[Scope]:
    demand(snapshot.viewer, scope)
    ((first, last),) = snapshot.rows("SELECT min(f.day), max(f.day) FROM time_facts AS f")
    if first is None:
        return
    start, end = max(scope.start, first), min(scope.end, last)
    while start <= end:
        following = min(start + timedelta(days=_DAYS), end + timedelta(days=1))
        yield replace(scope, start=start, end=following - timedelta(days=1))
        start = following


def _lines(snapshot: Snapshot, part: Scope) -> tuple[int, bytes]:
    line = f"concat_ws(',', {', '.join(_written(name) for name in ENTRY_COLUMNS)})"
    lines = joined(
        "\n",
        [
            around("WITH entry AS (\n", every_entry(part, _QUOTED), "\n)"),
            Sql(f"SELECT count(*), string_agg({line}, '\r\n' ORDER BY day, id) AS lines"),
            Sql("FROM entry"),
        ],
    )
    ((count, text),) = snapshot.rows(*lines)
    return int(count), f"{text}\r\n".encode() if count else b""


def _written(name: str) -> str:
    if name in _NAMES:
        return f"coalesce({name}, '')"
    if name in _TEXTS:
        return f"CASE WHEN {name} IS NULL THEN '' ELSE {_quoted(name)} END"
    if name in _FLAGS:
        return f"CASE WHEN {name} THEN '\"yes\"' WHEN NOT {name} THEN '\"no\"' ELSE '' END"
    if name in _NUMBERS:
        exact = f"CAST(CAST({name} AS DECIMAL(18, 6)) AS VARCHAR)"
        return f"coalesce(rtrim(rtrim({exact}, '0'), '.'), '')"
    if name == "day":
        return "'\"' || strftime(day, '%Y-%m-%d') || '\"'"
    return f"coalesce(CAST({name} AS VARCHAR), '')"
