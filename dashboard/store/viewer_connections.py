"""The parts of one version that its viewers see, each a database of views of its own.

All are in one instance beside the version's own: an instance opened for reading alone can hold no
views. They take no room but for their texts, and end with the version.
"""

from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from dashboard.access.rights import Viewer
from dashboard.access.row_security import WHOLE, viewer_view_ddl
from dashboard.config.errors import DamagedSnapshot, machine_error
from dashboard.store import record_tables
from dashboard.store.damage import is_damage
from dashboard.store.publish import FACTS

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
}
READING: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "256MB",
    "threads": 1,  # a page asks several questions at once
    **_LOCKED,
}
"""How what is published is opened."""


class ViewerConnection:
    """One viewer's views. Safe to share between threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: str) -> None:
        self._connection = connection
        self._database = database

    def new_cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        cursor.execute(f"USE {self._database}")
        return cursor


class ViewerConnections:
    """The parts that were asked for, by what their viewers see: equals share one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._parts: dict[str, ViewerConnection] = {}

    def for_viewer(self, viewer: Viewer, tables: frozenset[str]) -> ViewerConnection:
        """Return the viewer's part of the version, which has these `tables`."""
        with self._lock:
            known = self._parts.get(viewer.key)
            if known is None:
                known = self._parts[viewer.key] = self._connect(viewer, tables)
            return known

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _connect(self, viewer: Viewer, tables: frozenset[str]) -> ViewerConnection:
        if self._connection is None:
            self._connection = self._open()
        cursor, database = self._connection.cursor(), f"viewer_{len(self._parts)}"

        def rows(sql: str) -> list[tuple[Any, ...]]:
            return cursor.execute(sql).fetchall()

        totals = {name: FACTS / f"{name}.sql" for name in record_tables.TOTALS}
        cursor.execute(f"ATTACH ':memory:' AS {database}")
        for statement in viewer_view_ddl(viewer, database, rows, tables, totals):
            cursor.execute(statement)
        return ViewerConnection(self._connection, database)

    def _open(self) -> duckdb.DuckDBPyConnection:
        escaped = str(self._path).replace("'", "''")
        try:
            connection = duckdb.connect(
                ":memory:", config={"memory_limit": READING["memory_limit"], "threads": 1}
            )
            connection.execute(f"ATTACH '{escaped}' AS {WHOLE} (READ_ONLY)")
            for name, value in _LOCKED.items():
                connection.execute(f"SET {name} = {value}")
        except duckdb.Error as error:
            if machine_error(error) and not is_damage(error):
                raise
            raise DamagedSnapshot(f"The published copy {self._path} is damaged.") from error
        return connection
