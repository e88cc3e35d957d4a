"""Published versions: their files, the current one, and reading one."""

import hashlib
import json
import os
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import MISSING, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from dashboard.access.rights import EVERYTHING, Viewer
from dashboard.config.errors import DamagedSnapshot, NoSnapshot, machine_error
from dashboard.store.completeness import COMPLETE, TIME, Completeness
from dashboard.store.damage import find_damage, is_damage
from dashboard.store.publish import TABLES, VIEWS
from dashboard.store.viewer_connections import READING, ViewerConnection, ViewerConnections
from harvest_client.durable import (
    make_directory,
    read_back,
    rename_durably,
    replace_text,
    set_aside,
)
from harvest_client.machine import demand_descriptors

_SEAL = "seal"


def write_sealed(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file by `content`, which is JSON already: texts, numbers, lists and objects."""
    replace_text(path, json.dumps({**content, _SEAL: _content_digest(content)}))


def read_sealed(path: Path) -> dict[str, Any]:
    """Return what was written. Files of older versions have no seal.

    Raises `FileNotFoundError`, and `ValueError` for what is not as it was written.
    """
    try:
        result = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(result, dict):
        raise ValueError("no object")
    seal = result.pop(_SEAL, None)
    if seal is not None and seal != _content_digest(result):
        raise ValueError("another checksum")
    return result


def _content_digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


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
        rows = self.rows(sql, parameters)
        with self._lock:
            self._asked[key] = rows
            if len(self._asked) > _MOST_ASKED:
                self._asked.popitem(last=False)
        return rows

    def query_arrow(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Return the rows as Arrow has them: for many texts, which as Python's own take seconds."""
        with self._reading_errors():
            return self._new_cursor().sql(sql, params=list(parameters)).to_arrow_table()

    def iterate_batches(
        self, sql: str, parameters: Sequence[object] = (), size: int = 2048
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows a few at a time, however many there are."""
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
        """Raise `DamagedSnapshot` where DuckDB meets damage."""
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


_NAME = re.compile(r"v(\d+)\.duckdb$")

# Longer than any reader needs between reading the pointer and opening the file.
_KEEP = timedelta(minutes=10)


class Snapshots:
    """The versions of one account, in a directory of its own."""

    def __init__(self, cache_dir: Path, account_id: str) -> None:
        self.directory = cache_dir / account_id
        self.pointer_path = self.directory / "current.json"

    def get_current(self) -> CurrentVersion | None:
        """Return the current version, None before the first; cheap enough for every rerun."""
        try:
            result = read_sealed(self.pointer_path)
            return CurrentVersion(
                int(result["version"]),
                str(result["file"]),
                datetime.fromisoformat(result["synced_at"]),
                Completeness.from_json(result),
                result.get("sha256"),
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedSnapshot(f"{self.pointer_path} is damaged.") from error

    def mend_pointer(self) -> Path | None:
        """Set a damaged pointer aside, as the next version brings a new one; return its new path.

        None where it can be read, or where there is none.
        """
        try:
            self.get_current()
        except DamagedSnapshot:
            return set_aside(self.pointer_path)
        return None

    def open_current(self) -> Snapshot:
        """Return the current version, open. Raises `NoSnapshot`, `DamagedSnapshot`."""
        pointer = self.get_current()
        if pointer is None:
            raise NoSnapshot("Nothing has been synced yet.")
        return Snapshot(self.directory / pointer.file, pointer)

    def next_version(self, known: int) -> int:
        """A number that no version has or had, as far as is known: no file is written twice."""
        pointer = self.get_current()
        versions = [
            int(match[1]) for path in self.list_files() if (match := _NAME.match(path.name))
        ]
        return max([known, pointer.version if pointer else 0, *versions]) + 1

    def list_files(self) -> list[Path]:
        """Return the files of all versions, the oldest first."""
        return sorted(self.directory.glob("v*.duckdb"))

    @contextmanager
    def build_file(self, version: int) -> Iterator[Path]:
        """A path to build `version` at; it gets its name when the block ends without an error.

        By then it was read back from the disk. Whoever builds holds the lock of the records.
        """
        make_directory(self.directory)
        self.remove_leftovers()
        path = self.directory / f"building-{os.getpid()}-{version}.duckdb"
        try:
            yield path
            path.chmod(0o600)
            read_back(path)
            if fault := find_damage(path):
                raise DamagedSnapshot(
                    f"The new version was not written as it should be: {fault}.",
                    remedy="Look after the disk. The last version stays, and it is tried again.",
                )
            rename_durably(path, self.directory / _version_name(version))
        finally:
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)

    def list_leftovers(self) -> list[Path]:
        """Return files of killed processes: versions that never got their name, partial texts."""
        written = [
            path
            for path in self.directory.glob("*.json.*")
            if path.suffix[1:].isdecimal() and _file_age(path) > _KEEP
        ]
        return sorted([*self.directory.glob("building-*"), *written])

    def remove_leftovers(self) -> None:
        """Remove them; whoever calls this holds the lock, so nobody is building."""
        for path in self.list_leftovers():
            path.unlink(missing_ok=True)

    def set_current(
        self, version: int, *, synced_at: datetime, completeness: Completeness = COMPLETE
    ) -> Meta:
        """Make `version` the current one and removes what nobody can need."""
        digest = file_digest(self.directory / _version_name(version))
        self._write(
            CurrentVersion(version, _version_name(version), synced_at, completeness, digest)
        )
        self._remove_old(version)
        return self._current_meta()

    def is_whole(
        self, pointer: CurrentVersion, *, version: int, completeness: Completeness
    ) -> bool:
        """Return whether the pointer is of this version, and its file has its checksum."""
        if (pointer.version, pointer.completeness) != (version, completeness):
            return False
        try:
            if not self.is_as_written(pointer):
                return False
            with closing(self.open_current()) as snapshot:
                return snapshot.is_complete
        except (NoSnapshot, DamagedSnapshot):
            return False

    def is_as_written(self, pointer: CurrentVersion) -> bool:
        """Return whether the file has the checksum of its pointer; False without a checksum."""
        path = self.directory / pointer.file
        return path.exists() and pointer.sha256 == file_digest(path)

    def renew_current(self, synced_at: datetime) -> Meta:
        """Note that the current version was found to be still right."""
        pointer = self.get_current()
        if pointer is None:
            raise NoSnapshot("Nothing has been synced yet.")
        self._write(replace(pointer, synced_at=synced_at))
        return self._current_meta()

    def _current_meta(self) -> Meta:
        with closing(self.open_current()) as snapshot:
            return snapshot.meta

    def _write(self, pointer: CurrentVersion) -> None:
        values = {
            "version": pointer.version,
            "file": pointer.file,
            "synced_at": pointer.synced_at.isoformat(),
            "gaps": pointer.completeness.as_json(),
            "sha256": pointer.sha256,
        }
        write_sealed(self.pointer_path, values)

    def prune_to_history(self) -> list[Path]:
        """Remove every version but the current one and the last of each month, which are told."""
        pointer = self.get_current()
        if pointer is None:
            return []
        self._remove_old(pointer.version, timedelta(0))
        return [path for path in self.list_files() if path.name != pointer.file]

    def _remove_old(self, current: int, keep: timedelta = _KEEP) -> None:
        """Remove versions that no reader can need; the last of each month stays: it is history."""
        now = datetime.now(UTC)
        last_of_month: dict[tuple[int, int], Path] = {}
        versions = self.list_files()
        for path in versions:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            last_of_month[written.year, written.month] = path
        # The newest may be of last month: built in its last minutes, or not changed since.
        last_of_month.pop((now.year, now.month), None)
        for path in versions:
            age = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if (
                path.name != _version_name(current)
                and path not in last_of_month.values()
                and age > keep
            ):
                path.unlink(missing_ok=True)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version_name(version: int) -> str:
    return f"v{version:08d}.duckdb"


def _file_age(path: Path) -> timedelta:
    """Return how long ago a file was written; nothing for one that is gone."""
    try:
        return datetime.now(UTC) - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return timedelta(0)


def open_current(cache_dir: Path, account_id: str) -> Snapshot:
    """Return the account's current snapshot, open. Raises `NoSnapshot`, `DamagedSnapshot`."""
    return Snapshots(cache_dir, account_id).open_current()


def current_version(cache_dir: Path, account_id: str) -> int | None:
    """Return the number of the account's current version, None before the first."""
    pointer = Snapshots(cache_dir, account_id).get_current()
    return pointer.version if pointer else None
