"""Questions about records that came through the hosted connector, many of them in part only."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from dashboard.dates import Days
from dashboard.store.duck_tables import Tables
from dashboard.store.records import ReportTotal
from dashboard.store.rounding import Rounding, rounding_of
from harvest_client.entities import Entity

_MENTIONED = {"users": "user", "clients": "client", "projects": "project", "tasks": "task"}


class AirbyteRecords:
    """Satisfies `Incomplete`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find_unknown(self, entity: Entity) -> list[int]:
        """The ids of `entity` that time entries mention and that are not stored."""
        mentioned = f'e."{_MENTIONED[entity.name]}".id'
        found = self._tables.query(
            f"SELECT DISTINCT {mentioned} FROM time_entries AS e"
            f" LEFT JOIN {entity.name} AS k"
            f" ON k.account_id = e.account_id AND k.id = {mentioned}"
            f" WHERE e.account_id = ? AND {mentioned} IS NOT NULL AND k.id IS NULL"
        )
        return sorted(id for (id,) in found)

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
        """Keeps Harvest's totals, to be published beside ours; those kept before go."""
        with self._tables.transaction():
            self._tables.write("DELETE FROM time_reports WHERE account_id = ?")
            for total in totals:
                self._tables.write(
                    "INSERT INTO time_reports VALUES (?, ?, ?, ?, ?, ?)",
                    total.first, total.last, total.currency, total.hours, total.amount,
                )  # fmt: skip
