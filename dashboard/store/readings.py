"""Readings of Harvest's documents that an account follows, and its budget report.

`dashboard.reconciliation` finds them; facts are made by those that change metrics.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dashboard.config.currencies import decimals_sql
from dashboard.store.tables import Tables

BUDGET_REPORTS_DDL = """
CREATE TABLE IF NOT EXISTS budget_reports ( -- Harvest's budget report, as of the last sync
    account_id VARCHAR,
    project_id BIGINT,
    budget_by  VARCHAR,
    spent      DECIMAL(18, 6), -- of the budget, or of the month where it is monthly
    PRIMARY KEY (account_id, project_id)
);
"""


@dataclass(frozen=True, slots=True, order=True)
class BudgetUse:
    """Use of one project's budget: hours, or money in the client's currency, by `budget_by`."""

    project_id: int
    budget_by: str
    spent: Decimal


class BudgetReports:
    """Stored rows of the budget report."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def replace(self, rows: Iterable[BudgetUse]) -> None:
        """Store these rows in place of all others."""
        new = sorted(rows)
        if new == self._rows():
            return
        with self._tables.transaction():
            self._tables.write("DELETE FROM budget_reports WHERE account_id = ?")
            for row in new:
                self._tables.write(
                    "INSERT INTO budget_reports VALUES (?, ?, ?, ?)",
                    row.project_id, row.budget_by, row.spent,
                )  # fmt: skip
            self._tables.note_change()

    def _rows(self) -> list[BudgetUse]:
        rows = self._tables.query(
            "SELECT project_id, budget_by, spent FROM budget_reports WHERE account_id = ?"
            " ORDER BY project_id"
        )
        return [BudgetUse(*row) for row in rows]


READINGS_DDL = """
CREATE TABLE IF NOT EXISTS readings (
    account_id VARCHAR,
    id         VARCHAR,
    value      VARCHAR,
    evidence   BIGINT, -- rows of reports that fit no other value
    PRIMARY KEY (account_id, id)
);
"""


_AT_REST = "DECIMAL(18, 6)"


def _round_sql(places: int) -> str:
    # Each branch has its own cast: DuckDB finds one type for all of them, with the fewest places.
    return (
        f"CASE way WHEN 'even' THEN TRY_CAST(round_even(amount, {places}) AS {_AT_REST})"
        f" ELSE TRY_CAST(round(amount, {places}) AS {_AT_REST}) END"
    )


MACRO = f"""
CREATE OR REPLACE MACRO rounded_amount_of(amount, way, places) AS
    CASE places WHEN 0 THEN {_round_sql(0)} WHEN 3 THEN {_round_sql(3)} WHEN 4 THEN {_round_sql(4)}
        ELSE {_round_sql(2)} END;
-- Hours x rate: exact, or rounded half `up` or to `even`; to `two` places, or the currency's own.
-- One that has no room at rest is not known.
CREATE OR REPLACE MACRO amount_of(hours, rate, currency, way, two) AS
    CASE WHEN way = 'exact' THEN TRY_CAST(CAST(hours AS DECIMAL(19, 6)) * rate AS {_AT_REST})
        ELSE rounded_amount_of(
            CAST(hours AS DECIMAL(19, 6)) * rate, way,
            CASE WHEN two THEN 2 ELSE {decimals_sql("currency")} END
        )
    END;
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """The value that an account follows, and the number of rows of reports that show it."""

    id: str
    value: str
    evidence: int


class ReadingRecords:
    """The readings of one account."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def list_all(self) -> dict[str, Reading]:
        """Return the readings that were found, by id."""
        rows = self._tables.query(
            "SELECT id, value, evidence FROM readings WHERE account_id = ? ORDER BY id"
        )
        return {row[0]: Reading(*row) for row in rows}

    def replace_all(self, readings: Mapping[str, Reading]) -> None:
        """Store the readings in place of those before, and note a change of what facts show."""
        before = {id: reading.value for id, reading in self.list_all().items()}
        with self._tables.transaction():
            self._tables.write("DELETE FROM readings WHERE account_id = ?")
            for reading in readings.values():
                self._tables.write(
                    "INSERT INTO readings VALUES (?, ?, ?, ?)",
                    reading.id, reading.value, reading.evidence,
                )  # fmt: skip
            if before != {id: reading.value for id, reading in readings.items()}:
                self._tables.note_change()
