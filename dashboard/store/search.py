"""Searches of the snapshot: the same language, pages and records as the connector's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any

import msgspec

from dashboard.access.rights import demand_fields, entity_needs
from dashboard.config.errors import NoSnapshot
from dashboard.store.filters import filter_sql, record_columns
from dashboard.store.record_tables import snapshot_fields, source_sql
from dashboard.store.schema import quote_name
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.store.sql import Sql, sql_join, sql_wrap
from dashboard.store.tables import to_aware, to_naive
from dashboard.store.viewers import viewer_by_email
from harvest_client.models.fields import Field, FieldType, by_name
from harvest_client.models.records import Record, record_type, selected_type
from harvest_client.search import Cursor, Search, SearchMeta, SearchPage
from harvest_client.search.filter_ast import Value, field_paths
from harvest_client.search.query import Order, Sort

_Read = Callable[[Any], Any]
"""Makes one value of a column, never None, what it is in a record."""


def decode_rows(
    record_class: type[Record], fields: Sequence[Field], rows: Iterable[Sequence[Any]]
) -> list[Record]:
    """Records of the type `made` from rows that begin with the values of `fields`.

    Keys of objects that `made` does not have are left out.
    """
    names = [field.name for field in fields]
    reads = _field_readers(fields)
    matches = [_read(dict(zip(names, row, strict=False)), reads) for row in rows]
    return msgspec.convert(matches, list[record_class])  # type: ignore[valid-type]


def decode_columns(fields: Sequence[Field], row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the values of single fields, in their order."""
    result = {str(place): value for place, value in enumerate(row)}
    reads = {
        str(place): read for place, field in enumerate(fields) if (read := _field_reader(field))
    }
    return tuple(_read(result, reads).values())


