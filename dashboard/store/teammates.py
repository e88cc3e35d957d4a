"""Teammates of managers in the records: managers to ask about, and the stored pairs."""

from collections.abc import Collection, Mapping
from datetime import datetime

from dashboard.store.tables import Tables, to_naive
from harvest_client.entities import DETAILS

TEAMMATES = DETAILS["user_teammates"]

TABLE = """
CREATE TABLE IF NOT EXISTS teammates_read (
    account_id VARCHAR,
    manager_id BIGINT,
    seen       TIMESTAMP, -- when the manager had last changed, as of the last reading
    read_at    TIMESTAMP, -- and when that was
    PRIMARY KEY (account_id, manager_id)
);
"""

# Of anybody else Harvest answers 422; an archived person cannot sign in, here or there.
_MANAGERS = """
SELECT u.id AS id, u.updated_at AS seen
FROM users AS u
WHERE u.account_id = $1
    AND u.deleted_at IS NULL
    AND u.is_active
    AND list_contains(u.access_roles, 'manager')
"""

Pair = tuple[int, int]
"""A manager and one of the people assigned to them."""


class TeammateRecords:
    """Queries of the sync on teammates."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def list_due(self, most: int | None) -> dict[int, datetime | None]:
        """Return the managers whose teammates are to be read, with when each last changed.

        All who changed or were never asked about; then those not asked about for the longest, up
        to `most` in all, or everybody.
        """
        rows = self._tables.query(
            "SELECT m.id, m.seen, r.read_at IS NULL OR r.seen IS DISTINCT FROM m.seen AS changed"
            f" FROM ({_MANAGERS}) AS m"
            " LEFT JOIN teammates_read AS r ON r.account_id = $1 AND r.manager_id = m.id"
            " ORDER BY changed DESC, r.read_at, m.id"
        )
        if most is not None:
            rows = rows[: max(most, sum(changed for *_, changed in rows))]
        return {id: seen for id, seen, _ in rows}

    def list_pairs(self) -> set[Pair]:
        """Return the stored pairs of manager and teammate."""
        rows = self._tables.query(
            f"SELECT user_id, id FROM {TEAMMATES.name} WHERE account_id = ? AND deleted_at IS NULL"
        )
        return {(manager_id, user_id) for manager_id, user_id in rows}

    def find_gone(self, read: Mapping[int, Collection[int]]) -> set[Pair]:
        """The stored pairs that `read` no longer has, and those of who is no manager any more."""
        managers = {id for (id,) in self._tables.query(f"SELECT id FROM ({_MANAGERS})")}
        return {
            (manager_id, user_id)
            for manager_id, user_id in self.list_pairs()
            if manager_id not in managers
            or (manager_id in read and user_id not in read[manager_id])
        }

    def remove_pairs(self, pairs: Collection[Pair], noticed: datetime) -> None:
        """Store the pairs as deleted; their managers count as never asked about."""
        if not pairs:
            return
        with self._tables.transaction():
            for manager_id, user_id in sorted(pairs):
                self._tables.write(
                    f"UPDATE {TEAMMATES.name} SET deleted_at = $2"
                    " WHERE account_id = $1 AND user_id = $3 AND id = $4",
                    to_naive(noticed), manager_id, user_id,
                )  # fmt: skip
            for manager_id in {manager_id for manager_id, _ in pairs}:
                self._tables.write(
                    "DELETE FROM teammates_read WHERE account_id = ? AND manager_id = ?",
                    manager_id,
                )
            self._tables.note_change()

    def note_read(self, managers: Mapping[int, datetime | None], at: datetime) -> None:
        """Note that the teammates of these managers are stored as of `at`."""
        with self._tables.transaction():
            for manager_id, seen in managers.items():
                self._tables.write(
                    "INSERT OR REPLACE INTO teammates_read VALUES (?, ?, ?, ?)",
                    manager_id, seen, to_naive(at),
                )  # fmt: skip
