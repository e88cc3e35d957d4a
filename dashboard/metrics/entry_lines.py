"""The time entries behind a figure as lines of a file, written by the store itself.

A million of them in Python take eight seconds. The lines are what `dashboard.files` would write.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import islice

import numpy as np
import pyarrow as pa

from dashboard.metrics.entries import ENTRY_COLUMNS, NAMED, every_entry
from dashboard.metrics.facts import rows
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import require_visible
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join, sql_wrap

_TEXTS = frozenset({"currency", "notes", "approval_status"})
_FLAGS = frozenset({"billable", "billed", "running", "fixed_fee"})
_NUMBERS = frozenset({"hours", "raw_hours", "billable_rate", "amount"})
# As `dashboard.files.cells.text`: what a spreadsheet takes for the beginning of a formula.
_FORMULA = r"^\x27*([ \x{feff}\x00-\x1f]*[=+\-@|%＝＋－＠]|[\t\r\n])"
_AT_ONCE = 2  # as many as there are cores on a small machine
_SIZE = 50_000  # entries: some ten megabytes; to plan a question takes as long as 10,000 of them


def _quote_csv(text: str) -> str:
    guard = f"CASE WHEN regexp_matches({text}, '{_FORMULA}') THEN '\"''' ELSE '\"' END"
    return f"concat({guard}, replace({text}, '\"', '\"\"'), '\"')"


# A name is quoted once, not in each of its entries.
_QUOTED = {
    table: f"(SELECT n.id, {_quote_csv('n.name')} AS name FROM {table} AS n)" for table in NAMED
}


def entry_lines(snapshot: Snapshot, scope: Scope, size: int = _SIZE) -> Iterator[tuple[int, bytes]]:
    """Yield numbers of entries with their lines of CSV, the oldest day first.

    A batch has whole days: as many as have at most `size` entries, or one.
    """
    parts = _split_scope(snapshot, scope, size)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="export") as pool:
        ahead = deque(pool.submit(_make_lines, snapshot, part) for part in islice(parts, _AT_ONCE))
        while ahead:
            lines = ahead.popleft().result()
            ahead += (pool.submit(_make_lines, snapshot, part) for part in islice(parts, 1))
            yield lines


def _split_scope(snapshot: Snapshot, scope: Scope, size: int) -> Iterator[Scope]:
    require_visible(snapshot.viewer, scope)
    counts = sql_join(
        "\n",
        [Sql("SELECT f.day, count(*)"), rows(Fact.TIME, scope), Sql("GROUP BY 1 ORDER BY 1")],
    )
    days: list[date] = []
    held = 0
    for day, count in snapshot.rows(*counts):
        if days and held + count > size:
            yield replace(scope, start=days[0], end=days[-1])
            days, held = [], 0
        days.append(day)
        held += count
    if days:
        yield replace(scope, start=days[0], end=days[-1])


def _make_lines(snapshot: Snapshot, part: Scope) -> tuple[int, bytes]:
    line = ", ',', ".join(map(_column_text_sql, ENTRY_COLUMNS))
    entries = snapshot.query_arrow(
        *sql_join(
            "\n",
            [
                sql_wrap("WITH entry AS (\n", every_entry(part, _QUOTED), "\n)"),
                Sql(f"SELECT day, id, concat({line}, '\r\n') AS line FROM entry"),
            ],
        )
    )
    # They come as they lie in the store, which is in order; sorting them there takes a third more.
    order = np.lexsort((entries["id"].to_numpy(), entries["day"].to_numpy()))
    if (np.diff(order) != 1).any():
        entries = entries.take(order)
    return len(entries), b"".join(map(_join_bytes, entries["line"].chunks))


def _join_bytes(texts: pa.StringArray) -> memoryview:
    """The texts one after another, which is how Arrow holds them."""
    _, offsets, characters = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset :]
    return memoryview(characters)[bounds[0] : bounds[len(texts)]]


def _column_text_sql(name: str) -> str:
    """The column as it stands in a line; null is nothing, which `concat` makes of it."""
    if name in _TEXTS:
        return f"CASE WHEN {name} IS NOT NULL THEN {_quote_csv(name)} END"
    if name in _FLAGS:
        return f"CASE WHEN {name} THEN '\"yes\"' WHEN NOT {name} THEN '\"no\"' END"
    if name in _NUMBERS:
        return _number_text_sql(name)
    if name == "day":
        return "'\"', CAST(day AS VARCHAR), '\"'"
    return name


def _number_text_sql(name: str) -> str:
    """Without trailing zeros: cutting them off text takes longer than not writing them."""
    shorter = " ".join(
        f"WHEN CAST({name} AS DECIMAL(18, {places})) = {name}"
        f" THEN CAST(CAST({name} AS DECIMAL(18, {places})) AS VARCHAR)"
        for places in range(3)
    )
    return f"CASE {shorter} ELSE rtrim(CAST(CAST({name} AS DECIMAL(18, 6)) AS VARCHAR), '0') END"
