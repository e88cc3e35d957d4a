"""Expenses: single ones, and by category."""

from collections.abc import Mapping

from dashboard.metrics.catalog import (
    BILLABLE_EXPENSE_AMOUNT,
    EXPENSE_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
    Fact,
    Unit,
)
from dashboard.metrics.dimensions import EXPENSE_CATEGORY
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.metric import facts_of
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec, table_of_result
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join

# Not the aliases of a filter's own joins.
_NAMES = (
    "LEFT JOIN clients AS ec ON ec.id = f.client_id"
    " LEFT JOIN projects AS ep ON ep.id = f.project_id"
    " LEFT JOIN users AS eu ON eu.id = f.user_id"
    " LEFT JOIN expense_categories AS ek ON ek.id = f.category_id"
)
_RECORDS = " LEFT JOIN records.expenses AS er ON er.id = f.id"
_SELECTED = (
    "f.id AS id, f.day AS day, ec.name AS client, f.client_id AS client_id, ep.name AS project,"
    " f.project_id AS project_id, eu.name AS person, f.user_id AS person_id, ek.name AS category,"
    " f.category_id AS category_id, f.billable AS billable, f.is_billed AS billed"
)
_OF_RECORDS = ", er.receipt IS NOT NULL AS receipt, er.notes AS notes"
_AMOUNT = ", CAST(f.amount AS DOUBLE) AS amount, f.currency AS currency"
_METRICS = (EXPENSE_AMOUNT, BILLABLE_EXPENSE_AMOUNT, UNINVOICED_EXPENSE_AMOUNT)
_IDS = ("id", "client_id", "project_id", "person_id", "category_id")

_COLUMNS = (
    Column(id="day", label="Day"),
    Column(id="client", label="Client"),
    Column(id="project", label="Project"),
    Column(id="category", label="Category"),
    Column(id="amount", label="Amount", unit=Unit.MONEY, adds_up=True, doc=EXPENSE_AMOUNT.doc),
    Column(id="currency", label="Currency"),
    Column(id="person", label="Person"),
    Column(id="billable", label="Billable"),
    Column(id="billed", label="Billed", doc="Whether it is marked as invoiced."),
)
_MORE = (
    Column(id="receipt", label="Receipt", doc="Whether a receipt is attached in Harvest."),
    Column(id="notes", label="Notes"),
)


def expenses_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per expense in scope, the newest first; the amounts add up to what was spent.

    Receipts and notes are left out of a copy that was made before it held them, with a note.
    """
    whole = snapshot.holds_records
    selected = f"SELECT {_SELECTED}{_AMOUNT}{_OF_RECORDS if whole else ''}"
    result = rows(Fact.EXPENSES, scope, _NAMES + (_RECORDS if whole else ""))
    order = Sql("ORDER BY f.day DESC, f.id DESC")
    frame = snapshot.query_frame(*sql_join("\n", [Sql(selected), result, order]))
    frame = frame.astype(dict.fromkeys(_IDS, "Int64"))
    if whole:
        return Table(frame, _COLUMNS + _MORE)
    return Table(frame, _COLUMNS, ("Receipts and notes are there after the next sync.",))


def expenses_by_category(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per category and currency."""
    return table_of_result(query_metrics(snapshot, _METRICS, by=[EXPENSE_CATEGORY], scope=scope))


EXPENSES = TableSpec(
    id="expenses",
    title="All expenses",
    make=expenses_table,
    facts=frozenset({Fact.EXPENSES}),
)
EXPENSES_BY_CATEGORY = TableSpec(
    id="expenses_by_category",
    title="Expenses by category",
    make=expenses_by_category,
    facts=facts_of(_METRICS),
)
