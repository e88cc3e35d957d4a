"""Opening the records' file: by one sync at a time, and never in silence when it is damaged."""

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from dashboard.errors import DamagedRecords, SyncBusy

_WRITING: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    # What is not checkpointed stays in memory; checkpointing costs as much as writing.
    "checkpoint_threshold": "24MB",
}


@contextmanager
def locked(path: Path, *, patience: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file at `path`, open for writing and locked against every other sync.

    The system releases the lock when its holder dies. `patience` is how many seconds to wait for
    another to end. Raises `SyncBusy`, `DamagedRecords`.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(f"{path}.lock", timeout=patience, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise SyncBusy("Another sync is running on this store.") from None
    try:
        connection = _connect(path)
        try:
            yield connection
        finally:
            connection.close()
    finally:
        lock.release()


def set_aside(path: Path, name: str) -> None:
    """Moves a damaged file, and what belongs to it, out of the way; nothing is deleted."""
    for part in (path, path.with_name(f"{path.name}.wal")):
        if part.exists():
            part.rename(part.with_name(f"{part.name}.{name}"))


def set_aside_of(path: Path) -> list[Path]:
    """The files that were moved out of the way of this one."""
    return sorted(path.parent.glob(f"{glob.escape(path.name)}*.damaged-*"))


def rewrite(path: Path, *, patience: float) -> None:
    """Writes the file anew with what is in it: what was freed still has what was there before.

    Raises `SyncBusy`, `DamagedRecords`.
    """
    with locked(path, patience=patience) as connection:
        connection.execute("CHECKPOINT")
        beside = path.with_name(f"{path.name}.new")
        beside.unlink(missing_ok=True)
        (known,) = connection.execute("SELECT current_database()").fetchone() or ("",)
        escaped = str(beside).replace("'", "''")
        connection.execute(f"ATTACH '{escaped}' AS anew")
        connection.execute(f'COPY FROM DATABASE "{known}" TO anew')
        connection.execute("CHECKPOINT anew")
        connection.execute("DETACH anew")
        beside.chmod(0o600)
        connection.close()
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        beside.replace(path)


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), config=_WRITING)
    except duckdb.Error as error:
        if "lock on file" in str(error):
            raise SyncBusy(f"Another program holds {path}.") from None
        raise DamagedRecords(f"{path} cannot be read.") from error
    path.chmod(0o600)
    return connection
