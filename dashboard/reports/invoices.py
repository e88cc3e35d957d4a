"""Invoices one by one: those issued in the period, and those still open at its end."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from dashboard.access.rights import Right
from dashboard.metrics.catalog import (
    CLIENT_CREDIT_AMOUNT,
    INVOICED_AMOUNT,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    predicates,
)
from dashboard.metrics.dimensions import AGE_BUCKET
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.fact_filters import SPANS, rows
from dashboard.metrics.metric import Fact, TimeWindow, Unit, facts_of
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec, bars_note, filter_by_bars, record_url
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join, sql_wrap

_METRICS = (INVOICED_AMOUNT, OUTSTANDING_AMOUNT, OVERDUE_AMOUNT, CLIENT_CREDIT_AMOUNT)
STATES = ("draft", "open", "late", "paid", "written off")

_DRAWN = Column(
    id="drawn",
    label="From retainer",
    unit=Unit.MONEY,
    adds_up=True,
    doc="What was drawn from a retainer for it, which is no cash.",
)
COLUMNS = (
    Column(id="number", label="Number"),
    Column(id="client", label="Client"),
    Column(id="issued", label="Issued"),
    Column(id="due", label="Due"),
    Column(
        id="kind",
        label="Kind",
        doc="A deposit pays into a retainer and is no income; a credit note is credit, not owed.",
    ),
    Column(
        id="state", label="State", doc="As of the day of the balances; late is past its due day."
    ),
    Column(
        id="days_late",
        label="Days late",
        unit=Unit.COUNT,
        doc="Since the due day, of what is still owed; due today is not late.",
    ),
    Column(
        id="amount",
        label="Amount",
        unit=Unit.MONEY,
        adds_up=True,
        doc="Discount taken off, tax included, before what was drawn from a retainer. The file's"
        " `invoiced_amount` is the same without drafts, deposits and invoices from before the"
        " period: it adds up to Invoiced.",
    ),
    Column(
        id="paid",
        label="Paid",
        unit=Unit.MONEY,
        adds_up=True,
        doc="Up to the day of the balances, parts too.",
    ),
    Column(
        id="outstanding",
        label="Outstanding",
        unit=Unit.MONEY,
        adds_up=True,
        doc="Amount less paid, drawn and written off, all up to the day of the balances, not below"
        " 0. Adds up to Outstanding; the file's `overdue`, the late ones of it, to Overdue.",
    ),
    Column(
        id="credit",
        label="Credit",
        unit=Unit.MONEY,
        adds_up=True,
        doc="What the client can draw: an overpayment, or an open credit note.",
    ),
    Column(id="currency", label="Currency"),
)

_MORE_AMOUNTS = ("drawn", "written_off", "overdue", "invoiced_amount")

_BALANCES = f"""\
SELECT
    f.invoice_id AS invoice_id,
    coalesce(sum(f.amount) FILTER (WHERE {predicates.OWED}), 0) AS outstanding,
    coalesce(sum(f.amount) FILTER (WHERE {predicates.OVERDUE.format(as_of="s.as_of")}), 0)
        AS overdue,
    -coalesce(sum(f.amount) FILTER (WHERE {predicates.CREDIT}), 0) AS credit,
    -coalesce(sum(f.amount) FILTER (WHERE {predicates.CASH}), 0) AS paid,
    -coalesce(sum(f.amount) FILTER (WHERE {predicates.DRAWN}), 0) AS drawn,
    -coalesce(sum(f.amount) FILTER (WHERE {predicates.WRITTEN_OFF}), 0) AS written_off