@lru_cache(maxsize=10_000)
def trim_decimal(number: Decimal) -> Decimal:
    """Without the zeros that a column adds: 1.5 and not 1.500000, 100 and not 1E+2."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _field_readers(fields: Iterable[Field]) -> dict[str, _Read]:
    """Return the readers of fields whose values differ from those of DuckDB."""
    return {field.name: read for field in fields if (read := _field_reader(field))}


def _field_reader(field: Field) -> _Read | None:
    match field.kind:
        case FieldType.DECIMAL:
            return trim_decimal
        case FieldType.TIMESTAMP:
            return to_aware
        case FieldType.OBJECT if reads := _field_readers(field.fields):
            return lambda value: _read(value, reads)
        case FieldType.OBJECTS if reads := _field_readers(field.fields):
            return lambda found: [_read(value, reads) for value in found]
    return None


def _read(result: dict[str, Any], reads: dict[str, _Read]) -> dict[str, Any]:
    for name, read in reads.items():
        if (value := result[name]) is not None:
            result[name] = read(value)
    return result


def search_query(
    search: Search, shown: Sequence[Field], cursor: Cursor | None, offset: int = 0
) -> Sql:
    """Return the page after `cursor`, or after `offset` rows, and one row more.

    A row is the fields `shown`, then those sorted by.

    The rows are found by the few columns that decide, and only then read: at a million entries
    that is five times faster than to sort what is read.
    """
    columns = record_columns(search.entity)
    sorted_by = [sort.field for sort in search.sort]
    read = [f"r.{quote_name(field.name)}" for field in shown] + [
        columns[path] for path in sorted_by
    ]
    names = [field.name for field in shown]
    order = _order_sql(search.sort, columns)
    return sql_join(
        " ",
        [
            Sql(f"SELECT {', '.join(read)} FROM {source_sql(search.entity, [*names, *sorted_by])}"),
            sql_wrap(
                "WHERE r.rowid IN (", _row_ids_sql(search, columns, cursor, order, offset), ")"
            ),
            Sql(order),
        ],
    )


def _row_ids_sql(
    search: Search, columns: Mapping[str, str], cursor: Cursor | None, order: str, offset: int
) -> Sql:
    sorted_by = [sort.field for sort in search.sort]
    paths = [*field_paths(search.filter), *sorted_by]
    where = [sql_wrap("(", filter_sql(search.filter, columns), ")")]
    if cursor:
        where += _after_sql(search.sort, cursor.values, columns)
    return sql_join(
        " ",
        [
            Sql(f"SELECT r.rowid FROM {source_sql(search.entity, paths)}"),
            sql_wrap("WHERE ", sql_join(" AND ", where), ""),
            Sql(order),
            # Numbers of ours, not bound: only known ones let DuckDB keep the best rows alone.
            Sql(f"LIMIT {search.limit + 1:d}" + (f" OFFSET {offset:d}" if offset else "")),
        ],
    )


def _order_sql(sorts: Sequence[Sort], columns: Mapping[str, str]) -> str:
    parts = [f"{columns[sort.field]} {sort.order.upper()} NULLS LAST" for sort in sorts]
    return f"ORDER BY {', '.join(parts)}" if parts else ""


def _after_sql(
    sorts: Sequence[Sort], values: Sequence[Value | None], columns: Mapping[str, str]
) -> list[Sql]:
    """Return the conditions that are true of the rows after the one with these values."""
    if not sorts:
        return [Sql("false")]
    first, value = sorts[0], values[0]
    column = columns[first.field]
    equal = Sql(f"{column} IS NULL")
    if value is not None:
        equal = Sql(f"{column} = ?", (_bound_value(value),))
    tied = sql_wrap(
        "(", sql_join(" AND ", [equal, *_after_sql(sorts[1:], values[1:], columns)]), ")"
    )
    if value is None:
        return [tied]
    sign = ">" if first.order is Order.ASC else "<"
    beyond = Sql(f"{column} {sign} ? OR {column} IS NULL OR ", (_bound_value(value),))
    return [
        # Said twice, because only the simple condition lets row groups be passed over.
        Sql(f"({column} {sign}= ? OR {column} IS NULL)", (_bound_value(value),)),
        sql_wrap("(", sql_join("", [beyond, tied]), ")"),
    ]


def _bound_value(value: Value) -> object:
    return to_naive(value) if isinstance(value, datetime) else value


class SnapshotCopy:
    """The current snapshot as a copy to search; satisfies `Copy`. Safe to share between threads.

    With `seen_by`, an e-mail address, it has what that person of the account may see.

    The two time reports are totals over all days kept: a filter cannot make them another window's.
    """

    def __init__(self, snapshots: Snapshots, seen_by: str | None = None) -> None:
        self._snapshots = snapshots
        self._seen_by = seen_by
        self._open: Snapshot | None = None
        self._opening = Lock()

    def search(self, search: Search) -> SearchPage:
        """One page of what is published now; a page never repeats nor skips what was there before.

        Raises `SearchError` for a cursor of another search, `NoSnapshot`, `DamagedSnapshot`, and
        with `seen_by` `NoAccess` and `NotVisible`.
        """
        snapshot = self._current_snapshot()
        if self._seen_by:
            snapshot = snapshot.for_viewer(viewer_by_email(snapshot, self._seen_by))
        return search_snapshot(snapshot, search)

    def _current_snapshot(self) -> Snapshot:
        with self._opening:
            pointer = self._snapshots.get_current()
            known = self._open
            if known is None or pointer is None or pointer.version != known.meta.version:
                # The one before closes with the last search that reads it.
                self._open = known = _check_searchable(self._snapshots.open_current())
            return known


def search_snapshot(snapshot: Snapshot, search: Search, *, offset: int = 0) -> SearchPage:
    """Return one page of what `snapshot` holds for whoever sees it, `offset` records further on.

    Raises `SearchError` for a cursor of another search, `NotVisible` for what is not to be seen.
    """
    demand_search(snapshot, search)
    cursor = Cursor.from_text(search.cursor, search) if search.cursor else None
    shown = _whole_fields(search)
    began = perf_counter()
    rows = snapshot.rows(*search_query(search, shown, cursor, offset))
    took_ms = (perf_counter() - began) * 1e3
    page = rows[: search.limit]
    following = None
    if has_more := len(rows) > search.limit:
        sorted_by = [search.entity.field(sort.field) for sort in search.sort]
        following = Cursor(decode_columns(sorted_by, page[-1][len(shown) :])).to_text(search)
    data = decode_rows(_record_type(search), shown, page)
    return SearchPage(data, SearchMeta(has_more, following, took_ms))


def demand_search(snapshot: Snapshot, search: Search) -> None:
    """Raise `NotVisible` where Harvest would refuse the entity, or a field that is asked about."""
    viewer, entity = snapshot.viewer, search.entity
    viewer.require(entity.label, entity_needs(entity.name, viewer))
    about = {
        *field_paths(search.filter),
        *(sort.field for sort in search.sort),
        *(search.fields or ()),
    }
    demand_fields(viewer, about, entity.name)


def local_copy(cache_dir: Path, account_id: str, seen_by: str | None = None) -> SnapshotCopy:
    """Return the account's copy; nothing is opened before the first search."""
    return SnapshotCopy(Snapshots(cache_dir, account_id), seen_by)


def _check_searchable(snapshot: Snapshot) -> Snapshot:
    if not snapshot.holds_records:
        raise NoSnapshot("The published copy is from before searches: it holds no records.")
    return snapshot


def _whole_fields(search: Search) -> tuple[Field, ...]:
    """Return the fields to read whole, of which `asked.fields` may name a part."""
    if search.fields is None:
        return snapshot_fields(search.entity)
    known = by_name(search.entity.fields)
    return tuple(known[name] for name in {path.partition(".")[0]: None for path in search.fields})


def _record_type(search: Search) -> type[Record]:
    """Return the type of the records: the connector's own where nothing is left out."""
    whole = snapshot_fields(search.entity)
    if search.fields is None and whole == search.entity.fields:
        return record_type(search.entity)
    return selected_type(search.entity, search.fields or [field.name for field in whole])
