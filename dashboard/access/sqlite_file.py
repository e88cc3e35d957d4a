"""A small file of this server's own: SQLite, for its owner alone, shared by threads."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from dashboard.config.errors import DamagedFile
from harvest_client.durable import make_directory, set_aside

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY = 0xFF  # an extended code has the primary one in its last byte


class SqliteFile:
    """The file at `path`, made with `tables`, SQL that may run again, when it is first needed."""

    def __init__(self, path: Path, tables: str) -> None:
        self.path = path
        self._tables = tables
        self._lock = Lock()
        self._file: sqlite3.Connection | None = None
        self._inode = 0

    def close(self) -> None:
        with self._lock:
            if self._file:
                self._file.close()
            self._file = None

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """The file, for one thread at a time; what is written stays unless an error is raised.

        Raises `DamagedFile`.
        """
        with self._lock, _damage_errors(self.path):
            if self._file is None or not self._is_there(self._file):
                self._file = self._connect()
            with self._file:
                yield self._file

    @staticmethod
    def demand_sound(path: Path) -> None:
        """Raise `DamagedFile` unless all of the file can be read, or there is none.

        Nothing is changed, and nobody who writes meanwhile is kept waiting.
        """
        if not path.exists():
            return
        with SqliteFile.open_reading(path) as file:
            verdict = file.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != ("ok",):
                raise damage_error(path)

    @staticmethod
    @contextmanager
    def open_reading(path: Path) -> Iterator[sqlite3.Connection]:
        """Yield the file, for reading alone. Raises `DamagedFile`."""
        with _damage_errors(path), closing(_connect_to_read(path)) as file:
            yield file

    @staticmethod
    def set_aside(path: Path) -> Path:
        """Move a damaged file out of the way, with its log of changes; return its new path."""
        return set_aside(path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")))

    def _connect(self) -> sqlite3.Connection:
        make_directory(self.path.parent)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self._inode = self.path.stat().st_ino
        file = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
        file.execute("PRAGMA journal_mode = WAL")
        file.executescript(self._tables)
        return file

    def _is_there(self, file: sqlite3.Connection) -> bool:
        """Return a file that was removed must not go on being what this server alone knows."""
        try:
            if self.path.stat().st_ino == self._inode:
                return True
        except FileNotFoundError:
            pass
        file.close()
        return False


def readable_rows(path: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    """Return the rows of a damaged file up to the first that cannot be read."""
    rows: list[tuple[Any, ...]] = []
    try:
        with closing(_connect_to_read(path)) as file:
            for row in file.execute(f"SELECT {columns} FROM {table}"):
                rows.append(row)  # noqa: PERF402 - those before an error stay
    except sqlite3.Error:
        pass
    return rows


def damage_error(path: Path) -> DamagedFile:
    """Return the error of a file that only a person may replace."""
    return DamagedFile(
        f"{path} is damaged.",
        remedy="Stop the dashboard and run `python -m dashboard doctor --set-aside"
        f" {path.stem}`: it keeps what can be read. Only you may decide that.",
    )


@contextmanager
def _damage_errors(path: Path) -> Iterator[None]:
    """Raise `DamagedFile` where SQLite meets damage."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGE or _lacks_tables(error):
            raise damage_error(path) from error
        raise


def _lacks_tables(error: sqlite3.DatabaseError) -> bool:
    """Return whether a file that is empty, or another's, was found in place of ours."""
    return "no such table" in str(error) or "no such column" in str(error)


def _connect_to_read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
