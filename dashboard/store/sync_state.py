"""Progress of the pull of each entity, stored beside its records."""

from datetime import UTC, date, datetime

from dashboard.store.record_store import EntityState
from dashboard.store.tables import Tables, to_aware, to_naive
from harvest_client.entities import Entity


class SyncStateTable(Tables):
    """State of pulls, part of `Records`."""

    def get_state(self, entity: Entity) -> EntityState:
        row = self._first_row(
            "SELECT watermark, refused, pull_started FROM entity_state"
            " WHERE account_id = ? AND entity = ?",
            entity.name,
        )
        if row is None:
            return EntityState()
        watermark, refused, pull_started = row
        return EntityState(to_aware(watermark), refused, to_aware(pull_started))

    def window_done(self, entity: Entity, window: tuple[date, date]) -> None:
        """Note that every row of these days is stored, first and last day included."""
        with self.transaction():
            self._run(
                "INSERT OR IGNORE INTO windows VALUES (?, ?, ?, ?)",
                [self._account_id, entity.name, *window],
            )

    def list_windows(self, entity: Entity) -> list[tuple[date, date]]:
        """Return the windows of the full pull under way that are stored."""
        return self.query(
            "SELECT first_day, last_day FROM windows WHERE account_id = ? AND entity = ?",
            entity.name,
        )

    def begin_pull(self, entity: Entity, started: datetime) -> None:
        """Note that everything is about to be read, as of `started`."""
        with self.transaction():
            self._run(
                "DELETE FROM windows WHERE account_id = ? AND entity = ?",
                [self._account_id, entity.name],
            )
            self._run(
                "INSERT INTO entity_state (account_id, entity, pull_started) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET pull_started = excluded.pull_started",
                [self._account_id, entity.name, to_naive(started)],
            )

    def finish_pull(
        self, entity: Entity, watermark: datetime | None, refused: str | None = None
    ) -> None:
        """Note that every change before `watermark` is stored, or why nothing could be read."""
        with self.transaction():
            self._run(
                "INSERT OR REPLACE INTO entity_state VALUES (?, ?, ?, ?, ?, NULL)",
                [
                    self._account_id,
                    entity.name,
                    watermark and to_naive(watermark),
                    to_naive(datetime.now(UTC)),
                    refused,
                ],
            )