"""

# What was paid or closed after the day of the balance was open on it, whatever it is today.
_ROWS = f"""\
SELECT
    f.id AS id,
    f.number AS number,
    CASE WHEN f.client_id IS NULL THEN 'No client' ELSE coalesce(c.name, '#' || f.client_id) END
        AS client,
    f.client_id AS client_id,
    f.day AS issued,
    f.due_date AS due,
    CASE WHEN f.is_deposit THEN 'deposit' WHEN f.amount < 0 THEN 'credit note' ELSE 'invoice' END
        AS kind,
    CASE
        WHEN {predicates.DRAFT} THEN 'draft'
        WHEN b.overdue > 0 THEN 'late'
        WHEN b.outstanding > 0 OR f.day > d.as_of OR f.amount < 0 AND b.credit > 0 THEN 'open'
        WHEN f.closed_day <= d.as_of THEN 'written off'
        WHEN f.state = 'open' AND coalesce(f.amount, 0) = 0 THEN 'open'
        ELSE 'paid'
    END AS state,
    CAST(CASE WHEN b.overdue > 0 THEN d.as_of - f.due_date END AS DOUBLE) AS days_late,
    {AGE_BUCKET.column.format(age="(d.as_of - f.due_date)")} AS age_bucket,
    CAST(f.amount AS DOUBLE) AS amount,
    CAST(coalesce(b.paid, 0) AS DOUBLE) AS paid,
    CAST(coalesce(b.drawn, 0) AS DOUBLE) AS drawn,
    CAST(coalesce(b.written_off, 0) AS DOUBLE) AS written_off,
    CAST(coalesce(b.outstanding, 0) AS DOUBLE) AS outstanding,
    CAST(coalesce(b.overdue, 0) AS DOUBLE) AS overdue,
    CAST(coalesce(b.credit, 0) AS DOUBLE) AS credit,
    CAST(CASE WHEN n.id IS NOT NULL AND {predicates.INCOME} THEN f.amount ELSE 0 END AS DOUBLE)
        AS invoiced_amount,
    n.id IS NOT NULL AS issued_in_period,
    f.currency AS currency
FROM invoice_facts AS f
CROSS JOIN spans AS d
LEFT JOIN balances AS b ON b.invoice_id = f.id
LEFT JOIN issued AS n ON n.id = f.id
LEFT JOIN clients AS c ON c.id = f.client_id
WHERE n.id IS NOT NULL OR b.outstanding > 0 OR b.credit > 0
ORDER BY days_late DESC NULLS LAST, f.day DESC, f.id DESC"""


def invoices_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per invoice issued in the period or not settled as of its end, the latest first.

    Balances and states are as of the last day that has begun. Per currency `invoiced_amount`,
    `outstanding`, `overdue` and `credit` add up to those figures. `also` may name the bars that are
    meant, as `of_bars` has them. Raises `MetricError` for a filter on what invoices do not know.
    """
    # Also what says that a copy is too old to be asked.
    notes = query_metrics(snapshot, _METRICS, scope=scope).notes
    frame = filter_by_bars(invoice_rows(snapshot, scope), also, STATES)
    notes = (*notes, *bars_note(also))
    *columns, currency = COLUMNS
    if (frame["drawn"] != 0).any():
        columns.insert([column.id for column in columns].index("paid") + 1, _DRAWN)
    links = [record_url(snapshot.meta, f"/invoices/{key}") for key in frame["id"]]
    if None not in links:
        columns.append(Column(id="harvest", label="In Harvest", is_link=True))
        frame = frame.assign(harvest=pd.Series(links, index=frame.index, dtype=object))
    return Table(frame, (*columns, currency), notes, _MORE_AMOUNTS)


def invoice_rows(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """Return the rows alone."""
    frame = snapshot.query_frame(*_invoices_sql(scope))
    return frame.astype({"id": "Int64", "client_id": "Int64"})


def late_invoices(
    snapshot: Snapshot, scope: Scope
) -> dict[tuple[int | None, str | None], tuple[int, date]]:
    """By client and currency how many of the rows are late, and when the oldest of them was due."""
    late = sql_wrap(
        "SELECT client_id, currency, count(*), min(due) FROM (",
        _invoices_sql(scope),
        ") WHERE state = 'late' GROUP BY client_id, currency",
    )
    return {
        (client, currency): (count, due) for client, currency, count, due in snapshot.rows(*late)
    }


def _invoices_sql(scope: Scope) -> Sql:
    tables = [
        Sql(f"{SPANS} AS (SELECT CAST(? AS DATE) AS as_of)", (scope.last,)),
        sql_wrap(
            f"balances AS (\n{_BALANCES}",
            rows(Fact.RECEIVABLES, scope, window=TimeWindow.AS_OF),
            "\nGROUP BY f.invoice_id)",
        ),
        sql_wrap("issued AS (SELECT f.id AS id\n", rows(Fact.INVOICES, scope), ")"),
    ]
    return sql_join("\n", [sql_wrap("WITH ", sql_join(",\n", tables), ""), Sql(_ROWS)])


INVOICES = TableSpec(
    id="invoices",
    title="Invoices",
    make=invoices_table,
    needs=frozenset({Right.INVOICES}),
    facts=facts_of(_METRICS),
)
