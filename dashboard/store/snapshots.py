"""Snapshots: finished, immutable DuckDB files, one per version, read by any number of processes.

A version is built under another name, then pointed to by the atomic rename of a small file. A file
is never replaced: DuckDB caches open files by path and would go on showing the old content.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboard.errors import DamagedSnapshot, NoSnapshot
from dashboard.store.completeness import COMPLETE, Completeness
from dashboard.store.damage import find_damage
from dashboard.store.sealed import read_sealed, write_sealed
from dashboard.store.snapshot import CurrentVersion as CurrentVersion
from dashboard.store.snapshot import Meta as Meta
from dashboard.store.snapshot import Snapshot as Snapshot
from harvest_client.durable import make_directory, read_back, rename_durably, set_aside

_NAME = re.compile(r"v(\d+)\.duckdb$")

# Longer than any reader needs between reading the pointer and opening the file.
_KEEP = timedelta(minutes=10)


class Snapshots:
    """The versions of one account, in a directory of its own."""

    def __init__(self, cache_dir: Path, account_id: str) -> None:
        self.directory = cache_dir / account_id
        self.pointer_path = self.directory / "current.json"

    def get_current(self) -> CurrentVersion | None:
        """The current version, None before the first; cheap enough for every rerun."""
        try:
            found = read_sealed(self.pointer_path)
            return CurrentVersion(
                int(found["version"]),
                str(found["file"]),
                datetime.fromisoformat(found["synced_at"]),
                Completeness.from_json(found),
                found.get("sha256"),
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
        """The current version, open. Raises `NoSnapshot`, `DamagedSnapshot`."""
        pointer = self.get_current()
        if pointer is None:
            raise NoSnapshot("Nothing has been synced yet.")
        return Snapshot(self.directory / pointer.file, pointer)

    def next_version(self, known: int) -> int:
        """A number that no version has or had, as far as is known: no file is written twice."""
        pointer = self.get_current()
        versions = [
            int(found[1]) for path in self.list_files() if (found := _NAME.match(path.name))
        ]
        return max([known, pointer.version if pointer else 0, *versions]) + 1

    def list_files(self) -> list[Path]:
        """The files of all versions, the oldest first."""
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
        """Makes `version` the current one and removes what nobody can need."""
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
        """Notes that the current version was found to be still right."""
        pointer = self.get_current()
        if pointer is None:
            raise NoSnapshot("Nothing has been synced yet.")
        self._write(replace(pointer, synced_at=synced_at))
        return self._current_meta()

    def _current_meta(self) -> Meta:
        with closing(self.open_current()) as snapshot:
            return snapshot.meta

    def _write(self, pointer: CurrentVersion) -> None:
        told = {
            "version": pointer.version,
            "file": pointer.file,
            "synced_at": pointer.synced_at.isoformat(),
            "gaps": pointer.completeness.as_json(),
            "sha256": pointer.sha256,
        }
        write_sealed(self.pointer_path, told)

    def prune_to_history(self) -> list[Path]:
        """Removes every version but the current one and the last of each month, which are told."""
        pointer = self.get_current()
        if pointer is None:
            return []
        self._remove_old(pointer.version, timedelta(0))
        return [path for path in self.list_files() if path.name != pointer.file]

    def _remove_old(self, current: int, keep: timedelta = _KEEP) -> None:
        """Removes versions that no reader can need; the last of each month stays: it is history."""
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
    """The SHA-256 of a file, in hexadecimal digits."""
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
    """The account's current snapshot, open. Raises `NoSnapshot`, `DamagedSnapshot`."""
    return Snapshots(cache_dir, account_id).open_current()


def current_version(cache_dir: Path, account_id: str) -> int | None:
    """The number of the account's current version, None before the first."""
    pointer = Snapshots(cache_dir, account_id).get_current()
    return pointer.version if pointer else None
