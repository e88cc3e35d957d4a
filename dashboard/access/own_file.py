"""A small file of this server's own: SQLite, for its owner alone, shared by threads."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock


class OwnFile:
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
        """The file, for one thread at a time; what is written stays unless an error is raised."""
        with self._lock:
            if self._file is None or not self._is_there(self._file):
                self._file = self._connected()
            with self._file:
                yield self._file

    def _connected(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self._inode = self.path.stat().st_ino
        file = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
        file.execute("PRAGMA journal_mode = WAL")
        file.executescript(self._tables)
        return file

    def _is_there(self, file: sqlite3.Connection) -> bool:
        """A file that was removed must not go on being what this server alone knows."""
        try:
            if self.path.stat().st_ino == self._inode:
                return True
        except FileNotFoundError:
            pass
        file.close()
        return False
