"""Detection of damaged files, and salvage of original rows.

These are the records that Harvest has deleted, earlier versions of records that cannot be read any
more, the values that Harvest overwrites, and what is known of the account itself. All else is
derived: it is read from Harvest again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from dashboard.config.errors import machine_error
from dashboard.store import schema
from dashboard.store.schema import quote_name
from harvest_client.machine import error_chain

_SIGNS = (
    "corrupt", "checksum", "could not read", "not a valid duckdb", "failed to deserialize",
    "while replaying wal", "can only read version", "unable to find block",
)  # fmt: skip
_DOUBTFUL = (duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)


def is_damage(error: BaseException) -> bool:
    """Return whether DuckDB says that a file is not as it was written."""
    return any(
        isinstance(item, duckdb.Error) and any(sign in str(item).lower() for sign in _SIGNS)
        for item in error_chain(error)
    )


def may_be_damage(error: BaseException) -> bool:
    """Return whether it may come from a damaged file, or from a fault of DuckDB or of ours."""
    return machine_error(error) is None and any(
        isinstance(item, _DOUBTFUL) for item in error_chain(error)
    )


def read_everything(connection: duckdb.DuckDBPyConnection) -> None:
    """Read every value of a database. Raises `duckdb.Error` where one cannot be read."""
    cursor = connection.cursor()
    tables = cursor.execute(
        "SELECT schema_name, table_name FROM duckdb_tables()"
        " WHERE database_name = current_database() AND NOT internal AND NOT temporary"
    ).fetchall()
    for schema_name, table in tables:
        cursor.execute(f'SELECT bit_xor(hash(t)) FROM "{schema_name}"."{table}" AS t').fetchall()


def find_damage(path: Path) -> str | None:
    """Return what is wrong with a file that nobody writes, None if all of it can be read.

    Raises the error of a fault of the machine. A log of changes beside the file is read, too.
    """
    try:
        with duckdb.connect(str(path), read_only=True, config={"threads": 1}) as connection:
            read_everything(connection)
    except duckdb.Error as error:
        if is_damage(error) or machine_error(error) is None:
            return str(error).partition("\n")[0]
        raise
    return None


_ROW_GROUP = 122_880  # rows that DuckDB keeps together: damage makes no more of them unreadable

_ORIGINAL = ("accounts", "history", "checks", "readings", "odd_records")
_DELETED = "t.deleted_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Rows by table, and the tables of which something or all cannot be read."""

    rows: dict[str, int]
    unreadable: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """A sentence on the rows that were kept and those that were not."""
        if not self.rows:
            return "Nothing in it can be read: earlier rates, budgets and deleted records are lost."
        deleted = sum(self.rows.get(name, 0) for name in schema.KEPT)
        text = f"{deleted:,} deleted records and {self.rows.get('history', 0):,} earlier values"
        lost = ", ".join(self.unreadable)
        return f"Kept from it: {text}." + (
            f" Not everything could be read of {lost}." if lost else ""
        )


def salvage_records(aside: Path, connection: duckdb.DuckDBPyConnection) -> Salvaged:
    """Copy what is original from the file set aside into the new file behind `connection`."""
    connection.execute(schema.create_tables_sql())
    columns: dict[str, set[str]] = {}
    for table, name in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns()"
    ).fetchall():
        columns.setdefault(table, set()).add(name)
    source = _Source(aside, columns)
    kept: dict[str, int] = {}
    try:
        for table in _original_tables():
            for rows in source.rows(table):
                connection.register("salvaged", rows)
                connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM salvaged")
                connection.unregister("salvaged")
                kept[table] = kept.get(table, 0) + rows.num_rows
        # What is read again is not what was published.
        connection.execute("UPDATE accounts SET changed = true")
        connection.execute("CHECKPOINT")
    finally:
        source.close()
    return Salvaged(kept, tuple(sorted(source.unreadable)))


def _original_tables() -> Iterator[str]:
    yield from _ORIGINAL
    yield from schema.KEPT


class _Source:
    """A damaged file, opened anew after each error: DuckDB may refuse to go on after one."""

    def __init__(self, path: Path, columns: dict[str, set[str]]) -> None:
        self._path = path
        self._known = columns
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._odd: list[tuple[str, int]] = []
        self.unreadable: set[str] = set()
        self._has_log = path.with_name(f"{path.name}.wal").exists()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def rows(self, table: str) -> Iterator[pa.Table]:
        """Iterate over the original rows of a table that can be read, a row group at a time."""
        try:
            columns = self._column_names(table)
            if not columns:
                return  # the file is of a version without it
            last = self._query(f"SELECT max(rowid) FROM {table}").fetchall()[0][0]
        except duckdb.Error:
            self.unreadable.add(table)
            self.close()
            return
        names = ", ".join(f"t.{quote_name(name)}" for name in columns)
        end = 0 if last is None else last + 1
        for first in range(0, end, _ROW_GROUP):
            try:
                rows: pa.Table = self._query(
                    f"SELECT {names} FROM {table} AS t WHERE t.rowid >= {first}"
                    f" AND t.rowid < {first + _ROW_GROUP} AND ({self._row_condition(table)})"
                ).to_arrow_table()
            except duckdb.Error:
                self.unreadable.add(table)
                self.close()
                continue
            if table == "odd_records":
                self._odd += zip(rows["entity"].to_pylist(), rows["id"].to_pylist(), strict=True)
            if rows.num_rows:
                yield rows

    def _row_condition(self, table: str) -> str:
        if table in _ORIGINAL:
            return "true"
        odd = [id for entity, id in self._odd if entity == table and id is not None]
        if not odd or "id" not in (field.name for field in schema.KEPT[table].fields):
            return _DELETED
        return f"{_DELETED} OR t.id IN ({', '.join(map(str, odd))})"

    def _column_names(self, table: str) -> list[str]:
        rows = self._query(
            f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{table}'"
            " AND database_name = current_database() ORDER BY column_index"
        ).fetchall()
        return [name for (name,) in rows if name in self._known[table]]

    def _query(self, sql: str) -> duckdb.DuckDBPyRelation:
        if self._connection is None:
            self._connection = self._open()
        return self._connection.sql(sql)

    def _open(self) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(str(self._path), read_only=True)
        except duckdb.Error as error:
            # A damaged log of changes hides a file that may be sound up to its last checkpoint.
            if not self._has_log or not any(
                "wal" in str(item).lower() for item in error_chain(error)
            ):
                raise
            log = self._path.with_name(f"{self._path.name}.wal")
            log.rename(log.with_name(f"{self._path.name}-log"))
            self._has_log = False
            self.unreadable.add("the last changes")
            return duckdb.connect(str(self._path), read_only=True)
