"""Records in a DuckDB file that one sync at a time holds open and locked."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa

from dashboard.config.dates import Calendar
from dashboard.store import publish, schema, sync_log
from dashboard.store.column_limits import storable_table
from dashboard.store.completeness import COMPLETE, Completeness
from dashboard.store.database import open_locked
from dashboard.store.erasure import Erasure, erased_ids, without_notes
from dashboard.store.odd_records import OddRecordTable
from dashboard.store.payments import PaymentRecords
from dashboard.store.presence import Presence
from dashboard.store.readings import BudgetReports, ReadingRecords
from dashboard.store.reconcile_state import ReconcileStore
from dashboard.store.record_store import Account, Changes
from dashboard.store.snapshots import CurrentVersion, Meta, Snapshots
from dashboard.store.sync_state import SyncStateTable
from dashboard.store.tables import to_naive
from dashboard.store.teammates import TeammateRecords
from dashboard.store.tombstones import Tombstone
from dashboard.store.upsert import AirbyteRecords, Write, insert_new, upsert_full, upsert_partial
from dashboard.store.word_search import Owner, TermRecords
from harvest_client.entities import Entity
from harvest_client.models.records import Record
from harvest_client.timezones import find_zone


class AccountTable(SyncStateTable):
    """The part of `Records` that is about the account."""

    _account: Account
    _calendar: Calendar

    def get_timezone(self) -> str | None:
        """Return what Harvest calls the zone of the token's user, None if it has not said."""
        row = self._first_row("SELECT timezone FROM accounts WHERE account_id = ?")
        return row[0] if row else None

    def keep_timezone(self, label: str | None) -> None:
        """Keep what Harvest calls the zone of the token's user."""
        with self.transaction():
            self.write("UPDATE accounts SET timezone = $2 WHERE account_id = $1", label)

    @property
    def zone(self) -> str:
        """The IANA id of the zone whose days instants fall on; this machine's if none is known."""
        told = find_zone(self.get_timezone() or "")
        wanted = self._account.zone or (told.key if told else None)
        # This machine may know zones that the store does not: their lists are of other years.
        ((zone,),) = (
            self._connection.cursor()
            .execute(
                "SELECT coalesce(max(z.name), current_setting('TimeZone'))"
                " FROM pg_timezone_names() AS z WHERE z.name = ?",
                [wanted],
            )
            .fetchall()
        )
        return str(zone)

    @property
    def _made_with(self) -> str:
        """Values that facts depend on beside the records: a change of them requires new facts."""
        return f"{self._calendar.text} {self._account.currency or ''} {self.zone}".strip()

    def _read_version(self) -> tuple[int, bool]:
        row = self._first_row(
            "SELECT version, changed OR calendar IS DISTINCT FROM $2 FROM accounts"
            " WHERE account_id = $1",
            self._made_with,
        )
        return (int(row[0]), bool(row[1])) if row else (0, True)


