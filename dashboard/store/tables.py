"""Tables of one account in the file of records, shared between threads."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import duckdb


class Tables:
    """Questions may be asked side by side; writing is one thread's at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, account_id: str) -> None:
        self._connection = connection
        self._account_id = account_id
        self._writing = Lock()

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of `sql`, whose first parameter is the account."""
        cursor = self._connection.cursor()
        return cursor.execute(sql, [self._account_id, *parameters]).fetchall()

    def write(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run `sql`, whose first parameter is the account; inside of a transaction.

        What changes rows answers how many.
        """
        return self._run(sql, [self._account_id, *parameters])

    def _first_row(self, sql: str, *parameters: object) -> tuple[Any, ...] | None:
        rows = self.query(sql, *parameters)
        return rows[0] if rows else None

    def _run(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        # A result that is not fetched to its end keeps the connection from doing anything else.
        return self._connection.execute(sql, list(parameters)).fetchall()

    def note_change(self) -> None:
        self._run("UPDATE accounts SET changed = true WHERE account_id = ?", [self._account_id])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._writing:
            self._run("BEGIN")
            try:
                yield
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")


DAY_OF = """
-- The day on which an instant is in a zone. Harvest's plain dates are never converted. A zone moves
-- the ends of all time to years that Python cannot read: those stay on the first and the last day.
CREATE OR REPLACE MACRO day_of(instant, zone) AS
    CASE WHEN instant IS NOT NULL THEN
        greatest(
            least(CAST(timezone(zone, timezone('UTC', instant)) AS DATE), DATE '9999-12-31'),
            DATE '0001-01-01'
        )
    END;
"""


def to_naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def to_aware(stored: object) -> datetime | None:
    return stored.replace(tzinfo=UTC) if isinstance(stored, datetime) else None
