"""Errors of the dashboard, each with a remedy for its reader.

DashboardError
├── ConfigError         a setting is missing or makes no sense
├── MetricError         a question that has no answer
│   └── NotVisible      none for this person
├── SignInNeeded        nobody is signed in, or not any more
├── NoAccess            whoever signed in is nobody of the account
├── NotRecorded         the audit log cannot be written or read
├── NoSnapshot          nothing was synced yet
├── MachineError        a full disk, missing rights, too little memory, too many files
├── Damaged             a file is not as it was written
│   ├── DamagedSnapshot     the published copy
│   ├── DamagedRecords      the store behind it
│   └── DamagedFile         a file that only a person may replace
├── CannotCheck         nothing that could be compared with Harvest's reports
├── SyncBusy            another sync holds the store
└── Braked              what was read is not believed until somebody says so
    ├── TooMuchVanished     more records are gone than anybody deletes at once
    ├── FieldVanished       a field that records had is in none of those that were read
    └── TokenChanged        the token is somebody else's, or has other rights

What Harvest does wrong is `harvest_client.errors`. Anything else is a bug and goes through.
"""

import errno
import sqlite3

import duckdb

from harvest_client.machine import (
    MachineFault,
    error_chain,
    find_machine_fault,
    machine_fault,
    number_in,
    place_in,
)


class DashboardError(Exception):
    """Says what happened; `remedy` says what to do; `exit_code` is the command line's."""

    remedy = ""
    exit_code = 2

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        if remedy is not None:
            self.remedy = remedy


class ConfigError(DashboardError):
    remedy = "Correct the setting in the environment or in .streamlit/secrets.toml."


class MetricError(DashboardError):
    remedy = "Remove that filter."


class NotVisible(MetricError):
    remedy = "An administrator of the Harvest account can grant it, in Harvest."


class SignInNeeded(DashboardError):
    remedy = "Sign in again."


class NoAccess(DashboardError):
    remedy = "Ask an administrator of the Harvest account."


class NotRecorded(DashboardError):
    remedy = "The file audit.sqlite beside the snapshots must be readable and writable."


class NoSnapshot(DashboardError):
    remedy = "Run `python -m dashboard sync`, or leave the dashboard open until it has synced."


class MachineError(DashboardError):
    """A fault of the machine; see `dashboard.config.errors`."""


class Damaged(DashboardError):
    remedy = "Run `python -m dashboard doctor`: it says what can be mended, and how."


class DamagedSnapshot(Damaged):
    remedy = (
        "Run `python -m dashboard sync`, or wait for the next one of the dashboard: the copy is "
        "published anew from the stored records, nothing is lost."
    )


class DamagedRecords(Damaged):
    remedy = (
        "Run `python -m dashboard sync`, or wait for the next one of the dashboard: the damaged "
        "file is set aside and everything is read from Harvest again. The last published copy "
        "stays readable meanwhile."
    )


class DamagedFile(Damaged):
    pass


class CannotCheck(DashboardError):
    remedy = "Name a later period, or sync first."


class SyncBusy(DashboardError):
    remedy = "Wait for it to end; the dashboard shows how far it is."
    exit_code = 3


class SyncRefused(DashboardError):
    """A negative answer rather than a failure, hence the exit code: Harvest was read."""

    exit_code = 1


class SuspiciousDeletions(SyncRefused):
    remedy = (
        "Look in Harvest whether they were deleted. If they were, run `python -m dashboard sync "
        "--accept-deletions`, or accept it on the Data page. What was deleted stays in the store."
    )


class FieldVanished(SyncRefused):
    remedy = (
        "Look in Harvest whether the values are still there, and whether the access token may see"
        " them. If they are meant to be gone, run `python -m dashboard sync --accept-deletions`, or"
        " accept it on the Data page."
    )


class TokenChanged(SyncRefused):
    remedy = (
        "Correct HARVEST_ACCESS_TOKEN. If the change is meant, run `python -m dashboard sync "
        "--accept-deletions`, or accept it on the Data page: everything is read again, and what "
        "this token does not see leaves the dashboard."
    )


_SQLITE = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_NOMEM: errno.ENOMEM,
    sqlite3.SQLITE_IOERR: errno.EIO,
}
_PRIMARY = 0xFF  # an extended code of SQLite's has the primary one in its last byte


def machine_error(error: BaseException) -> MachineError | None:
    """Return the fault of the machine behind an error, None where it is another fault."""
    fault = find_machine_fault(error) or _library_fault(error)
    return MachineError(fault.sentence, remedy=fault.remedy) if fault else None


def _library_fault(error: BaseException) -> MachineFault | None:
    for item in error_chain(error):
        text = str(item)
        number: int | None = None
        if isinstance(item, duckdb.OutOfMemoryException):
            number = errno.ENOMEM
        elif isinstance(item, duckdb.Error):
            number = number_in(text)
        elif isinstance(item, sqlite3.Error):
            code = getattr(item, "sqlite_errorcode", 0) & _PRIMARY
            number = _SQLITE.get(code)
        if number is not None:
            return machine_fault(number, place_in(text))
    return None
