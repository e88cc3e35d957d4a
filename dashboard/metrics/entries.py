"""Time entries behind a figure, a page at a time or all as a stream."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dashboard.access.rights import Right, Viewer
from dashboard.metrics.catalog import predicates
from dashboard.metrics.fact_filters import fact_under, rows
from dashboard.metrics.labels import find_by_name
from dashboard.metrics.metric import Fact
from dashboard.metrics.permissions import require_visible
from dashboard.metrics.scope import RoundingBasis, Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join, sql_wrap

_COLUMNS = {
    "id": "f.id",
    "day": "f.day",
    "client": "ec.name",
    "client_id": "f.client_id",
    "project": "ep.name",
    "project_id": "f.project_id",
    "task": "et.name",
    "task_id": "f.task_id",
    "person": "eu.name",
    "person_id": "f.user_id",
    "role": "er.name",
    "billable": "f.billable",
    "billed": "f.is_billed",
    "running": "f.is_running",
    "fixed_fee": "f.is_fixed_fee",
    "hours": "f.{basis}_hours",
    "raw_hours": "f.raw_hours",
    "billable_rate": "f.billable_rate",
    # As the billable amount counts it, so that the lines add up to the figure above them.
    "amount": f"CASE WHEN {predicates.BILLABLE_HOURLY} THEN f.{{basis}}_amount END",
    "currency": "f.currency",
    "invoice_id": "f.invoice_id",
    "approval_status": "f.approval_status",
    "notes": "f.notes",
}
ENTRY_COLUMNS = tuple(_COLUMNS)
"""The columns of an entry, in order."""
ENTRY_AMOUNTS = frozenset({"billable_rate", "amount"})
"""Those of them that are in the entry's currency."""

# By the alias in `_COLUMNS`, which is not that of a filter's own joins.
_NAMES = {
    "ec": ("clients", "f.client_id"),
    "ep": ("projects", "f.project_id"),
    "et": ("tasks", "f.task_id"),
    "eu": ("users", "f.user_id"),
    "er": ("roles", "f.role_id"),
}
NAMED = tuple(table for table, _ in _NAMES.values())
"""The tables that an entry's names are in."""

