"""Budgets that are overrun, and expenses that nothing proves."""

from dataclasses import replace

from dashboard.listings.leaking.leak import Leak
from dashboard.listings.leaking.table import (
    BEGINNING,
    CLIENT_COLUMN,
    NAMES,
    PERSON,
    PERSON_COLUMN,
    PROJECT_COLUMN,
    hours_column,
    linked,
    project_paths,
    read,
    stake_column,
)
from dashboard.listings.listing import Column, Listing
from dashboard.metrics.facts import rows
from dashboard.metrics.metric import Fact, Unit
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, joined


def over_budget(snapshot: Snapshot, scope: Scope) -> Listing:
    """A row per project that has used up more than its budget by the end of the period.

    Projects that are archived only where the period's own work went on using it up.
    """
    frame = read(
        snapshot,
        Sql("""\
SELECT
    concat_ws('-', f.project_id, f.currency) AS id,
    any_value(ec.name) AS client,
    f.client_id AS client_id,
    any_value(ep.name) AS project,
    f.project_id AS project_id,
    CAST(sum(f.spent) / sum(f.budget) AS DOUBLE) AS used_share,
    CASE WHEN f.currency = 'hours' THEN CAST(sum(f.budget) AS DOUBLE) END AS budget_hours,
    CASE WHEN f.currency = 'hours' THEN CAST(sum(f.spent - f.budget) AS DOUBLE) END AS hours,
    CASE WHEN f.currency <> 'hours' THEN CAST(sum(f.budget) AS DOUBLE) END AS budget_amount,
    CASE WHEN f.currency <> 'hours' THEN CAST(sum(f.spent - f.budget) AS DOUBLE) END AS at_stake,
    nullif(f.currency, 'hours') AS currency"""),
        rows(Fact.BUDGETS, replace(scope, start=BEGINNING, end=scope.last), NAMES),
        Sql("GROUP BY f.project_id, f.client_id, f.currency, ep.is_active"),
        # A project whose budget is in another unit by now has none in this one.
        Sql("HAVING sum(f.budget) > 0 AND sum(f.spent) > sum(f.budget)"),
        Sql(
            "AND (ep.is_active OR coalesce(sum(f.burned) FILTER (f.day >= ?), 0) > 0)",
            (scope.start,),
        ),
        Sql("ORDER BY at_stake DESC NULLS LAST, hours DESC, f.project_id"),
    )
    return linked(snapshot, frame, _BUDGET_COLUMNS, project_paths(frame))


_BUDGET_COLUMNS = (
    CLIENT_COLUMN,
    PROJECT_COLUMN,
    stake_column("What is used up above a budget in money. Above one in hours: see hours over."),
    hours_column("Hours over", "What is used up above a budget in hours."),
    Column(id="used_share", label="Used", unit=Unit.SHARE, doc="Of the budget; of a month's."),
    hours_column("Budget in hours", "Of a monthly budget the one of that month.", "budget_hours"),
    Column(id="budget_amount", label="Budget in money", unit=Unit.MONEY),
)


def expenses_without_receipt(snapshot: Snapshot, scope: Scope) -> Listing:
    """A row per expense without a receipt, the most at stake first."""
    # A record of the hosted copy alone says nothing of locks or receipts.
    where = rows(
        Fact.EXPENSES,
        scope,
        f"{NAMES}\n{PERSON}\nLEFT JOIN expense_categories AS ek ON ek.id = f.category_id\n"
        "JOIN records.expenses AS r ON r.id = f.id",
        among="r.receipt IS NULL",
    )
    frame = read(
        snapshot,
        Sql("""\
SELECT
    CAST(f.id AS VARCHAR) AS id,
    f.day AS day,
    ec.name AS client,
    f.client_id AS client_id,
    ep.name AS project,
    f.project_id AS project_id,
    eu.name AS person,
    f.user_id AS person_id,
    ek.name AS category,
    CAST(NULL AS DOUBLE) AS hours,
    CAST(f.amount AS DOUBLE) AS amount,
    CASE WHEN f.billable AND NOT f.is_billed THEN CAST(f.amount AS DOUBLE) END AS at_stake,
    f.currency AS currency"""),
        where,
        Sql("AND r.is_locked IS NOT NULL"),
        Sql("ORDER BY at_stake DESC NULLS LAST, amount DESC, f.id"),
    )
    ((unknown,),) = snapshot.rows(
        *joined("\n", [Sql("SELECT count(*) AS count"), where, Sql("AND r.is_locked IS NULL")])
    )
    notes = [f"Of {unknown} older expenses the source does not say whether they have a receipt."]
    paths = ["/expenses"] * len(frame)
    return linked(snapshot, frame, _EXPENSE_COLUMNS, paths, notes if unknown else ())


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
    advice="Agree on more with the client, or stop.",
    make=over_budget,
)
EXPENSES_WITHOUT_RECEIPT = Leak(
    id="expenses_without_receipt",
    label="Expenses without a receipt",
    advice="Ask whoever spent it for the receipt.",
    make=expenses_without_receipt,
)
