"""Queries of the reconciler over stored records, and the time of each check."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dashboard.store.odd_records import present_sql
from dashboard.store.tables import Tables, to_aware, to_naive
from dashboard.store.tombstones import Tombstone, tombstones_sql
from harvest_client.entities import Entity


class ReconcileLevel(StrEnum):
    """Level of a comparison, from one count to every record."""

    COUNT = "count"
    MONTHS = "months"
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class ReconcileCheck:
    """The last comparison of a kind: how many records were found deleted, missing or different."""

    entity: str
    kind: ReconcileLevel
    checked_at: datetime
    requests: int
    deleted: int = 0
    missing: int = 0
    different: int = 0


@dataclass(frozen=True, slots=True)
class CandidateRecord:
    """A stored record that nothing new is known of."""

    id: int
    day: date | None
    running: bool


class ReconcileStore:
    """Questions about what Harvest has as far as is known: stored records, and odd ones.

    Safe to share between threads.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def count_by_day(
        self,
        entity: Entity,
        first: date,
        last: date,
        without: Collection[int] = (),
        *,
        uninvoiced: bool = False,
    ) -> dict[date, int]:
        """Return how many records each of these days has, those `without` left out.

        With `uninvoiced` only those that are not marked as invoiced. An odd record without a day
        is among those of the first day, and not among the uninvoiced.
        """
        undated = "NULL" if uninvoiced else "CAST($2 AS DATE)"
        return dict(
            self._tables.query(
                "SELECT p.day AS day, count(*)"
                f" FROM ({present_sql(entity, undated, uninvoiced=uninvoiced)}) AS p"
                " WHERE p.day BETWEEN CAST($2 AS DATE) AND $3"
                " AND list_contains($4::BIGINT[], p.id) IS NOT TRUE GROUP BY p.day",
                first,
                last,
                list(without),
            )
        )

    def days_of_records(
        self, entity: Entity, first: date, last: date, *, uninvoiced: bool = False
    ) -> dict[int, date]:
        """Return the records of these days, both included: their ids with their days."""
        return dict(
            self._tables.query(
                f"SELECT p.id, p.day FROM ({present_sql(entity, uninvoiced=uninvoiced)}) AS p"
                " WHERE p.id IS NOT NULL AND p.day BETWEEN $2 AND $3",
                first,
                last,
            )
        )

    def unchanged_records(
        self, entity: Entity, ids: Iterable[int], before: datetime
    ) -> dict[int, CandidateRecord]:
        """Return those of `ids` that did not change since `before`, by id."""
        rows = self._tables.query(
            f"SELECT p.id, p.day, p.is_running FROM ({present_sql(entity)}) AS p"
            " WHERE p.id IN (SELECT unnest($2::BIGINT[]))"
            " AND (p.updated_at IS NULL OR p.updated_at < $3)",
            list(ids),
            to_naive(before),
        )
        return {id: CandidateRecord(id, day, is_running) for id, day, is_running in rows}

    def records_of_owners(
        self, entity: Entity, owner: str, ids: Collection[int]
    ) -> dict[int, list[int]]:
        """Return the records whose `owner`, such as their project, is one of `ids`: by that id."""
        result: dict[int, list[int]] = {}
        rows = self._tables.query(
            f'SELECT "{owner}".id, id FROM {entity.name} WHERE account_id = ?'
            f' AND deleted_at IS NULL AND "{owner}".id IN (SELECT unnest(?::BIGINT[]))',
            list(ids),
        )
        for owned_by, id in rows:
            result.setdefault(owned_by, []).append(id)
        return result

    def stored_ids(self, entity: Entity, ids: Iterable[int]) -> set[int]:
        """Return those of `ids` that are stored."""
        ids = list(ids)
        if not ids:
            return set()
        rows = self._tables.query(
            f"SELECT id FROM {entity.name} WHERE account_id = ?"
            " AND id IN (SELECT unnest(?::BIGINT[]))",
            ids,
        )
        return {id for (id,) in rows}

    def get_fingerprint(self) -> str | None:
        """Return the fingerprint of the token that last read the account, with its rights."""
        rows = self._tables.query("SELECT fingerprint FROM accounts WHERE account_id = ?")
        return rows[0][0] if rows else None

    def set_fingerprint(self, fingerprint: str) -> None:
        """Store it; what other rights see is made anew, as an empty rate means something else."""
        with self._tables.transaction():
            self._tables.write(
                "UPDATE accounts SET fingerprint = $2,"
                " changed = changed OR fingerprint IS DISTINCT FROM $2 WHERE account_id = $1",
                fingerprint,
            )

    def list_checks(self) -> list[ReconcileCheck]:
        """Return the last comparison of each kind and entity, newest first."""
        rows = self._tables.query(
            "SELECT entity, kind, checked_at, requests, deleted, missing, different FROM checks"
            " WHERE account_id = ? ORDER BY checked_at DESC, entity, kind"
        )
        return [
            ReconcileCheck(entity, ReconcileLevel(kind), to_aware(at) or at, *counts)
            for entity, kind, at, *counts in rows
        ]

    def set_checks(self, checks: Iterable[ReconcileCheck]) -> None:
        """Store what was found; checks of the same kind before them go."""
        rows = [
            (
                check.entity, check.kind.value, to_naive(check.checked_at), check.requests,
                check.deleted, check.missing, check.different,
            )
            for check in checks
        ]  # fmt: skip
        if not rows:
            return
        with self._tables.transaction():
            self._tables.write(
                "INSERT OR REPLACE INTO checks SELECT $1, unnest($2::VARCHAR[]),"
                " unnest($3::VARCHAR[]), unnest($4::TIMESTAMP[]), unnest($5::BIGINT[]),"
                " unnest($6::BIGINT[]), unnest($7::BIGINT[]), unnest($8::BIGINT[])",
                *(list(column) for column in zip(*rows, strict=True)),
            )

    def list_tombstones(self, limit: int) -> list[Tombstone]:
        """Return records that Harvest has deleted, the last detected first."""
        rows = self._tables.query(tombstones_sql(limit).replace("$account_id", "$1"))
        return [
            Tombstone(entity, id, day, text, to_aware(at) or at)
            for _, entity, id, day, text, at in rows
        ]
