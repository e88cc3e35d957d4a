"""Records in a DuckDB file that one sync at a time holds open and locked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Self

import duckdb
import pyarrow as pa

from dashboard.store import publish, schema
from dashboard.store.duck_file import locked
from dashboard.store.instants import aware, naive
from dashboard.store.records import Account, Changes, EntityState
from dashboard.store.schema import quoted
from dashboard.store.snapshots import Meta, Pointer, Snapshots
from harvest_client.entities import Entity
from harvest_client.records import Record


class DuckRecords:
    """The records of one account; satisfies `Records`. Safe to share between threads."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, account: Account, snapshots: Snapshots
    ) -> None:
        self._connection = connection
        self._account = account
        self._account_id = account.id
        self._snapshots = snapshots
        self._writing = Lock()

    @classmethod
    @contextmanager
    def open(
        cls, path: Path, account: Account, *, snapshots: Snapshots, patience: float = 0.0
    ) -> Iterator[Self]:
        """The account's records, locked against every other sync; see `locked`."""
        with locked(path, patience=patience) as connection:
            records = cls(connection, account, snapshots)
            records._prepare()
            yield records

    def state(self, entity: Entity) -> EntityState:
        found = self._one(
            "SELECT watermark, refused, pull_started FROM entity_state"
            " WHERE account_id = ? AND entity = ?",
            entity.name,
        )
        if found is None:
            return EntityState()
        watermark, refused, pull_started = found
        return EntityState(aware(watermark), refused, aware(pull_started))

    def rows(self, entity: Entity) -> int:
        """How many records are stored that Harvest has not deleted."""
        found = self._one(
            f"SELECT count(*) FROM {entity.name} WHERE account_id = ? AND deleted_at IS NULL"
        )
        return int(found[0]) if found else 0

    def upsert(
        self, entity: Entity, pages: Iterable[Sequence[Record]], *, exact: bool = True
    ) -> Changes:
        """Stores the records of all pages or none; `exact` says that some may be stored already.

        Pages are taken one by one and kept as columns, a fifth of what their records weigh.
        """
        tables = [schema.arrow_table(entity, self._account_id, page) for page in pages if page]
        if not tables:
            return Changes()
        incoming = pa.concat_tables(tables)
        if not exact:
            try:
                return self._write(self._insert, entity, incoming)
            except duckdb.ConstraintException:
                # Some are stored already: a pull that goes on, a row that moved between pages.
                pass
        return self._write(self._replace_changed, entity, incoming)

    def window_done(self, entity: Entity, window: tuple[date, date]) -> None:
        """Notes that every row of these days is stored, first and last day included."""
        with self._transaction():
            self._run(
                "INSERT OR IGNORE INTO windows VALUES (?, ?, ?, ?)",
                [self._account_id, entity.name, *window],
            )

    def windows(self, entity: Entity) -> list[tuple[date, date]]:
        """The windows of the full pull under way that are stored."""
        return (
            self._connection.cursor()
            .execute(
                "SELECT first_day, last_day FROM windows WHERE account_id = ? AND entity = ?",
                [self._account_id, entity.name],
            )
            .fetchall()
        )

    def begin_pull(self, entity: Entity, started: datetime) -> None:
        """Notes that everything is about to be read, as of `started`."""
        with self._transaction():
            self._run(
                "DELETE FROM windows WHERE account_id = ? AND entity = ?",
                [self._account_id, entity.name],
            )
            self._run(
                "INSERT INTO entity_state (account_id, entity, pull_started) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET pull_started = excluded.pull_started",
                [self._account_id, entity.name, naive(started)],
            )

    def finish(
        self, entity: Entity, watermark: datetime | None, refused: str | None = None
    ) -> None:
        """Notes that every change before `watermark` is stored, or why nothing could be read."""
        with self._transaction():
            self._run(
                "INSERT OR REPLACE INTO entity_state VALUES (?, ?, ?, ?, ?, NULL)",
                [
                    self._account_id,
                    entity.name,
                    watermark and naive(watermark),
                    naive(datetime.now(UTC)),
                    refused,
                ],
            )

    def published(self) -> Pointer | None:
        """The version that readers see; None before the first."""
        return self._snapshots.pointer()

    def publish(
        self, *, synced_at: datetime, today: date, since: date | None, partial: bool = False
    ) -> Meta:
        """Makes what is stored the version that everybody reads.

        `since` is the first day that is completely stored, None when all history is; `partial`
        says that older days are still arriving. Without a change since the last version, that
        version stays and only its age is renewed.
        """
        with self._writing:
            version, changed = self._version()
            current = self._snapshots.pointer()
            if (
                current
                and not changed
                and self._snapshots.is_whole(current, version=version, since=since, partial=partial)
            ):
                return self._snapshots.renew(synced_at)
            version = max(version, current.version if current else 0) + 1
            with self._snapshots.building(version) as path:
                publish.build(
                    self._connection, path, account_id=self._account_id,
                    source=self._account.source, version=version, synced_at=synced_at,
                    since=since, partial=partial, today=today,
                )  # fmt: skip
            self._run(
                "UPDATE accounts SET version = ?, changed = false WHERE account_id = ?",
                [version, self._account_id],
            )
            self._run("CHECKPOINT")
            return self._snapshots.point_to(
                version, synced_at=synced_at, since=since, partial=partial
            )

    def _prepare(self) -> None:
        self._run(schema.ddl())
        known = self._one("SELECT identity FROM accounts WHERE account_id = ?")
        if known and known[0] != self._account.identity:
            self._forget()
        self._run(
            "INSERT OR IGNORE INTO accounts (account_id, identity) VALUES (?, ?)",
            [self._account_id, self._account.identity],
        )

    def _forget(self) -> None:
        with self._transaction():
            for table in (*schema.STORED, "entity_state", "windows", "accounts"):
                self._run(f"DELETE FROM {table} WHERE account_id = ?", [self._account_id])

    def _write(
        self, write: Callable[[Entity, int], Changes], entity: Entity, incoming: pa.Table
    ) -> Changes:
        with self._transaction():
            self._connection.register("incoming", incoming)
            changes = write(entity, incoming.num_rows)
            self._connection.unregister("incoming")
            if changes.inserted or changes.updated:
                self._run(
                    "UPDATE accounts SET changed = true WHERE account_id = ?", [self._account_id]
                )
            return changes

    def _insert(self, entity: Entity, fetched: int) -> Changes:
        # Twice as fast as INSERT OR REPLACE where nothing is there to be replaced.
        self._run(f"INSERT INTO {entity.name} BY NAME SELECT * FROM incoming")
        return Changes(fetched, inserted=fetched)

    def _replace_changed(self, entity: Entity, fetched: int) -> Changes:
        keys = schema.key(entity)
        names = [quoted(field.name) for field in entity.fields]
        self._run(
            f"CREATE OR REPLACE TEMP TABLE changed AS"
            f" SELECT i.*, t.account_id IS NULL AS is_new"
            f" FROM incoming AS i LEFT JOIN {entity.name} AS t"
            f" ON {' AND '.join(f'i.{name} = t.{name}' for name in keys)}"
            f" WHERE t.account_id IS NULL OR t.deleted_at IS NOT NULL"
            f" OR ({', '.join(f'i.{name}' for name in names)})"
            f" IS DISTINCT FROM ({', '.join(f't.{name}' for name in names)})"
        )
        ((inserted, updated),) = self._run(
            "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new) FROM changed"
        )
        if inserted or updated:
            self._run(
                f"INSERT OR REPLACE INTO {entity.name} BY NAME"
                " SELECT * EXCLUDE (is_new) FROM changed"
            )
        return Changes(fetched, inserted, updated)

    def _run(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        # A result that is not fetched to its end keeps the connection from doing anything else.
        return self._connection.execute(sql, list(parameters)).fetchall()

    def _version(self) -> tuple[int, bool]:
        found = self._one("SELECT version, changed FROM accounts WHERE account_id = ?")
        return (int(found[0]), bool(found[1])) if found else (0, True)

    def _one(self, sql: str, *parameters: object) -> tuple[Any, ...] | None:
        cursor = self._connection.cursor()
        rows = cursor.execute(sql, [self._account_id, *parameters]).fetchall()
        return rows[0] if rows else None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._writing:
            self._run("BEGIN")
            try:
                yield
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")
