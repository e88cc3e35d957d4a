"""Receivables: invoiced, paid and outstanding amounts by month, and aging by client."""

from collections.abc import Mapping

from dashboard.access.rights import Right
from dashboard.metrics.catalog import INVOICED_AMOUNT, OUTSTANDING_AMOUNT, PAID_AMOUNT
from dashboard.metrics.dimensions import AGE_BUCKET, CLIENT, MONTH
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.metric import Unit, facts_of
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec, table_of_result
from dashboard.store.snapshots import Snapshot

_BY_MONTH = (INVOICED_AMOUNT, PAID_AMOUNT, OUTSTANDING_AMOUNT)
BUCKETS = {
    "current": "Not yet due",
    "1-30": "1–30 days",
    "31-60": "31–60 days",
    "61-90": "61–90 days",
    "90+": "Over 90 days",
    "no due date": "No due date",
}
"""Labels of the buckets by days past due, the least overdue first."""


def invoices_by_month_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per month and currency; outstanding amounts are as of the month's end.

    The first and the last month have the days that are in scope. Raises `MetricError` for a filter
    on what invoices do not know.
    """
    table = table_of_result(query_metrics(snapshot, _BY_MONTH, by=[MONTH], scope=scope))
    frame = table.frame.sort_values(["currency", MONTH.id], kind="stable").reset_index(drop=True)
    columns = tuple(
        Column(id=column.id, label=column.label, unit=column.unit, doc=column.doc)
        if column.id == OUTSTANDING_AMOUNT.id  # a balance of each month: no sum of months
        else column
        for column in table.columns
    )
    return Table(frame, columns, table.notes)


def aging_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per client and currency with the outstanding amount by days past due.

    Balances are as of the last day that has begun; per currency they add up to Outstanding. The
    largest amount comes first. Raises `MetricError` for a filter on what invoices do not know.
    """
    result = query_metrics(snapshot, (OUTSTANDING_AMOUNT,), by=[CLIENT, AGE_BUCKET], scope=scope)
    keys = [CLIENT.id, "client_id", "currency"]
    amounts = result.frame[result.frame[OUTSTANDING_AMOUNT.id] != 0]
    # A missing client or currency is a group of its own.
    groups = amounts.groupby([*keys, AGE_BUCKET.id], dropna=False)[OUTSTANDING_AMOUNT.id].sum()
    frame = groups.unstack(AGE_BUCKET.id, fill_value=0).reset_index()
    for bucket in BUCKETS:
        frame[bucket] = frame[bucket].astype(float) if bucket in frame else 0.0
    frame[OUTSTANDING_AMOUNT.id] = frame[list(BUCKETS)].sum(axis=1)
    frame = frame[[*keys, *BUCKETS, OUTSTANDING_AMOUNT.id]].sort_values(
        ["currency", OUTSTANDING_AMOUNT.id], ascending=[True, False], kind="stable"
    )
    frame = frame.reset_index(drop=True).rename_axis(columns=None)
    used = [bucket for bucket in BUCKETS if bucket != "no due date" or frame[bucket].any()]
    columns = (
        Column(id=CLIENT.id, label=CLIENT.label),
        Column(id="currency", label="Currency"),
        *(
            Column(id=bucket, label=BUCKETS[bucket], unit=Unit.MONEY, adds_up=True)
            for bucket in used
        ),
        Column(
            id=OUTSTANDING_AMOUNT.id,
            label="Outstanding",
            unit=Unit.MONEY,
            doc=OUTSTANDING_AMOUNT.doc,
            adds_up=True,
        ),
    )
    return Table(frame, columns, result.notes)


INVOICES_BY_MONTH = TableSpec(
    id="invoices_by_month",
    title="Invoiced and paid by month",
    make=invoices_by_month_table,
    needs=frozenset({Right.INVOICES}),
    facts=facts_of(_BY_MONTH),
)
AGING = TableSpec(
    id="aging",
    title="Accounts receivable aging by client",
    make=aging_table,
    needs=frozenset({Right.INVOICES}),
    facts=facts_of((OUTSTANDING_AMOUNT,)),
)
