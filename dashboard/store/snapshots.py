"""Snapshots: finished, immutable DuckDB files, one per version, read by any number of processes.

A version is built under another name, then pointed to by the atomic rename of a small file. A file
is never replaced: DuckDB caches open files by path and would go on showing the old content.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboard.errors import DamagedSnapshot, NoSnapshot
from dashboard.store.completeness import COMPLETE, Completeness
from dashboard.store.snapshot import Meta as Meta
from dashboard.store.snapshot import Pointer as Pointer
from dashboard.store.snapshot import Snapshot as Snapshot

# Longer than any reader needs between reading the pointer and opening the file.
_KEEP = timedelta(minutes=10)


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
                Completeness.from_json(found),
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
        self, version: int, *, synced_at: datetime, completeness: Completeness = COMPLETE
    ) -> Meta:
        """Makes `version` the current one and removes what nobody can need."""
        self._write(Pointer(version, _name(version), synced_at, completeness))
        self._prune(version)
        return self._current_meta()

    def is_whole(self, pointer: Pointer, *, version: int, completeness: Completeness) -> bool:
        """Whether the version pointed to is the one meant, can be read and has everything."""
        if (pointer.version, pointer.completeness) != (version, completeness):
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
        told = {
            "version": pointer.version,
            "file": pointer.file,
            "synced_at": pointer.synced_at.isoformat(),
            "gaps": pointer.completeness.as_json(),
        }
        write_atomically(self._pointer, json.dumps(told))

    def prune_to_history(self) -> list[Path]:
        """Removes every version but the current one and the last of each month, which are told."""
        pointer = self.pointer()
        if pointer is None:
            return []
        self._prune(pointer.version, timedelta(0))
        return [path for path in self.directory.glob("v*.duckdb") if path.name != pointer.file]

    def _prune(self, current: int, keep: timedelta = _KEEP) -> None:
        """Removes versions that no reader can need; the last of each month stays: it is history."""
        now = datetime.now(UTC)
        last_of_month: dict[tuple[int, int], Path] = {}
        versions = sorted(self.directory.glob("v*.duckdb"))
        for path in versions:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            last_of_month[written.year, written.month] = path
        # The newest may be of last month: built in its last minutes, or not changed since.
        last_of_month.pop((now.year, now.month), None)
        for path in versions:
            age = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if path.name != _name(current) and path not in last_of_month.values() and age > keep:
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
