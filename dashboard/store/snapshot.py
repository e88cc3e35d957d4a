"""One published version, open for reading."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import MISSING, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from dashboard.access.rights import EVERYTHING, Viewer
from dashboard.errors import DamagedSnapshot
from dashboard.machine import machine_error
from dashboard.store.completeness import COMPLETE, TIME, Completeness
from dashboard.store.damage import is_damage
from dashboard.store.parts import READING, ViewerConnection, ViewerConnections
from dashboard.store.publish import TABLES, VIEWS
from harvest_client.machine import demand_descriptors

# Answers have a few hundred rows at most, which are read one by one: from Arrow's texts that takes
# twice as long.
pd.set_option("mode.string_storage", "python")

_MOST_ASKED = 256  # results kept of questions that are asked again and again, for all viewers


@dataclass(frozen=True, slots=True)
class Meta:
    """Source and age of a snapshot.

    `since` is the first day of which all time entries are stored, None when those of all days are;
    `partial` says that older records are still arriving. `synced_at` is when the reading of Harvest
    began: anything later may be missing. Up to `derived_until` there are entries whose rounding and
    rates the source does not have, so that they are derived; None without any. `week_start` counts
    from Monday 0 to Sunday 6. The block before the last is the account's own way of writing numbers
    and dates. `timezone` is what Harvest calls the zone of the token's user; `zone` is the IANA id
    of the one whose days instants fall on. Versions from before they were thought of have neither.
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
    timezone: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """The current version: its number, its age and the records that it holds in full."""

    version: int
    file: str
    synced_at: datetime
    completeness: Completeness = COMPLETE
    sha256: str | None = None  # of the file; None in pointers of versions that had none

    @property
    def since(self) -> date | None:
        """The first day of which all time entries are stored; None for all days."""
        return self.completeness.complete_since(TIME)

    @property
    def partial(self) -> bool:
        """Return whether older records are still arriving."""
        return self.completeness.is_arriving


class Snapshot:
    """One version, open for reading. Safe to share between threads; `path` is its alone.

    It is the whole account until it is `seen_by` somebody: then it has their part of it alone.
    """

    def __init__(self, path: Path, pointer: CurrentVersion) -> None:
        if not path.exists():
            raise DamagedSnapshot(f"The published copy {path} is missing.")
        self.path = path
        self.viewer = EVERYTHING
        self.completeness = pointer.completeness
        self._parts = ViewerConnections(path)
        self._part: ViewerConnection | None = None
        self._asked: OrderedDict[tuple[str, ...], list[tuple[Any, ...]]] = OrderedDict()
        self._lock = Lock()
        demand_descriptors()
        try:
            self._connection = duckdb.connect(str(path), read_only=True, config=READING)
            self.meta = self._read_meta(pointer)
            self._tables = self._read_tables()
        except duckdb.Error as error:
            if machine_error(error) and not is_damage(error):
                raise
            raise _damaged_error(path) from error

    @property
    def key(self) -> str:
        """Key of the data and its viewer: equal for equal results only, part of cache keys.

        A file is never written twice, so its path says which account and which version.
        """
        return f"{self.path}|{self.viewer.key}"

    def for_viewer(self, viewer: Viewer) -> "Snapshot":
        """This version as the viewer sees it, by the same methods."""
        if viewer.sees_everything:
            return self
        seen = copy(self)
        seen.viewer = viewer
        seen._part = self._parts.for_viewer(viewer, self._tables)
        seen._tables = seen._read_tables()
        return seen

    def query_frame(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        with self._reading_errors():
            return self._new_cursor().execute(sql, list(parameters)).df()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._reading_errors():
            return self._new_cursor().execute(sql, list(parameters)).fetchall()

    def cached_rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The same, kept for whoever asks it again, until many others were asked: names, totals."""
        key = (self.viewer.key, sql, repr(parameters))
        with self._lock:
            if key in self._asked:
                self._asked.move_to_end(key)
                return self._asked[key]
        found = self.rows(sql, parameters)
        with self._lock:
            self._asked[key] = found
            if len(self._asked) > _MOST_ASKED:
                self._asked.popitem(last=False)
        return found

    def query_arrow(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """The rows as Arrow has them: for many texts, which as Python's own take seconds."""
        with self._reading_errors():
            return self._new_cursor().sql(sql, params=list(parameters)).to_arrow_table()

    def iterate_batches(
        self, sql: str, parameters: Sequence[object] = (), size: int = 2048
    ) -> Iterator[list[tuple[Any, ...]]]:
        """The rows a few at a time, however many there are."""
        with self._reading_errors():
            cursor = self._new_cursor().execute(sql, list(parameters))
            while rows := cursor.fetchmany(size):
                yield rows

    def has_table(self, table: str) -> bool:
        """Return whether there is such a table; older versions may lack it.

        `table` is a name, or one in the schema `records`: `records.users`.
        """
        return table in self._tables

    @property
    def holds_records(self) -> bool:
        """Return whether it can be searched; older versions cannot."""
        return any(table.startswith("records.") for table in self._tables)

    @property
    def is_complete(self) -> bool:
        """Return whether it has all tables of today; older versions may not."""
        return self._tables.issuperset((*TABLES, *VIEWS)) and self.holds_records

    def close(self) -> None:
        self._parts.close()
        self._connection.close()

    @contextmanager
    def _reading_errors(self) -> Iterator[None]:
        """Raises `DamagedSnapshot` where DuckDB meets damage."""
        try:
            yield
        except duckdb.Error as error:
            if is_damage(error) or isinstance(error, duckdb.FatalException):
                raise _damaged_error(self.path) from error
            raise

    def _new_cursor(self) -> duckdb.DuckDBPyConnection:
        return self._part.new_cursor() if self._part else self._connection.cursor()

    def _read_tables(self) -> frozenset[str]:
        rows = self.rows(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_catalog = current_database()"
        )
        return frozenset(name if schema == "main" else f"{schema}.{name}" for schema, name in rows)

    def _read_meta(self, pointer: CurrentVersion) -> Meta:
        columns = self.rows(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_catalog = current_database() AND table_name = 'meta'"
        )
        names = [
            field.name
            for field in fields(Meta)
            if field.default is MISSING or (field.name,) in columns
        ]
        (stored,) = self.rows(f"SELECT {', '.join(names)} FROM meta")
        meta = Meta(**dict(zip(names, stored, strict=True)))
        return replace(
            meta, published_at=meta.published_at.replace(tzinfo=UTC), synced_at=pointer.synced_at,
            since=pointer.since, partial=pointer.partial,
        )  # fmt: skip


def _damaged_error(path: Path) -> DamagedSnapshot:
    return DamagedSnapshot(f"The published copy {path} is damaged.")
