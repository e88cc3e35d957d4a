"""Builds a snapshot from the records: facts are joined, typed and sorted once, here.

Beside the facts it holds the records themselves, for searches.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from dashboard.calendar import Calendar
from dashboard.dates import plausible_days
from dashboard.store import record_tables
from dashboard.store.instants import naive
from dashboard.store.readings import Reading
from dashboard.store.rounding import Rounding
from dashboard.store.schema import KEPT
from dashboard.store.tombstones import MOST, tombstones_sql

# In this order: facts read the dimensions before them.
TABLES = (
    "clients", "projects", "tasks", "roles", "users", "person_spans", "derived_entries",
    "visibility", "time_facts", "running_facts", "expense_categories", "expense_facts",
    "invoice_facts", "payment_facts", "receivable_facts", "retainer_facts", "invoice_line_facts",
    "fee_facts", "fee_balance_facts", "estimate_facts", "meta", "capacity_facts", "budget_facts",
    "report_totals", "teammates", "readings",
)  # fmt: skip
FACTS = Path(__file__).with_name("facts")


def build(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    account_id: str,
    source: str,
    version: int,
    synced_at: datetime,
    since: date | None,
    partial: bool,
    today: date,
    rounding: Rounding | None,
    calendar: Calendar,
    zone: str,
    currency: str | None = None,
    readings: Mapping[str, Reading] | None = None,
) -> None:
    """Writes the snapshot of one account into a new file at `path`, complete and checkpointed.

    `rounding` is for entries that came without rounded hours; None where no rule is known. `zone`
    is the IANA id of the zone whose days instants fall on. `currency` is the account's where
    Harvest does not tell it. `readings` are those that the account was found to follow.
    """
    plausible = plausible_days(today)
    values = {
        "account_id": account_id,
        "source": source,
        "version": version,
        "synced_at": naive(synced_at),
        "published_at": naive(datetime.now(UTC)),
        "since": since,
        "partial": partial,
        "today": today,
        "round_minutes": rounding.minutes if rounding else None,
        "round_way": rounding.way if rounding else None,
        "holidays": list(calendar.holidays),
        "leave_tasks": list(calendar.leave_tasks),
        "zone": zone,
        "currency": currency,
        "earliest": plausible.first,
        "latest": plausible.last,
        **_followed(readings or {}),
    }
    cursor = connection.cursor()

    def run(sql: str) -> None:
        used = {name: value for name, value in values.items() if f"${name}" in sql}
        cursor.execute(sql, used).fetchall()

    escaped = str(path).replace("'", "''")
    run(f"ATTACH '{escaped}' AS snapshot")
    try:
        for table in TABLES:
            run(f"CREATE TABLE snapshot.{table} AS {_fact(table)}")
            if table == "running_facts":
                run("DELETE FROM snapshot.time_facts WHERE $running_left_out AND is_running")
        run(f"CREATE TABLE snapshot.entity_state AS {_entity_state()}")
        run(f"CREATE TABLE snapshot.tombstones AS {tombstones_sql(MOST)}")
        # Tables of less than a row group stay in memory until then.
        run("CHECKPOINT snapshot")
        # All fields of all records at once: a second thread takes 30 MB more and is no faster.
        run("SET threads = 1")
        for statement in record_tables.statements():
            run(statement)
        for table in record_tables.TOTALS:
            run(f"CREATE TABLE snapshot.{record_tables.SCHEMA}.{table} AS {_fact(table)}")
        run("CHECKPOINT snapshot")
    finally:
        run("RESET threads")
        run("DETACH snapshot")


def _followed(readings: Mapping[str, Reading]) -> dict[str, object]:
    """Return the values by which readings change facts."""

    def follows(id: str, value: str) -> bool:
        return id in readings and readings[id].value == value

    return {
        "running_left_out": follows("running_timers", "left out"),
        "round_entries": follows("amount_rounding", "entry"),
        "half_even": follows("half_cents", "even"),
        "two_places": follows("decimal_places", "two"),
        "budget_hours": readings["budget_hours"].value if "budget_hours" in readings else "marked",
        "blanks_left_out": follows("budget_blanks", "left out"),
        "billable_expenses": follows("budget_expenses", "billable"),
    }


def _fact(table: str) -> str:
    return (FACTS / f"{table}.sql").read_text("utf-8")


def _entity_state() -> str:
    """Grain: one entity: how many records are stored, of how many only the searchable fields are
    known, when it was last read, what was refused."""
    counts = " UNION ALL ".join(
        f"SELECT '{name}' AS entity, count(*) AS rows,"
        f" count(*) FILTER (basis IS NOT NULL) AS parts FROM {name}"
        " WHERE account_id = $account_id AND deleted_at IS NULL"
        for name in KEPT
    )
    return (
        "SELECT $account_id AS account_id, c.entity AS entity, c.rows AS rows, c.parts AS parts,"
        " s.read_at AS read_at, s.refused AS refused"
        f" FROM ({counts}) AS c LEFT JOIN entity_state AS s"
        " ON s.account_id = $account_id AND s.entity = c.entity"
    )
