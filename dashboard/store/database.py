"""Opening the records' file: by one sync at a time, and never in silence when it is damaged."""

import glob
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from dashboard.config.errors import DamagedRecords, DashboardError, SyncBusy, machine_error
from dashboard.store import damage
from dashboard.store.damage import Salvaged, salvage_records
from harvest_client import HarvestError
from harvest_client.durable import (
    make_directory,
    rename_durably,
    replace_text,
    set_aside,
    sync_to_disk,
)
from harvest_client.machine import demand_descriptors

_WRITING: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    # What is not checkpointed stays in memory; checkpointing costs as much as writing.
    "checkpoint_threshold": "24MB",
}


@dataclass(frozen=True, slots=True)
class MendedFile:
    """A damaged file of records that was set aside, and the rows that were kept of it."""

    aside: Path
    salvaged: Salvaged


@contextmanager
def open_locked(
    path: Path, *, patience: float, whole: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield the file at `path`, open for writing and locked against every other sync.

    The system releases the lock when its holder dies. `patience` is how many seconds to wait for
    another to end. With `whole`, all of the file is read first. Raises `SyncBusy`,
    `DamagedRecords`; after that one the file is not opened any more until it was set aside.
    """
    with lock_file(path, patience=patience):
        if _suspect_path(path).exists():
            raise _damage_error(path)
        connection = _open_database(path)
        try:
            if whole:
                damage.read_everything(connection)
            yield connection
        except (DashboardError, HarvestError):
            raise
        except Exception as error:
            result = damage.is_damage(error)
            if not result and damage.may_be_damage(error):
                with suppress(duckdb.Error):
                    connection.close()
                result = damage.find_damage(path) is not None
            if not result:
                raise
            _mark_suspect(path, error)
            raise _damage_error(path) from error
        finally:
            with suppress(duckdb.Error):  # a connection that met damage may not close in order
                connection.close()


@contextmanager
def lock_file(path: Path, *, patience: float) -> Iterator[None]:
    """Store every other sync from the file at `path`. Raises `SyncBusy`."""
    make_directory(path.parent)
    lock = FileLock(f"{path}.lock", timeout=patience, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise SyncBusy("Another sync is running on this store.") from None
    try:
        yield
    finally:
        lock.release()


def is_suspect(path: Path) -> bool:
    """Return whether damage of the file was met, and it was not set aside since."""
    return _suspect_path(path).exists()


def mend_file(path: Path, *, patience: float) -> MendedFile | None:
    """Set a damaged file aside, and begin a new one with what is original in it.

    Nothing is deleted. Killed at any moment, the next call completes it. None where somebody else
    has mended it meanwhile. Raises `SyncBusy`.
    """
    with lock_file(path, patience=patience):
        if not is_suspect(path):
            return None
        # If the last attempt was killed, the file is set aside already.
        earlier = [item for item in set_aside_of(path) if not item.name.endswith((".wal", "-log"))]
        if path.exists():
            aside = set_aside(path, path.with_name(f"{path.name}.wal"))
        elif earlier:
            aside = earlier[-1]
        else:
            _suspect_path(path).unlink()  # somebody has removed the file
            return None
        beside = path.with_name(f"{path.name}.new")
        for leftover in (beside, beside.with_name(f"{beside.name}.wal")):
            leftover.unlink(missing_ok=True)
        with duckdb.connect(str(beside), config=_WRITING) as connection:
            salvaged = salvage_records(aside, connection)
        beside.chmod(0o600)
        sync_to_disk(beside)
        rename_durably(beside, path)
        _suspect_path(path).unlink(missing_ok=True)
    return MendedFile(aside, salvaged)


def set_aside_of(path: Path) -> list[Path]:
    """Return the files that were moved out of the way of this one."""
    return sorted(path.parent.glob(f"{glob.escape(path.name)}*.damaged-*"))


def rewrite_file(path: Path, *, patience: float) -> None:
    """Write the file anew with what is in it: what was freed still has what was there before.

    Raises `SyncBusy`, `DamagedRecords`.
    """
    with open_locked(path, patience=patience) as connection:
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
        sync_to_disk(beside)
        connection.close()
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        rename_durably(beside, path)


def _open_database(path: Path) -> duckdb.DuckDBPyConnection:
    demand_descriptors()
    try:
        connection = duckdb.connect(str(path), config=_WRITING)
    except duckdb.Error as error:
        if "lock on file" in str(error):
            raise SyncBusy(f"Another program holds {path}.") from None
        if machine_error(error) and not damage.is_damage(error):
            raise
        _mark_suspect(path, error)
        raise _damage_error(path) from error
    path.chmod(0o600)
    return connection


def _damage_error(path: Path) -> DamagedRecords:
    return DamagedRecords(f"{path} is damaged.")


def _suspect_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.suspect")


def _mark_suspect(path: Path, error: Exception) -> None:
    """Note that damage was met: the next sync may not come by the same place again."""
    with suppress(OSError):
        replace_text(_suspect_path(path), str(error))