class RecordStore(AccountTable):
    """The records of one account; satisfies `Records`. Safe to share between threads."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        account: Account,
        snapshots: Snapshots,
        calendar: Calendar,
    ) -> None:
        super().__init__(connection, account.id)
        self._calendar = calendar
        self._account = account
        self._snapshots = snapshots
        self._forgotten: frozenset[int] = frozenset()
        self.odd = OddRecordTable(self)
        self.presence = Presence()

    @classmethod
    @contextmanager
    def open(
        cls,
        path: Path,
        account: Account,
        *,
        snapshots: Snapshots,
        patience: float = 0.0,
        calendar: Calendar | None = None,
        whole: bool = False,
    ) -> Iterator[Self]:
        """Yield the account's records, locked against every other sync; see `locked`."""
        people = erased_ids(path, account.id)
        with open_locked(path, patience=patience, whole=whole) as connection:
            records = cls(connection, account, snapshots, calendar or Calendar())
            records._forgotten = people
            records._create_tables()
            yield records

    def rows(self, entity: Entity) -> int:
        """Return the number of stored records that Harvest has not deleted."""
        row = self._first_row(
            f"SELECT count(*) FROM {entity.name} WHERE account_id = ? AND deleted_at IS NULL"
        )
        return int(row[0]) if row else 0

    def upsert(
        self,
        entity: Entity,
        pages: Iterable[Sequence[Record]],
        *,
        exact: bool = True,
        basis: str | None = None,
    ) -> Changes:
        """Store the records of all pages or none; `exact` says that some may be stored already.

        With a `basis` the records are not whole, and do not replace a whole one that is as new.
        Pages are taken one by one and kept as columns, a fifth of what their records weigh. Records
        with a value that no column holds are left out, and listed as odd. Raises `FieldVanished`.
        """
        tables: list[pa.Table] = []
        for page in pages:
            table, odd = storable_table(entity, self._account_id, page, basis)
            self.odd.note_odd(odd)
            tables += [table] if table is not None else []
        if not tables:
            return Changes()
        incoming = without_notes(entity, pa.concat_tables(tables), self._forgotten)
        if not exact:
            try:
                return self._write(insert_new, entity, incoming)
            except duckdb.ConstraintException:
                # Some are stored already: a pull that goes on, a row that moved between pages.
                pass
        return self._write(upsert_partial if basis else upsert_full, entity, incoming)

    def find_absent(
        self, entity: Entity, present: Iterable[int], *, after: date | None = None
    ) -> list[int]:
        """The ids of stored records that are not `present`; only of days `after` where given."""
        day = f" AND {entity.date_field} > ?" if after else ""
        stored = self.query(
            f"SELECT id FROM {entity.name} WHERE account_id = ? AND deleted_at IS NULL{day}",
            *([after] if after else []),
        )
        return sorted({id for (id,) in stored}.difference(present))

    def ids_within(
        self, entity: Entity, owner: Owner, id: int, first: date, last: date
    ) -> set[int]:
        """The ids of an owner's stored records of these days; of everybody's where `id` is 0."""
        stored = self.query(
            f"SELECT e.id FROM {entity.name} AS e WHERE e.account_id = $1"
            f' AND ($2 = 0 OR e."{owner}".id = $2)'
            f" AND e.{entity.date_field} BETWEEN $3 AND $4 AND e.deleted_at IS NULL",
            id,
            first,
            last,
        )
        return {id for (id,) in stored}

    def mark_deleted(self, entity: Entity, ids: Sequence[int], noticed: datetime) -> Changes:
        """Store the records, with the time at which they were found to be gone."""
        if not ids:
            return Changes()
        with self.transaction():
            self._run(
                f"UPDATE {entity.name} SET deleted_at = ?"
                " WHERE account_id = ? AND deleted_at IS NULL AND id IN (SELECT unnest(?))",
                [to_naive(noticed), self._account_id, list(ids)],
            )
            self.note_change()
        self.odd.remove_ids(entity, ids)
        return Changes(deleted=len(ids))

    @property
    def hosted(self) -> AirbyteRecords:
        """Return the queries on incomplete records."""
        return AirbyteRecords(self)

    @property
    def payments(self) -> PaymentRecords:
        """Return the queries on payments of invoices."""
        return PaymentRecords(self)

    @property
    def budget_reports(self) -> BudgetReports:
        """The budget report of Harvest."""
        return BudgetReports(self)

    @property
    def teammates(self) -> TeammateRecords:
        """Return the queries on teammates."""
        return TeammateRecords(self)

    @property
    def readings(self) -> ReadingRecords:
        """The readings of Harvest's documents that the account was found to follow."""
        return ReadingRecords(self)

    @property
    def terms(self) -> TermRecords:
        """The terms of projects and people that time and expenses depend on."""
        return TermRecords(self)

    @property
    def comparing(self) -> ReconcileStore:
        """Return the queries of the reconciler."""
        return ReconcileStore(self)

    @property
    def forgetting(self) -> Erasure:
        """Return the erasure of a person's notes."""
        return Erasure(self)

    def list_tombstones(self, limit: int) -> list[Tombstone]:
        """Return records that Harvest has deleted, the last detected first."""
        return self.comparing.list_tombstones(limit)

    def get_published(self) -> CurrentVersion | None:
        """Return the version that readers see; None before the first."""
        return self._snapshots.get_current()

    def publish(
        self, *, synced_at: datetime, today: date, completeness: Completeness = COMPLETE
    ) -> Meta:
        """Make what is stored the version that everybody reads.

        Without a change since the last version, that version stays and only its age is renewed.
        """
        with self.transaction():
            sync_log.note_history(self._run, self._account_id, today)
        with self._writing:
            version, changed = self._read_version()
            current = self._snapshots.get_current()
            if (
                current
                and not changed
                and self._snapshots.is_whole(current, version=version, completeness=completeness)
            ):
                return self._snapshots.renew_current(synced_at)
            version = self._snapshots.next_version(version)
            with self._snapshots.build_file(version) as path:
                publish.build_snapshot(
                    self._connection, path, account_id=self._account_id,
                    source=self._account.source, version=version, synced_at=synced_at,
                    completeness=completeness, today=today, rounding=self.hosted.find_rounding(),
                    calendar=self._calendar, zone=self.zone, currency=self._account.currency,
                    readings=self.readings.list_all(),
                )  # fmt: skip
            self._run(
                "UPDATE accounts SET version = ?, changed = false, calendar = ?"
                " WHERE account_id = ?",
                [version, self._made_with, self._account_id],
            )
            self._run("CHECKPOINT")
            return self._snapshots.set_current(
                version, synced_at=synced_at, completeness=completeness
            )

    def _create_tables(self) -> None:
        self._run(schema.create_tables_sql())
        known = self._first_row("SELECT identity FROM accounts WHERE account_id = ?")
        if known and known[0] != self._account.identity:
            self._erase_notes()
        self._run(
            "INSERT OR IGNORE INTO accounts (account_id, identity) VALUES (?, ?)",
            [self._account_id, self._account.identity],
        )

    def _erase_notes(self) -> None:
        with self.transaction():
            for table in (*schema.KEPT, *schema.OF_AN_ACCOUNT):
                self._run(f"DELETE FROM {table} WHERE account_id = ?", [self._account_id])

    def _write(self, write: Write, entity: Entity, incoming: pa.Table) -> Changes:
        with self.transaction():
            self._connection.register("incoming", incoming)
            if write is upsert_full:
                self.presence.check_fields(self._run, entity)
            changes = write(self._run, entity, incoming.num_rows)
            self.odd.remove_arrived(entity)
            self._connection.unregister("incoming")
            if changes.inserted or changes.updated:
                self.note_change()
            return changes
