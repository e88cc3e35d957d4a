"""Readings of Harvest's documents that an account was found to follow, kept with its records.

`dashboard.reconciliation` finds them; facts are made by those that change metrics.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.currencies import decimals_sql
from dashboard.store.duck_tables import Tables

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
