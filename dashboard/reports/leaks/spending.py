"""Budgets that are overrun, and expenses that nothing proves."""

from dataclasses import replace

from dashboard.metrics.catalog import predicates
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.metric import Fact, Unit
from dashboard.metrics.scope import Scope
from dashboard.reports.leaks.leak import (
    BEGINNING,
    CLIENT_COLUMN,
    NAMES,
    PERSON,
    PERSON_COLUMN,
    PROJECT_COLUMN,
    PROJECT_PATH,
    Leak,
    LeakRows,
    hours_column,
    stake_column,
)
from dashboard.reports.table import Column
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join


def over_budget(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """Return a row per project that has used up more than its budget by the end of the period.

    Projects that are archived only where the period's own work went on using it up.
    """
    pieces = (
        Sql("""\
SELECT
    concat_ws('-', f.project_id, f.currency) AS id,
    f.client_id AS client_id,
    f.project_id AS project_id,
    CAST(sum(f.spent) / sum(f.budget) AS DOUBLE) AS used_share,
    CASE WHEN f.currency = 'hours' THEN CAST(sum(f.budget) AS DOUBLE) END AS budget_hours,
    CASE WHEN f.currency = 'hours' THEN CAST(sum(f.spent - f.budget) AS DOUBLE) END AS hours,
    CASE WHEN f.currency IS DISTINCT FROM 'hours' THEN CAST(sum(f.budget) AS DOUBLE) END
        AS budget_amount,
    CASE WHEN f.currency IS DISTINCT FROM 'hours' THEN CAST(sum(f.spent - f.budget) AS DOUBLE) END
        AS at_stake,
    nullif(f.currency, 'hours') AS currency"""),
        rows(
            Fact.BUDGETS,
            replace(scope, start=BEGINNING, end=scope.last),
            "LEFT JOIN projects AS ep ON ep.id = f.project_id",
        ),
        Sql("GROUP BY f.project_id, f.client_id, f.currency, ep.is_active"),
        # A project whose budget is in another unit by now has none in this one.
        Sql("HAVING sum(f.budget) > 0 AND sum(f.spent) > sum(f.budget)"),
        Sql(
            "AND (ep.is_active OR coalesce(sum(f.burned) FILTER (f.day >= ?), 0) > 0)",
            (scope.start,),
        ),
    )
    return LeakRows(sql_join("\n", pieces))


_BUDGET_COLUMNS = (
    CLIENT_COLUMN,
    PROJECT_COLUMN,
    stake_column("What is used up above a budget in money. Above one in hours: see hours over."),
    hours_column("Hours over", "What is used up above a budget in hours."),
    Column(id="used_share", label="Used", unit=Unit.SHARE, doc="Of the budget; of a month's."),
    hours_column("Budget in hours", "Of a monthly budget the one of that month.", "budget_hours"),
    Column(id="budget_amount", label="Budget in money", unit=Unit.MONEY),
)


def expenses_without_receipt(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """Return a row per expense without a receipt."""
    # A record of the hosted copy alone says nothing of locks or receipts.
    where = rows(
        Fact.EXPENSES,
        scope,
        "JOIN records.expenses AS r ON r.id = f.id",
        among="r.receipt IS NULL",
    )
    pieces = (
        Sql(f"""\
SELECT
    f.id AS id,
    f.day AS day,
    f.client_id AS client_id,
    f.project_id AS project_id,
    f.user_id AS user_id,
    f.category_id AS category_id,
    CAST(NULL AS DOUBLE) AS hours,
    CAST(f.amount AS DOUBLE) AS amount,
    CASE WHEN {predicates.UNINVOICED} THEN CAST(f.amount AS DOUBLE) END AS at_stake,
    f.currency AS currency"""),
        where,
        Sql("AND r.is_locked IS NOT NULL"),
    )
    ((unknown,),) = snapshot.rows(
        *sql_join("\n", [Sql("SELECT count(*) AS count"), where, Sql("AND r.is_locked IS NULL")])
    )
    notes = (f"Of {unknown} older expenses the source does not say whether they have a receipt.",)
    return LeakRows(sql_join("\n", pieces), notes if unknown else ())


_EXPENSE_COLUMNS = (
    Column(id="day", label="Day"),
    CLIENT_COLUMN,
    PROJECT_COLUMN,
    PERSON_COLUMN,
    Column(id="category", label="Category"),
    Column(id="amount", label="Amount", unit=Unit.MONEY),
    stake_column(
        "The amount where it is billable and not invoiced yet: a client may refuse it. What others"
        " cost without a receipt, as in tax, is not known here."
    ),
)

OVER_BUDGET = Leak(
    id="over_budget",
    label="Over budget",
    advice="Agree a budget increase with the client or stop work.",
    find=over_budget,
    shown="f.id, ec.name AS client, f.client_id, ep.name AS project, f.project_id, f.used_share,"
    " f.budget_hours, f.hours, f.budget_amount, f.at_stake, f.currency",
    joins=NAMES,
    order="f.at_stake DESC NULLS LAST, f.hours DESC, f.project_id",
    path=PROJECT_PATH,
    columns=_BUDGET_COLUMNS,
    facts=frozenset({Fact.BUDGETS}),
)
EXPENSES_WITHOUT_RECEIPT = Leak(
    id="expenses_without_receipt",
    label="Expenses without a receipt",
    advice="Request the receipt.",
    find=expenses_without_receipt,
    shown="CAST(f.id AS VARCHAR) AS id, f.day, ec.name AS client, f.client_id, ep.name AS project,"
    " f.project_id, eu.name AS person, f.user_id AS person_id, ek.name AS category, f.hours,"
    " f.amount, f.at_stake, f.currency",
    joins=f"{NAMES}\n{PERSON}\nLEFT JOIN expense_categories AS ek ON ek.id = f.category_id",
    order="f.at_stake DESC NULLS LAST, f.amount DESC, f.id",
    path="'expenses'",
    columns=_EXPENSE_COLUMNS,
    facts=frozenset({Fact.EXPENSES}),
)
