"""Invoices one by one: those issued in the period, and those still open at its end."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from dashboard.access.rights import Right
from dashboard.listings.bars import bars_note, of_bars
from dashboard.listings.harvest_links import record_url
from dashboard.listings.listing import Column, Kind, Listing
from dashboard.metrics.answer import answer
from dashboard.metrics.catalog import INVOICED_AMOUNT, OUTSTANDING_AMOUNT, OVERDUE_AMOUNT
from dashboard.metrics.dimensions import AGE_BUCKET
from dashboard.metrics.facts import SPANS, rows
from dashboard.metrics.metric import Fact, Unit, Window, facts_of
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, around, joined

_METRICS = (INVOICED_AMOUNT, OUTSTANDING_AMOUNT, OVERDUE_AMOUNT)
STATES = ("draft", "open", "late", "paid", "written off")

COLUMNS = (
    Column(id="number", label="Number"),
    Column(id="client", label="Client"),
    Column(id="issued", label="Issued"),
    Column(id="due", label="Due"),
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
        doc="Discount taken off, tax included. The file's `invoiced_amount` is the same without"
        " drafts and without invoices from before the period: it adds up to Invoiced.",
    ),
    Column(
        id="paid", label="Paid", unit=Unit.MONEY, doc="Up to the day of the balances, parts too."
    ),
    Column(
        id="outstanding",
        label="Outstanding",
        unit=Unit.MONEY,
        doc="Amount less paid and written off, all up to the day of the balances. Adds up to"
        " Outstanding; the file's `overdue`, the late ones of it, to Overdue.",
    ),
    Column(id="currency", label="Currency"),
)

_OWED = """\
SELECT
    f.invoice_id AS invoice_id,
    sum(f.amount) AS outstanding,
    -coalesce(sum(f.amount) FILTER (WHERE f.kind = 'paid'), 0) AS paid,
    -coalesce(sum(f.amount) FILTER (WHERE f.kind = 'written off'), 0) AS written_off
"""

# What was paid or closed after the day of the balance was open on it, whatever it is today.
_ROWS = f"""\
SELECT
    i.id AS id,
    i.number AS number,
    CASE WHEN i.client_id IS NULL THEN 'No client' ELSE coalesce(c.name, '#' || i.client_id) END
        AS client,
    i.client_id AS client_id,
    i.day AS issued,
    i.due_date AS due,
    CASE
        WHEN i.state = 'draft' THEN 'draft'
        WHEN o.outstanding <> 0 AND i.due_date < d.as_of THEN 'late'
        WHEN o.outstanding <> 0 OR i.day > d.as_of THEN 'open'
        WHEN i.closed_day <= d.as_of THEN 'written off'
        WHEN i.state = 'open' AND i.amount = 0 THEN 'open'
        ELSE 'paid'
    END AS state,
    CAST(CASE WHEN o.outstanding <> 0 AND i.due_date < d.as_of THEN d.as_of - i.due_date END
        AS DOUBLE) AS days_late,
    {AGE_BUCKET.column.format(age="(d.as_of - i.due_date)")} AS age_bucket,
    CAST(i.amount AS DOUBLE) AS amount,
    CAST(coalesce(o.paid, 0) AS DOUBLE) AS paid,
    CAST(coalesce(o.written_off, 0) AS DOUBLE) AS written_off,
    CAST(coalesce(o.outstanding, 0) AS DOUBLE) AS outstanding,
    CAST(CASE WHEN i.due_date < d.as_of THEN coalesce(o.outstanding, 0) ELSE 0 END AS DOUBLE)
        AS overdue,
    CAST(CASE WHEN n.id IS NOT NULL AND i.state IS DISTINCT FROM 'draft' THEN i.amount ELSE 0 END
        AS DOUBLE) AS invoiced_amount,
    n.id IS NOT NULL AS issued_in_period,
    i.currency AS currency
FROM invoice_facts AS i
CROSS JOIN spans AS d
LEFT JOIN owed AS o ON o.invoice_id = i.id
LEFT JOIN issued AS n ON n.id = i.id
LEFT JOIN clients AS c ON c.id = i.client_id
WHERE n.id IS NOT NULL OR o.outstanding <> 0
ORDER BY days_late DESC NULLS LAST, i.day DESC, i.id DESC"""


def invoices(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
    """A row per invoice issued in the period or not settled as of its end, the latest first.

    Balances and states are as of the last day that has begun. Per currency `invoiced_amount`,
    `outstanding` and `overdue` add up to those figures. `also` may name the bars that are meant, as
    `of_bars` has them. Raises `MetricError` for a filter on what invoices do not know.
    """
    # Also what says that a copy is too old to be asked.
    notes = answer(snapshot, _METRICS, scope=scope).notes
    frame = of_bars(invoice_rows(snapshot, scope), also, STATES)
    notes = (*notes, *bars_note(also))
    links = [record_url(snapshot.meta, f"/invoices/{key}") for key in frame["id"]]
    if None in links:
        return Listing(frame, COLUMNS, notes)
    link = Column(id="harvest", label="In Harvest", is_link=True)
    with_links = frame.assign(harvest=pd.Series(links, index=frame.index, dtype=object))
    return Listing(with_links, (*COLUMNS[:-1], link, COLUMNS[-1]), notes)


def invoice_rows(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """The rows alone."""
    frame = snapshot.frame(*_invoices(scope))
    return frame.astype({"id": "Int64", "client_id": "Int64"})


def late_invoices(
    snapshot: Snapshot, scope: Scope
) -> dict[tuple[int | None, str | None], tuple[int, date]]:
    """By client and currency how many of the rows are late, and when the oldest of them was due."""
    late = around(
        "SELECT client_id, currency, count(*), min(due) FROM (",
        _invoices(scope),
        ") WHERE state = 'late' GROUP BY client_id, currency",
    )
    return {
        (client, currency): (count, due) for client, currency, count, due in snapshot.rows(*late)
    }


def _invoices(scope: Scope) -> Sql:
    tables = [
        Sql(f"{SPANS} AS (SELECT CAST(? AS DATE) AS as_of)", (scope.last,)),
        around(
            f"owed AS (\n{_OWED}",
            rows(Fact.RECEIVABLES, scope, window=Window.AS_OF),
            "\nGROUP BY f.invoice_id)",
        ),
        around("issued AS (SELECT f.id AS id\n", rows(Fact.INVOICES, scope), ")"),
    ]
    return joined("\n", [around("WITH ", joined(",\n", tables), ""), Sql(_ROWS)])


INVOICES = Kind(
    id="invoices",
    title="Invoices",
    make=invoices,
    needs=frozenset({Right.INVOICES}),
    facts=facts_of(_METRICS),
)
