"""Builds a snapshot from the records: facts are joined, typed and sorted once, here.

Beside the facts it holds the records themselves, for searches.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from dashboard.config.dates import Calendar, plausible_days
from dashboard.store import record_tables
from dashboard.store.completeness import EXPENSES, TIME, Completeness
from dashboard.store.odd_records import odd_records_sql
from dashboard.store.readings import Reading
from dashboard.store.rounding import Rounding
from dashboard.store.schema import KEPT
from dashboard.store.tables import to_naive
from dashboard.store.tombstones import MOST, tombstones_sql
from harvest_client.models.currency import currency_code

# In this order: facts read the dimensions before them.
TABLES = (
    "clients", "projects", "tasks", "roles", "users", "person_spans", "derived_entries",
    "visibility", "time_facts", "running_facts", "expense_categories", "expense_facts",
    "invoice_facts", "payment_facts", "receivable_facts", "retainer_facts", "invoice_line_facts",
    "fee_facts", "fee_balance_facts", "estimate_facts", "meta", "capacity_facts", "budget_facts",
    "report_totals", "teammates", "readings", "completeness",
)  # fmt: skip
_PARAMETER = re.compile(r"\$(\w+)")
FACTS = Path(__file__).with_name("facts")

_LIMITED = {"time_facts": "time_since", "expense_facts": "expenses_since"}
"""Facts that may begin with a day, by the parameter that holds it."""

VIEWS = tuple(f"uninvoiced_{fact}" for fact in _LIMITED)
"""Facts with their rows of older days: of these what is uninvoiced is stored, and nothing else."""

Run = Callable[..., object]
"""Runs a statement with the values that it names; those given by name come first."""


def build_snapshot(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    account_id: str,
    source: str,
    version: int,
    synced_at: datetime,
    completeness: Completeness,
    today: date,
    rounding: Rounding | None,
    calendar: Calendar,
    zone: str,
    currency: str | None = None,
    readings: Mapping[str, Reading] | None = None,
) -> None:
    """Write the snapshot of one account into a new file at `path`, complete and checkpointed.

    `rounding` is for entries that came without rounded hours; None where no rule is known. `zone`
    is the IANA id of the zone whose days instants fall on. `currency` is the account's own, where
    one is set: it outranks what Harvest tells. `readings` are those that the account was found to
    follow.
    """
    plausible = plausible_days(today)
    values: dict[str, object] = {
        "account_id": account_id,
        "source": source,
        "version": version,
        "synced_at": to_naive(synced_at),
        "published_at": to_naive(datetime.now(UTC)),
        "partial": completeness.is_arriving,
        "time_since": completeness.complete_since(TIME),
        "expenses_since": completeness.complete_since(EXPENSES),
        "budgets_since": completeness.complete_since(TIME, EXPENSES),
        "gap_records": list(completeness.gaps),
        "gap_days": [gap.since for gap in completeness.gaps.values()],
        "gap_causes": [gap.cause.value for gap in completeness.gaps.values()],
        "today": today,
        "round_minutes": rounding.minutes if rounding else None,
        "round_way": rounding.way if rounding else None,
        "holidays": list(calendar.holidays),
        "leave_tasks": list(calendar.leave_tasks),
        "zone": zone,
        "currency": currency or _company_currency(connection, account_id),
        "earliest": plausible.first,
        "latest": plausible.last,
        **_reading_values(readings or {}),
    }
    cursor = connection.cursor()

    def run(sql: str, **others: object) -> None:
        named = set(_PARAMETER.findall(sql))
        used = {name: value for name, value in (values | others).items() if name in named}
        cursor.execute(sql, used).fetchall()

    escaped = str(path).replace("'", "''")
    run(f"ATTACH '{escaped}' AS snapshot")
    try:
        for table in TABLES:
            run(f"CREATE TABLE snapshot.{table} AS {_fact_sql(table)}")
            if table == "running_facts":
                run("DELETE FROM snapshot.time_facts WHERE $running_left_out AND is_running")
        for fact, since in _LIMITED.items():
            _make_older_facts(run, fact, since, values[since])
        run("DELETE FROM snapshot.older_time_facts WHERE $running_left_out AND is_running")
        run(f"CREATE TABLE snapshot.entity_state AS {_entity_state()}")
        run(f"CREATE TABLE snapshot.tombstones AS {tombstones_sql(MOST)}")
        run(f"CREATE TABLE snapshot.odd_records AS {odd_records_sql(KEPT.values())}")
        # Tables of less than a row group stay in memory until then.
        run("CHECKPOINT snapshot")
        # All fields of all records at once: a second thread takes 30 MB more and is no faster.
        run("SET threads = 1")
        for statement in record_tables.table_ddl():
            run(statement)
        for table in record_tables.TOTALS:
            run(f"CREATE TABLE snapshot.{record_tables.SCHEMA}.{table} AS {_fact_sql(table)}")
        run("CHECKPOINT snapshot")
    finally:
        run("RESET threads")
        run("DETACH snapshot")


def _make_older_facts(run: Run, fact: str, since: str, first_day: object) -> None:
    """Create the rows of a fact from before its `first_day`, the value of `since`, and its view.

    Grain: as the fact: one billable record that is not marked as invoiced.
    """
    if first_day is None:
        # Without older rows the view is the fact: a union would take time in each question.
        run(f"CREATE TABLE snapshot.older_{fact} AS FROM snapshot.{fact} LIMIT 0")
        run(f"CREATE VIEW snapshot.uninvoiced_{fact} AS FROM {fact}")
        return
    run(
        f"CREATE TABLE snapshot.older_{fact} AS FROM ({_fact_sql(fact)}) AS f"
        " WHERE f.day < $first_day AND f.billable AND NOT f.is_billed",
        **{since: None, "first_day": first_day},
    )
    run(f"CREATE VIEW snapshot.uninvoiced_{fact} AS FROM older_{fact} UNION ALL FROM {fact}")


def _reading_values(readings: Mapping[str, Reading]) -> dict[str, object]:
    """Return the values by which readings change facts."""

    def has_value(id: str, value: str) -> bool:
        return id in readings and readings[id].value == value

    way = "even" if has_value("half_cents", "even") else "up"
    return {
        "running_left_out": has_value("running_timers", "left out"),
        "amount_way": way if has_value("amount_rounding", "entry") else "exact",
        "two_places": has_value("decimal_places", "two"),
        "budget_hours": readings["budget_hours"].value if "budget_hours" in readings else "marked",
        "blanks_left_out": has_value("budget_blanks", "left out"),
        "billable_expenses": has_value("budget_expenses", "billable"),
    }


def _company_currency(connection: duckdb.DuckDBPyConnection, account_id: str) -> str | None:
    """Return the currency that Harvest tells of the account, None where it tells none."""
    rows = (
        connection.cursor()
        .execute("SELECT currency FROM company WHERE account_id = ?", [account_id])
        .fetchall()
    )
    return currency_code(rows[0][0]) if rows and rows[0][0] else None


def _fact_sql(table: str) -> str:
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
