"""Mending of damaged files by a sync, and naming of those that only a person may replace.

What can be read from Harvest again, or made of the records, is set aside and made anew. Nothing is
deleted. A log that proves something, and a list of who may come in, are not replaced without a
person: `python -m dashboard doctor` says how.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.access.audit import AUDIT_FILE
from dashboard.access.own_file import SqliteFile
from dashboard.access.sign_ins import SIGN_IN_FILE
from dashboard.config import Settings
from dashboard.errors import DamagedFile
from dashboard.store.duck_file import mend_file
from dashboard.store.log import SyncLog
from dashboard.store.sealed import read_sealed
from dashboard.store.snapshots import Snapshots
from dashboard.views import ViewFile
from harvest_client.durable import set_aside

RECONCILIATION = "reconciliation.json"


def mend_records(settings: Settings, patience: float) -> Iterator[str]:
    """Set a damaged file of records aside; yield a sentence about it."""
    mended = mend_file(settings.store, patience=patience)
    if mended is not None:
        yield (
            f"The file of records was damaged. It is now {mended.aside.name}, and the account was"
            f" read again. {mended.salvaged.sentence}"
        )


@contextmanager
def mending_versions(settings: Settings) -> Iterator[list[str]]:
    """Around a sync: a damaged pointer is set aside, a damaged version removed after the next one.

    Yields sentences about that. The caller holds the lock of the records.
    """
    snapshots = Snapshots(settings.cache_dir, settings.account_id)
    notes: list[str] = []
    aside = snapshots.mend_pointer()
    if aside is not None:
        notes.append(
            f"{snapshots.pointer_path.name} was damaged. It is now {aside.name}, and a new version"
            " was published."
        )
    pointer = snapshots.get_current()
    is_damaged = pointer is not None and not snapshots.is_as_written(pointer)
    if pointer is None or pointer.sha256 is None or not is_damaged:
        yield notes
        return
    notes.append(f"The published version {pointer.file} was damaged. A new one was published.")
    yield notes
    (snapshots.directory / pointer.file).unlink(missing_ok=True)


def mend_files(settings: Settings) -> Iterator[str]:
    """Set damaged texts aside that are made anew, or of which the readable part is kept."""
    directory = settings.cache_dir / settings.account_id
    log = SyncLog(settings.cache_dir, settings.account_id)
    if log.is_damaged():
        yield _set_text_aside(log.path, "a new log of syncs begins")
    reconciliation = directory / RECONCILIATION
    if is_unsealed(reconciliation):
        yield _set_text_aside(reconciliation, "the comparison with Harvest's reports is made again")
    if note := ViewFile(directory).mend_file():
        yield note


def find_faults(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each damaged file that only a person may replace."""
    directory = settings.cache_dir / settings.account_id
    for name in (SIGN_IN_FILE, AUDIT_FILE):
        try:
            SqliteFile.demand_sound(directory / name)
        except DamagedFile as error:
            yield f"{error} {error.remedy}"


def is_unsealed(path: Path) -> bool:
    """Return whether there is a file that is not as it was written."""
    try:
        read_sealed(path)
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    return False


def _set_text_aside(path: Path, what: str) -> str:
    return f"{path.name} was damaged. It is now {set_aside(path).name}, and {what}."
