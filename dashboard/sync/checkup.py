"""Verification of every file in the data directory. Nothing is changed, no sync is kept waiting."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from dashboard.access.audit_log import AUDIT_FILE, verify_file
from dashboard.access.saved_views import ViewFile
from dashboard.access.sessions import SIGN_IN_FILE
from dashboard.access.sqlite_file import SqliteFile
from dashboard.config.errors import DamagedFile, DamagedSnapshot, SyncBusy, machine_error
from dashboard.config.settings import Settings
from dashboard.store.damage import find_damage
from dashboard.store.database import is_suspect, lock_file, set_aside_of
from dashboard.store.erasure import erased_ids, forgotten_path
from dashboard.store.snapshots import Snapshots
from dashboard.store.sync_log import SyncLog
from dashboard.sync.run import RECONCILIATION, is_unsealed

_SYNC = "python -m dashboard sync"
_LEAST_ROOM = 2  # times the size of the records: a new version and the log of changes


class State(StrEnum):
    """Condition of a file. All but the first two need somebody."""

    FINE = "fine"
    NOTE = "note"
    DAMAGED = "damaged"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """The condition of a file. `detail` says what is wrong, `mending` what the command does."""

    file: str
    state: State
    detail: str = ""
    mending: str = ""
    command: str = ""

    @property
    def is_bad(self) -> bool:
        return self.state in (State.DAMAGED, State.FAULT)


def check_files(settings: Settings) -> Iterator[Finding]:
    """Iterate over the condition of every file and directory."""
    checks: list[tuple[Path, Callable[[], Iterator[Finding]]]] = [
        (directory, lambda directory=directory: _check_directory(settings, directory))  # type: ignore[misc]
        for directory in dict.fromkeys([settings.store.parent, settings.cache_dir])
    ]
    account = settings.cache_dir / settings.account_id
    checks += [
        (settings.store, lambda: _check_records(settings)),
        (forgotten_path(settings.store), lambda: _check_erasures(settings)),
        (account, lambda: _check_versions(settings)),
        (account, lambda: _check_texts(settings, account)),
        (account / SIGN_IN_FILE, lambda: _check_sqlite(account / SIGN_IN_FILE)),
        (account / AUDIT_FILE, lambda: _check_audit(account / AUDIT_FILE)),
        (account, lambda: _check_leftovers(settings)),
    ]
    for path, check in checks:
        try:
            yield from check()
        except Exception as error:
            fault = machine_error(error)
            if fault is None:
                raise
            yield Finding(str(path), State.FAULT, str(fault), fault.remedy)


def _check_directory(settings: Settings, directory: Path) -> Iterator[Finding]:
    """Yield the right to write, and room for one more version."""
    there = next(item for item in (directory, *directory.parents) if item.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding(
            str(directory), State.FAULT, "This user may not write here.",
            "Give the user of the dashboard the right to write.",
        )  # fmt: skip
        return
    size = settings.store.stat().st_size if settings.store.exists() else 0
    free = shutil.disk_usage(there).free
    if free < _LEAST_ROOM * size:
        yield Finding(
            str(directory), State.FAULT, f"Only {free >> 20} MB are free on this disk.",
            "Make room: a sync needs twice the size of the records.",
        )  # fmt: skip
        return
    yield Finding(str(directory), State.FINE)


def _check_records(settings: Settings) -> Iterator[Finding]:
    path = settings.store
    mending = (
        "The sync sets the file aside, keeps what is original in it, and reads the account again."
    )
    if is_suspect(path):
        yield Finding(str(path), State.DAMAGED, "A sync met damage.", mending, _SYNC)
        return
    if not path.exists():
        yield Finding(str(path), State.NOTE, "Nothing has been synced yet.", command=_SYNC)
        return
    try:
        with lock_file(path, patience=0.0):
            fault = find_damage(path)
    except (SyncBusy, duckdb.IOException) as error:
        if isinstance(error, duckdb.Error) and "lock on file" not in str(error):
            raise
        yield Finding(str(path), State.NOTE, "A sync is writing it, so it was not read.")
        return
    if fault:
        yield Finding(str(path), State.DAMAGED, fault, mending, _SYNC)
    else:
        yield Finding(str(path), State.FINE)


def _check_erasures(settings: Settings) -> Iterator[Finding]:
    path = forgotten_path(settings.store)
    if not path.exists():
        return
    try:
        erased_ids(settings.store, settings.account_id)
    except DamagedFile as error:
        yield Finding(str(path), State.DAMAGED, str(error), error.remedy)
    else:
        yield Finding(str(path), State.FINE)


def _check_versions(settings: Settings) -> Iterator[Finding]:
    snapshots = Snapshots(settings.cache_dir, settings.account_id)
    publishing = "The sync publishes a new version from the records."
    path = str(snapshots.pointer_path)
    try:
        pointer = snapshots.get_current()
    except DamagedSnapshot as error:
        pointer = None
        yield Finding(path, State.DAMAGED, str(error), f"It is set aside. {publishing}", _SYNC)
    else:
        if pointer is not None:
            yield Finding(path, State.FINE)
        elif snapshots.list_files():
            yield Finding(path, State.DAMAGED, "It is missing.", publishing, _SYNC)
    if pointer is not None and not (snapshots.directory / pointer.file).exists():
        missing = str(snapshots.directory / pointer.file)
        yield Finding(missing, State.DAMAGED, "It is missing.", publishing, _SYNC)
    for version in snapshots.list_files():
        is_current = pointer is not None and version.name == pointer.file
        if pointer and is_current and pointer.sha256 and not snapshots.is_as_written(pointer):
            fault: str | None = "It has another checksum than when it was published."
        else:
            fault = find_damage(version)
        if fault is None:
            yield Finding(str(version), State.FINE)
        elif is_current:
            yield Finding(str(version), State.DAMAGED, fault, publishing, _SYNC)
        else:
            yield Finding(
                str(version), State.DAMAGED, f"{fault} No page reads it: it is an earlier version.",
                "Take it from a backup, or remove it.",
            )  # fmt: skip


def _check_texts(settings: Settings, directory: Path) -> Iterator[Finding]:
    log = SyncLog(settings.cache_dir, settings.account_id)
    views, reconciliation = ViewFile(directory), directory / RECONCILIATION
    texts = [
        (log.path, log.is_damaged, "It is set aside, and a new log begins."),
        (
            reconciliation,
            lambda: is_unsealed(reconciliation),
            "It is set aside, and the comparison is made again.",
        ),
        (
            views.path,
            views.is_damaged,
            "It is set aside, and the saved views that can be read are kept.",
        ),
    ]
    for path, is_damaged, mending in texts:
        if not path.exists():
            continue
        if is_damaged():
            yield Finding(str(path), State.DAMAGED, "It cannot be read.", mending, _SYNC)
        else:
            yield Finding(str(path), State.FINE)


def _check_sqlite(path: Path) -> Iterator[Finding]:
    if not path.exists():
        return
    try:
        SqliteFile.demand_sound(path)
    except DamagedFile as error:
        yield Finding(
            str(path), State.DAMAGED, str(error),
            "It is set aside, bindings that can be read are kept, and everybody signs in again.",
            "python -m dashboard doctor --set-aside sign-ins",
        )  # fmt: skip
    else:
        yield Finding(str(path), State.FINE)


def _check_audit(path: Path) -> Iterator[Finding]:
    if not path.exists():
        return
    command = "python -m dashboard doctor --set-aside audit"
    mending = "It is set aside, and a new log begins with an entry that says so."
    try:
        SqliteFile.demand_sound(path)
        chain = verify_file(path)
    except DamagedFile as error:
        yield Finding(str(path), State.DAMAGED, str(error), mending, command)
        return
    if chain.fault:
        yield Finding(
            str(path), State.DAMAGED,
            f"It is not as it was written: {chain.fault} {chain.entries} entries before are.",
            "Ask whoever administers this machine. The sync changes nothing. " + mending, command,
        )  # fmt: skip
    else:
        yield Finding(str(path), State.FINE, f"{chain.entries} entries, each as it was written.")


def _check_leftovers(settings: Settings) -> Iterator[Finding]:
    snapshots = Snapshots(settings.cache_dir, settings.account_id)
    for path in snapshots.list_leftovers():
        yield Finding(
            str(path), State.NOTE, "A killed sync left it.",
            "The next sync with a new version removes it.",
        )  # fmt: skip
    aside = [*set_aside_of(settings.store), *snapshots.directory.glob("*.damaged-*")]
    for path in sorted(aside):
        yield Finding(
            str(path), State.NOTE, "It was damaged and set aside.", "Remove it when you like."
        )


def as_json(findings: list[Finding]) -> str:
    """Return the findings as a JSON array of objects."""
    return json.dumps(
        [
            {
                "file": item.file, "state": item.state.value, "detail": item.detail,
                "mending": item.mending, "command": item.command,
            }
            for item in findings
        ],
        indent=1,
    )  # fmt: skip
