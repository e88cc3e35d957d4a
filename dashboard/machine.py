"""Faults of the machine as errors of ours, also those that DuckDB and SQLite report."""

import errno
import sqlite3

import duckdb

from dashboard.errors import MachineError
from harvest_client.machine import (
    MachineFault,
    error_chain,
    find_machine_fault,
    machine_fault,
    number_in,
    place_in,
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
    for one in error_chain(error):
        text = str(one)
        number: int | None = None
        if isinstance(one, duckdb.OutOfMemoryException):
            number = errno.ENOMEM
        elif isinstance(one, duckdb.Error):
            number = number_in(text)
        elif isinstance(one, sqlite3.Error):
            code = getattr(one, "sqlite_errorcode", 0) & _PRIMARY
            number = _SQLITE.get(code)
        if number is not None:
            return machine_fault(number, place_in(text))
    return None
