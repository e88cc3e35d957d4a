"""Collections: per client the amount owed, its oldest due date, and the usual days to pay."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from dashboard.access.rights import Right
from dashboard.metrics.catalog import (
    CLIENT_CREDIT_AMOUNT,
    DAYS_TO_PAY,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
)
from dashboard.metrics.dimensions import CLIENT
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.metric import Unit, facts_of
from dashboard.metrics.scope import Scope
from dashboard.reports.invoices import late_invoices
from dashboard.reports.table import Column, Table, TableSpec
from dashboard.store.snapshots import Snapshot

_YEAR = timedelta(days=364)  # before the last day, which counts too

_COLUMNS = (
    Column(id="client", label="Client"),
    Column(id="overdue", label="Overdue", unit=Unit.MONEY, adds_up=True, doc=OVERDUE_AMOUNT.doc),
    Column(
        id="outstanding",
        label="Outstanding",
        unit=Unit.MONEY,
        adds_up=True,
        doc=OUTSTANDING_AMOUNT.doc,
    ),
    Column(
        id="credit",
        label="Credit",
        unit=Unit.MONEY,
        doc="What the client can set off against it: overpayments and open credit notes.",
    ),
    Column(
        id="late_invoices", label="Late invoices", unit=Unit.COUNT, doc="How many are past due."
    ),
    Column(id="oldest_due", label="Oldest due", doc="The due day of the one that is late longest."),
    Column(
        id="days_late", label="Days late", unit=Unit.COUNT, doc="Of the oldest overdue invoice."
    ),
    Column(
        id="days_to_pay",
        label="Avg. days to pay",
        unit=Unit.DAYS,
        doc="Issue to payment, last 12 months, weighted by amount.",
    ),
    Column(id="currency", label="Currency"),
)


def collections_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per client and currency that owes, in each currency the most overdue first.

    A client with nothing but credit owes nothing and is left out.

    Balances are as of the last day that has begun. Raises `MetricError` for a filter on what
    invoices do not know.
    """
    balances = (OVERDUE_AMOUNT, OUTSTANDING_AMOUNT, CLIENT_CREDIT_AMOUNT)
    owed = query_metrics(snapshot, balances, by=[CLIENT], scope=scope)
    year = replace(scope, start=scope.last - _YEAR, end=scope.last)
    past = query_metrics(snapshot, (DAYS_TO_PAY,), by=[CLIENT], scope=year)
    paid = past.frame
    usual = dict(zip(_client_keys(paid), paid[DAYS_TO_PAY.id], strict=True))
    late = late_invoices(snapshot, scope)
    names = ("overdue", "outstanding", "credit")
    frame = owed.frame.rename(
        columns={metric.id: name for metric, name in zip(balances, names, strict=True)}
    )
    frame = frame[frame["outstanding"] > 0]
    keys = _client_keys(frame)
    oldest = [late[key][1] if key in late else None for key in keys]
    frame = frame.assign(
        late_invoices=[float(late[key][0]) if key in late else 0.0 for key in keys],
        oldest_due=pd.to_datetime(pd.Series(oldest, index=frame.index, dtype=object)),
        days_to_pay=[usual.get(key, float("nan")) for key in keys],
    )
    as_of = pd.Timestamp(scope.last)
    frame["days_late"] = [float((as_of - due).days) for due in frame["oldest_due"]]
    ranked = frame.sort_values(
        ["currency", "overdue", "outstanding"], ascending=[True, False, False], kind="stable"
    )
    return Table(ranked.reset_index(drop=True), _COLUMNS, (*owed.notes, *past.notes))


def _client_keys(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    """Client and currency, either of which may be none."""
    return [
        (None if pd.isna(client) else int(client), None if pd.isna(currency) else currency)
        for client, currency in zip(frame["client_id"], frame["currency"], strict=True)
    ]


INVOICES_TO_CALL = TableSpec(
    id="invoices_to_call",
    title="Collections: clients with overdue invoices",
    make=collections_table,
    needs=frozenset({Right.INVOICES}),
    facts=facts_of((OVERDUE_AMOUNT, OUTSTANDING_AMOUNT, DAYS_TO_PAY)),
)