_JOINS = {
    alias: f"LEFT JOIN {{{table}}} AS {alias} ON {alias}.id = {key}"
    for alias, (table, key) in _NAMES.items()
}
_TABLES = {table: table for table in NAMED}
_NAMED_COLUMNS = {
    name: _NAMES[alias]
    for name, sql in _COLUMNS.items()
    if (alias := sql.partition(".")[0]) in _NAMES
}
"""The columns of names: of which table, by which key."""
_LAST_DAYS = (6, 60)
_IDS = tuple(name for name in _COLUMNS if name == "id" or name.endswith("_id"))


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Time entries of `scope`, a row each; `hours` and `amount` follow its basis.

    `frame` has the columns of `ENTRY_COLUMNS`. `amount` is in `currency`, null where the billable
    amount leaves the entry out or Harvest gives no rate. What is missing is null.
    """

    frame: pd.DataFrame
    scope: Scope


def query_entries(
    snapshot: Snapshot,
    scope: Scope,
    *,
    sort: str = "day",
    descending: bool = True,
    limit: int = 50,
    offset: int = 0,
) -> Entries:
    """One page of the entries in scope, ordered by a column; entries alike in it by day and id.

    A column that the viewer may not see is left out. Raises `MetricError` when there is no such
    column, `NotVisible` to sort or filter by one that is hidden.
    """
    require_visible(snapshot.viewer, scope)
    if sort in hidden_columns(snapshot.viewer):
        snapshot.viewer.require(f"the column {sort}", {Right.RATES})
    key = find_by_name(_COLUMNS, sort, "column").format(basis=scope.basis)
    if sort == "day" and descending:
        # A page of the newest is within the last days, and these lie together in the store.
        for days in _LAST_DAYS:
            start = max(scope.start, scope.end - timedelta(days=days))
            frame = _query_page(
                snapshot, replace(scope, start=start), key, descending, limit, offset
            )
            if len(frame) == limit or start == scope.start:
                return Entries(frame, scope)
    return Entries(_query_page(snapshot, scope, key, descending, limit, offset), scope)


def _query_page(
    snapshot: Snapshot, scope: Scope, key: str, descending: bool, limit: int, offset: int
) -> pd.DataFrame:
    way, fact = "DESC" if descending else "ASC", fact_under(Fact.TIME, scope.where)
    # Only what is a table of its own has row ids, by which a row is found faster.
    row = "rowid" if fact is Fact.TIME else "id"
    order = f"{{}} {way} NULLS LAST, {{}}.day {way}, {{}}.id {way}"
    page = sql_join(
        "\n",
        [
            Sql(f"SELECT f.{row} AS row_id, {key} AS sorted_by"),
            rows(Fact.TIME, scope, _JOINS.get(key.partition(".")[0], "").format_map(_TABLES)),
            Sql(
                f"ORDER BY {order.format('sorted_by', 'f', 'f')} LIMIT ? OFFSET ?", (limit, offset)
            ),
        ],
    )
    # Only the rows of the page are read whole: notes are most of the bytes. Their names are not
    # joined, as planning that takes longer than reading them.
    keys = {name: key for name, (_, key) in _NAMED_COLUMNS.items()}
    result = sql_join(
        "\n",
        [
            sql_wrap("WITH page AS (\n", page, "\n)"),
            Sql(f"SELECT {_selected_columns(scope.basis, keys)}"),
            Sql(f"FROM page JOIN {fact} AS f ON f.{row} = page.row_id"),
            Sql(f"ORDER BY {order.format('page.sorted_by', 'f', 'f')}"),
        ],
    )
    frame = snapshot.query_frame(*result).astype(dict.fromkeys(_IDS, "Int64"))
    for name, (table, _) in _NAMED_COLUMNS.items():
        names = dict(snapshot.cached_rows(f"SELECT e.id, e.name FROM {table} AS e"))
        frame[name] = pd.array([names.get(key) for key in frame[name].tolist()], dtype="str")
    return frame.drop(columns=list(hidden_columns(snapshot.viewer)))


def hidden_columns(viewer: Viewer) -> tuple[str, ...]:
    """Return those of `ENTRY_COLUMNS` that are empty for the viewer."""
    return () if viewer.has_rights({Right.RATES}) else ("billable_rate", "amount")


def entry_count(snapshot: Snapshot, scope: Scope) -> tuple[int, float]:
    """Return the number of entries in scope, and their hours."""
    require_visible(snapshot.viewer, scope)
    total = Sql(f"SELECT count(*), CAST(coalesce(sum(f.{scope.basis}_hours), 0) AS DOUBLE)")
    ((count, hours),) = snapshot.rows(*sql_join("\n", [total, rows(Fact.TIME, scope)]))
    return int(count), float(hours)


def entry_batches(snapshot: Snapshot, scope: Scope) -> Iterator[list[tuple[Any, ...]]]:
    """Every entry in scope, oldest first, a few thousand at a time; `Decimal` where it is exact.

    The tuples have the columns of `ENTRY_COLUMNS`, empty where the viewer may not see them.
    """
    require_visible(snapshot.viewer, scope)
    ordered = sql_join("\n", [every_entry(scope), Sql("ORDER BY f.day, f.id")])
    return snapshot.iterate_batches(*ordered)


def every_entry(scope: Scope, tables: Mapping[str, str] = _TABLES) -> Sql:
    """SELECT, FROM and WHERE: the entries in scope with the columns of `ENTRY_COLUMNS`.

    `tables` may put others in the place of those of `NAMED`.
    """
    selected = Sql(f"SELECT {_selected_columns(scope.basis)}")
    return sql_join("\n", [selected, rows(Fact.TIME, scope, _name_columns(tables))])


def _name_columns(tables: Mapping[str, str]) -> str:
    return "\n".join(_JOINS.values()).format_map(tables)


def _selected_columns(
    basis: RoundingBasis, others: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return the columns, with `others` in the place of those of the same name."""
    columns = {**_COLUMNS, **others}
    return ", ".join(f"{sql.format(basis=basis)} AS {name}" for name, sql in columns.items())


_TEXTS = frozenset({"currency", "notes", "approval_status"})
_FLAGS = frozenset({"billable", "billed", "running", "fixed_fee"})
_NUMBERS = frozenset({"hours", "raw_hours", "billable_rate", "amount"})
# As `dashboard.exports.file_formats.text`: what a spreadsheet takes for the beginning of a formula.
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
    """Return the texts one after another, which is how Arrow holds them."""
    _, offsets, characters = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset :]
    return memoryview(characters)[bounds[0] : bounds[len(texts)]]


def _column_text_sql(name: str) -> str:
    """Return the column as it stands in a line; null is nothing, which `concat` makes of it."""
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
