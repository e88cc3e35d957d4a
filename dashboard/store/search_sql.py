"""A search as one SELECT: every value bound, every name from a table of ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard.store.filters import condition, record_columns
from dashboard.store.instants import naive
from dashboard.store.record_tables import source
from dashboard.store.schema import quoted
from dashboard.store.sql import Sql, around, joined
from harvest_client.fields import Field
from harvest_client.search.conditions import Value, fields
from harvest_client.search.cursor import Cursor
from harvest_client.search.query import Order, Search, Sort


def statement(asked: Search, shown: Sequence[Field], cursor: Cursor | None, offset: int = 0) -> Sql:
    """The page after `cursor`, or after `offset` rows, and one row more.

    A row is the fields `shown`, then those sorted by.

    The rows are found by the few columns that decide, and only then read: at a million entries
    that is five times faster than to sort what is read.
    """
    columns = record_columns(asked.entity)
    sorted_by = [sort.field for sort in asked.sort]
    read = [f"r.{quoted(field.name)}" for field in shown] + [columns[path] for path in sorted_by]
    names = [field.name for field in shown]
    order = _order(asked.sort, columns)
    return joined(
        " ",
        [
            Sql(f"SELECT {', '.join(read)} FROM {source(asked.entity, [*names, *sorted_by])}"),
            around("WHERE r.rowid IN (", _rowids(asked, columns, cursor, order, offset), ")"),
            Sql(order),
        ],
    )


def _rowids(
    asked: Search, columns: Mapping[str, str], cursor: Cursor | None, order: str, offset: int
) -> Sql:
    sorted_by = [sort.field for sort in asked.sort]
    paths = [*fields(asked.filter), *sorted_by]
    where = [around("(", condition(asked.filter, columns), ")")]
    if cursor:
        where += _after(asked.sort, cursor.values, columns)
    return joined(
        " ",
        [
            Sql(f"SELECT r.rowid FROM {source(asked.entity, paths)}"),
            around("WHERE ", joined(" AND ", where), ""),
            Sql(order),
            # Numbers of ours, not bound: only known ones let DuckDB keep the best rows alone.
            Sql(f"LIMIT {asked.limit + 1:d}" + (f" OFFSET {offset:d}" if offset else "")),
        ],
    )


def _order(sorts: Sequence[Sort], columns: Mapping[str, str]) -> str:
    parts = [f"{columns[sort.field]} {sort.order.upper()} NULLS LAST" for sort in sorts]
    return f"ORDER BY {', '.join(parts)}" if parts else ""


def _after(
    sorts: Sequence[Sort], values: Sequence[Value | None], columns: Mapping[str, str]
) -> list[Sql]:
    """What is true of the rows behind the one with these values."""
    if not sorts:
        return [Sql("false")]
    first, value = sorts[0], values[0]
    column = columns[first.field]
    equal = Sql(f"{column} IS NULL")
    if value is not None:
        equal = Sql(f"{column} = ?", (_bound(value),))
    tied = around("(", joined(" AND ", [equal, *_after(sorts[1:], values[1:], columns)]), ")")
    if value is None:
        return [tied]
    sign = ">" if first.order is Order.ASC else "<"
    beyond = Sql(f"{column} {sign} ? OR {column} IS NULL OR ", (_bound(value),))
    return [
        # Said twice, because only the simple condition lets row groups be passed over.
        Sql(f"({column} {sign}= ? OR {column} IS NULL)", (_bound(value),)),
        around("(", joined("", [beyond, tied]), ")"),
    ]


def _bound(value: Value) -> object:
    return naive(value) if isinstance(value, datetime) else value
