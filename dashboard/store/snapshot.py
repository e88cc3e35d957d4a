"""One published version, open for reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashboard.errors import DamagedSnapshot, NoSnapshot
from dashboard.store.publish import TABLES

_READING: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "256MB",
    "threads": 1,  # a page asks several questions at once
    "lock_configuration": True,
}


@dataclass(frozen=True, slots=True)
class Meta:
    """What a snapshot is a copy of, and how old it is.

    `since` is the first day that is completely stored, None when all history is; `partial` says
    that older days are still arriving. `synced_at` is when the reading of Harvest began: anything
    later may be missing. Up to `derived_until` there are entries whose rounding and rates the
    source does not have, so that they are derived; None without any. `week_start` counts from
    Monday 0 to Sunday 6. The last block is the account's own way of writing numbers and dates.
    """

    version: int
    account_id: str
    account_name: str
    source: str
    published_at: datetime
    synced_at: datetime
    since: date | None
    partial: bool
    currency: str | None
    week_start: int
    derived_until: date | None
    base_uri: str | None
    time_format: str | None
    date_format: str | None
    decimal_symbol: str | None
    thousands_separator: str | None
    currency_symbol_display: str | None
    currency_code_display: str | None


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version is current, how old it is and how far back it goes."""

    version: int
    file: str
    synced_at: datetime
    since: date | None
    partial: bool


class Snapshot:
    """One version, open for reading. Safe to share between threads; `path` is its alone."""

    def __init__(self, path: Path, pointer: Pointer) -> None:
        if not path.exists():
            raise NoSnapshot(f"{path} is gone.")
        self.path = path
        try:
            self._connection = duckdb.connect(str(path), read_only=True, config=_READING)
            self.meta = self._read_meta(pointer)
            self._tables = self._read_tables()
        except duckdb.Error as error:
            raise DamagedSnapshot(f"The published copy {path} cannot be read.") from error

    def frame(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        return self._connection.cursor().execute(sql, list(parameters)).df()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.cursor().execute(sql, list(parameters)).fetchall()

    def batches(
        self, sql: str, parameters: Sequence[object] = (), size: int = 2048
    ) -> Iterator[list[tuple[Any, ...]]]:
        """The rows a few at a time, however many there are."""
        cursor = self._connection.cursor().execute(sql, list(parameters))
        while rows := cursor.fetchmany(size):
            yield rows

    def holds(self, table: str) -> bool:
        """Whether there is such a table to read; versions from before it was thought of have not.

        `table` is a name, or one in the schema `records`: `records.users`.
        """
        return table in self._tables

    @property
    def holds_records(self) -> bool:
        """Whether it can be searched; versions published before that was possible cannot."""
        return any(table.startswith("records.") for table in self._tables)

    @property
    def is_complete(self) -> bool:
        """Whether it has all that is published now; what an older version wrote has not."""
        return self._tables.issuperset(TABLES) and self.holds_records

    def close(self) -> None:
        self._connection.close()

    def _read_tables(self) -> frozenset[str]:
        rows = self.rows("SELECT schema_name, table_name FROM duckdb_tables()")
        return frozenset(name if schema == "main" else f"{schema}.{name}" for schema, name in rows)

    def _read_meta(self, pointer: Pointer) -> Meta:
        names = [field.name for field in fields(Meta)]
        (stored,) = self.rows(f"SELECT {', '.join(names)} FROM meta")
        meta = Meta(*stored)
        return replace(
            meta, published_at=meta.published_at.replace(tzinfo=UTC), synced_at=pointer.synced_at,
            since=pointer.since, partial=pointer.partial,
        )  # fmt: skip
