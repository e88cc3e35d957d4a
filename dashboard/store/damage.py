"""Damage of DuckDB files: its signs in errors, and a look at every value to find it.

DuckDB holds each block against its checksum when it reads it, so a file is sound if all of it can
be read.
"""

from pathlib import Path

import duckdb

from dashboard.machine import machine_error
from harvest_client.machine import error_chain

_SIGNS = (
    "corrupt", "checksum", "could not read", "not a valid duckdb", "failed to deserialize",
    "while replaying wal", "can only read version", "unable to find block",
)  # fmt: skip
_DOUBTFUL = (duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)


def is_damage(error: BaseException) -> bool:
    """Return whether DuckDB says that a file is not as it was written."""
    return any(
        isinstance(one, duckdb.Error) and any(sign in str(one).lower() for sign in _SIGNS)
        for one in error_chain(error)
    )


def may_be_damage(error: BaseException) -> bool:
    """Return whether it may come from a damaged file, or from a fault of DuckDB or of ours."""
    return machine_error(error) is None and any(
        isinstance(one, _DOUBTFUL) for one in error_chain(error)
    )


def read_everything(connection: duckdb.DuckDBPyConnection) -> None:
    """Read every value of a database. Raises `duckdb.Error` where one cannot be read."""
    cursor = connection.cursor()
    tables = cursor.execute(
        "SELECT schema_name, table_name FROM duckdb_tables()"
        " WHERE database_name = current_database() AND NOT internal AND NOT temporary"
    ).fetchall()
    for schema_name, table in tables:
        cursor.execute(f'SELECT bit_xor(hash(t)) FROM "{schema_name}"."{table}" AS t').fetchall()


def find_damage(path: Path) -> str | None:
    """Return what is wrong with a file that nobody writes, None if all of it can be read.

    Raises the error of a fault of the machine. A log of changes beside the file is read, too.
    """
    try:
        with duckdb.connect(str(path), read_only=True, config={"threads": 1}) as connection:
            read_everything(connection)
    except duckdb.Error as error:
        if is_damage(error) or machine_error(error) is None:
            return str(error).partition("\n")[0]
        raise
    return None
