"""Snapshots: finished, immutable DuckDB files, one per version, read by any number of processes.

A version is built under another name, then pointed to by the atomic rename of a small file. A file
is never replaced: DuckDB caches open files by path and would go on showing the old content.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashboard.errors import DamagedSnapshot, NoSnapshot
from dashboard.store.publish import TABLES

# Longer than any reader needs between reading the pointer and opening the file.
_KEEP = timedelta(minutes=10)

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

    @property
    def holds_records(self) -> bool:
        """Whether it can be searched; versions published before that was possible cannot."""
        return bool(self.rows("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'records'"))

    @property
    def is_complete(self) -> bool:
        """Whether it has all that is published now; what an older version wrote has not."""
        tables = {name for (name,) in self.rows("SELECT table_name FROM duckdb_tables()")}
        return tables.issuperset(TABLES) and self.holds_records

    def close(self) -> None:
        self._connection.close()

    def _read_meta(self, pointer: Pointer) -> Meta:
        names = [field.name for field in fields(Meta)]
        (stored,) = self.rows(f"SELECT {', '.join(names)} FROM meta")
        meta = Meta(*stored)
        return replace(
            meta, published_at=meta.published_at.replace(tzinfo=UTC), synced_at=pointer.synced_at,
            since=pointer.since, partial=pointer.partial,
        )  # fmt: skip


class Snapshots:
    """The versions of one account, in a directory of its own."""

    def __init__(self, cache_dir: Path, account_id: str) -> None:
        self.directory = cache_dir / account_id
        self._pointer = self.directory / "current.json"

    def pointer(self) -> Pointer | None:
        """The current version, None before the first; cheap enough for every rerun."""
        try:
            found = json.loads(self._pointer.read_text("utf-8"))
            return Pointer(
                int(found["version"]),
                str(found["file"]),
                datetime.fromisoformat(found["synced_at"]),
                date.fromisoformat(found["since"]) if found["since"] else None,
                bool(found["partial"]),
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedSnapshot(f"{self._pointer} cannot be read.") from error

    def current(self) -> Snapshot:
        """The current version, open. Raises `NoSnapshot`, `DamagedSnapshot`."""
        pointer = self.pointer()
        if pointer is None:
            raise NoSnapshot("Nothing has been synced yet.")
        return Snapshot(self.directory / pointer.file, pointer)

    @contextmanager
    def building(self, version: int) -> Iterator[Path]:
        """A path to build `version` at; it gets its name when the block ends without an error."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.directory / f"building-{os.getpid()}.duckdb"
        path.unlink(missing_ok=True)
        try:
            yield path
            path.chmod(0o600)
            _sync_to_disk(path)
            path.rename(self.directory / _name(version))
        finally:
            path.unlink(missing_ok=True)

    def point_to(
        self, version: int, *, synced_at: datetime, since: date | None, partial: bool
    ) -> Meta:
        """Makes `version` the current one and removes what nobody can need."""
        self._write(Pointer(version, _name(version), synced_at, since, partial))
        self._prune(version)
        return self._current_meta()

    def is_whole(
        self, pointer: Pointer, *, version: int, since: date | None, partial: bool
    ) -> bool:
        """Whether the version pointed to is the one meant, can be read and has everything."""
        if (pointer.version, pointer.since, pointer.partial) != (version, since, partial):
            return False
        try:
            with closing(self.current()) as snapshot:
                return snapshot.is_complete
        except (NoSnapshot, DamagedSnapshot):
            return False

    def renew(self, synced_at: datetime) -> Meta:
        """Notes that the current version was found to be still right."""
        pointer = self.pointer()
        if pointer is None:
            raise NoSnapshot("Nothing has been synced yet.")
        self._write(replace(pointer, synced_at=synced_at))
        return self._current_meta()

    def _current_meta(self) -> Meta:
        with closing(self.current()) as snapshot:
            return snapshot.meta

    def _write(self, pointer: Pointer) -> None:
        text = json.dumps(asdict(pointer), default=lambda value: value.isoformat())
        write_atomically(self._pointer, text)

    def _prune(self, current: int) -> None:
        """Removes versions that no reader can need; the last of each month stays: it is history."""
        now = datetime.now(UTC)
        last_of_month: dict[tuple[int, int], Path] = {}
        versions = sorted(self.directory.glob("v*.duckdb"))
        for path in versions:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            last_of_month[written.year, written.month] = path
        del last_of_month[now.year, now.month]
        for path in versions:
            age = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if path.name != _name(current) and path not in last_of_month.values() and age > _KEEP:
                path.unlink(missing_ok=True)


def write_atomically(path: Path, text: str) -> None:
    """Replaces a small file at once: a reader sees the old text or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    beside.chmod(0o600)
    _sync_to_disk(beside)
    beside.replace(path)


def _name(version: int) -> str:
    return f"v{version:08d}.duckdb"


def _sync_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def current(cache_dir: Path, account_id: str) -> Snapshot:
    """The account's current snapshot, open. Raises `NoSnapshot`, `DamagedSnapshot`."""
    return Snapshots(cache_dir, account_id).current()


def current_version(cache_dir: Path, account_id: str) -> int | None:
    """The number of the account's current version, None before the first."""
    pointer = Snapshots(cache_dir, account_id).pointer()
    return pointer.version if pointer else None
