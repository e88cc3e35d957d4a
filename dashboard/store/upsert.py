"""Upserts of full and partial records."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from dashboard.config.dates import Days
from dashboard.store import schema
from dashboard.store.record_store import Changes, ReportTotal
from dashboard.store.rounding import Rounding, rounding_of
from dashboard.store.schema import SEARCHED, quote_name
from dashboard.store.tables import Tables
from harvest_client.entities import Entity
from harvest_client.models.fields import Field

Run = Callable[[str], list[tuple[Any, ...]]]
Write = Callable[[Run, Entity, int], Changes]
"""Writes the `incoming` rows, of which there are so many, and tells what that changed."""


def insert_new(run: Run, entity: Entity, fetched: int) -> Changes:
    """Twice as fast as replacing, where nothing is there to be replaced."""
    run(f"INSERT INTO {entity.name} BY NAME SELECT * FROM incoming")
    return Changes(fetched, inserted=fetched)


def upsert_full(run: Run, entity: Entity, fetched: int) -> Changes:
    """Of whole records: those that differ, or come back, or take the place of less."""
    return _upsert(
        run,
        entity,
        fetched,
        f"t.deleted_at IS NOT NULL OR t.basis IS NOT NULL OR {_differs_sql(entity.fields)}",
    )


def upsert_partial(run: Run, entity: Entity, fetched: int) -> Changes:
    """Of records with the searchable fields alone: those that say something new.

    The copy that they come from lags behind and does not forget, so a whole record, or one that
    was found to be deleted, only gives way to a later one.
    """
    return _upsert(
        run,
        entity,
        fetched,
        f"t.basis = '{SEARCHED}' AND t.deleted_at IS NULL AND ({_differs_sql(entity.searchable)})"
        " OR (t.basis IS NULL OR t.deleted_at IS NOT NULL) AND i.updated_at > t.updated_at",
    )


def _upsert(run: Run, entity: Entity, fetched: int, differs: str) -> Changes:
    """Only what `differs` is written, where `i` is the incoming and `t` the stored record."""
    run(
        f"CREATE OR REPLACE TEMP TABLE changed AS"
        f" SELECT i.*, CAST(NULL AS TIMESTAMP) AS deleted_at, t.account_id IS NULL AS is_new"
        f" FROM incoming AS i LEFT JOIN {entity.name} AS t"
        f" ON {' AND '.join(f'i.{name} = t.{name}' for name in schema.key_columns(entity))}"
        f" WHERE t.account_id IS NULL OR {differs}"
    )
    ((new, updated),) = run(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new) FROM changed"
    )
    if new or updated:
        run(f"INSERT OR REPLACE INTO {entity.name} BY NAME SELECT * EXCLUDE (is_new) FROM changed")
    return Changes(fetched, new, updated)


def _differs_sql(fields: Iterable[Field]) -> str:
    names = [quote_name(field.name) for field in fields]
    return (
        f"({', '.join(f'i.{name}' for name in names)})"
        f" IS DISTINCT FROM ({', '.join(f't.{name}' for name in names)})"
    )


_MENTIONED = {"users": "user", "clients": "client", "projects": "project", "tasks": "task"}


class AirbyteRecords:
    """Satisfies `Incomplete`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find_unknown(self, entity: Entity) -> list[int]:
        """Return the ids of `entity` that time entries mention and that are not stored."""
        mentioned = f'e."{_MENTIONED[entity.name]}".id'
        rows = self._tables.query(
            f"SELECT DISTINCT {mentioned} FROM time_entries AS e"
            f" LEFT JOIN {entity.name} AS k"
            f" ON k.account_id = e.account_id AND k.id = {mentioned}"
            f" WHERE e.account_id = ? AND {mentioned} IS NOT NULL AND k.id IS NULL"
        )
        return sorted(id for (id,) in rows)

    def entry_days(self, within: Days) -> Days | None:
        """Return the first and the last day with a time entry, None without any `within`."""
        ((first, last),) = self._tables.query(
            "SELECT min(spent_date), max(spent_date) FROM time_entries"
            " WHERE account_id = ? AND deleted_at IS NULL AND spent_date BETWEEN ? AND ?",
            within.first,
            within.last,
        )
        return Days(first, last) if first else None

    def first_person_day(self, within: Days) -> date | None:
        """The day before the first person was added, as somewhere it still was: about the first.

        People who were added on days that are not `within` do not count.
        """
        ((first,),) = self._tables.query(
            "SELECT CAST(min(created_at) - INTERVAL 1 DAY AS DATE) FROM users WHERE account_id = ?"
            " AND created_at BETWEEN ? AND ?",
            within.first,
            within.last,
        )
        return first  # type: ignore[no-any-return]

    def sum_hours(self, first: date, last: date) -> tuple[Decimal, bool] | None:
        """Rounded hours of these days, and whether a timer runs among them.

        None where the account's rounding rule is not known.
        """
        rounding = rounding_of(self._tables)
        if rounding is None:
            return None
        ((hours, running),) = self._tables.query(
            "SELECT coalesce(sum("
            "  coalesce(e.rounded_hours, rounded_hours_of(e.hours, $4, $5), 0)), 0),"
            " coalesce(bool_or(e.is_running), false)"
            " FROM time_entries AS e WHERE e.account_id = $1 AND e.deleted_at IS NULL"
            " AND e.spent_date BETWEEN $2 AND $3",
            first,
            last,
            rounding.minutes,
            rounding.way,
        )
        return hours, running

    def find_rounding(self) -> Rounding | None:
        """The rule for entries that came without rounded hours; None where there are none."""
        parts = self._tables.query(
            "SELECT 1 FROM time_entries WHERE account_id = ? AND basis IS NOT NULL LIMIT 1"
        )
        return rounding_of(self._tables) if parts else None

    def keep_reports(self, totals: Iterable[ReportTotal]) -> None:
        """Store Harvest's totals, to be published beside ours; those kept before go."""
        with self._tables.transaction():
            self._tables.write("DELETE FROM time_reports WHERE account_id = ?")
            for total in totals:
                self._tables.write(
                    "INSERT INTO time_reports VALUES (?, ?, ?, ?, ?, ?)",
                    total.first, total.last, total.currency, total.hours, total.amount,
                )  # fmt: skip
