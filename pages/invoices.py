"""Invoices: amounts by age and status, clients to call, and all invoices."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.invoices import AGES, ageing_bars, months_chart
from dashboard.charts.theme import INVOICE_STATES, get_theme
from dashboard.components import cards, queries
from dashboard.components.chart import static_chart
from dashboard.components.completeness import time_captions
from dashboard.components.filter_bar import current_comparison, current_params, scope_line
from dashboard.components.page_params import PageParams
from dashboard.components.queries import get, metrics_query, prefetch, report_query, trend_query
from dashboard.components.report_table import entries_card, report_card
from dashboard.components.selected_bar import SelectedBar, figure_per_currency, states_card
from dashboard.components.selection import Narrowing, combine
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    CLIENT_CREDIT_AMOUNT,
    DAYS_TO_PAY,
    DSO,
    INVOICED_AMOUNT,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    PAID_AMOUNT,
    RETAINER_BALANCE_AMOUNT,
    Fact,
    Metric,
)
from dashboard.metrics.completeness import FIRST
from dashboard.metrics.dimensions import AGE_BUCKET, CURRENCY, MONTH, Dimension, day_label
from dashboard.metrics.period import Period, choose_step
from dashboard.metrics.scope import Scope
from dashboard.web.page_access import fragment
from harvest_client.search import Compare, Operator

AGEING: tuple[list[Metric], list[Dimension]] = ([OUTSTANDING_AMOUNT], [CURRENCY, AGE_BUCKET])
"""What the chart of ages asks: metrics, and by what."""


@fragment()
def invoice_sections(params: PageParams) -> None:
    """Draw invoices by age and status, clients to call, all invoices, and the time on one."""
    ages, became = st.columns(2)
    with ages:
        aged = _ageing_card(params.scope)
    with became:
        stated = states_card(
            "invoices", params.scope, INVOICE_STATES, title="Invoices by status",
            caption="Issued in the period, deposits among them: whole amounts, and how many.",
        )  # fmt: skip
    selections = {"age": aged if aged.also else None, "state": stated if stated.also else None}
    bar = combine(selections, "_invoice_selections") or SelectedBar()
    client = report_card(
        "invoices_to_call",
        params,
        caption="Sorted by overdue amount, per currency.",
        empty="No outstanding invoices.",
    )
    report_card("aging", params, empty="No outstanding invoices.")
    _months_card(params)
    of = str(client["client"]) if client else ""
    row = report_card(
        "invoices",
        _of_client(params, client),
        also=bar.also,
        says=" · ".join(filter(None, (bar.says, of))),
        caption=(
            "Issued in this period or still open. Click a bar or client above to "
            "filter; click an invoice for its time entries."
        ),
        empty="No invoices.",
    )
    if row is not None:
        _time_on(params, row)


def _ageing_card(scope: Scope) -> SelectedBar:
    """Draw outstanding amounts by age and return the selected bar."""
    metrics, by = AGEING
    answer = queries.get(queries.metrics_query(metrics, by=by, scope=scope))
    with st.container(border=True, height="stretch"):
        st.subheader("Accounts receivable aging", anchor=False)
        st.caption(f"Outstanding on {day_label(scope.last)}, by days since it was due.")
        return figure_per_currency(
            answer.frame,
            lambda currency: ageing_bars(
                answer, currency, get_theme(st.context.theme.type), queries.get_formats()
            ),
            "Outstanding by age",
            "No outstanding invoices.",
            ("age", {key: label for key, (label, _) in AGES.items()}),
        )


def _months_card(params: PageParams) -> None:
    """Draw invoiced and paid amounts by month, in the currency with the largest amounts."""
    table = queries.get(queries.report_query("invoices_by_month", scope=params.scope))
    if table.frame[MONTH.id].nunique() < 2:
        return  # one month is on the cards
    sizes = table.frame.groupby("currency", dropna=False)[INVOICED_AMOUNT.id].sum()
    own = queries.get_snapshot().meta.currency
    currency = own if own in sizes.index else sizes.idxmax()
    code = currency if isinstance(currency, str) else None
    with st.container(border=True):
        st.subheader(f"Invoiced and paid by month, {code or 'no currency'}", anchor=False)
        static_chart(
            months_chart(table, code, get_theme(st.context.theme.type), queries.get_formats()),
            alt="Invoiced and paid amounts by month",
        )
    report_card("invoices_by_month", params)


def _of_client(params: PageParams, row: dict[str, Any] | None) -> PageParams:
    """Return the question about the client and currency of a selected row; the same without one."""
    if row is None:
        return params
    for path, value in (("client.id", row["client_id"]), ("client.currency", row["currency"])):
        known = None if pd.isna(value) else value if isinstance(value, str) else int(value)
        params = params.restrict(Compare(Operator.EQ, path, known))
    return params


def _time_on(params: PageParams, row: dict[str, Any]) -> None:
    """The time entries on an invoice, of whenever: those that its viewer sees."""
    today = params.scope.today
    number = row["id"] if pd.isna(row["number"]) else row["number"]
    on_it = Compare(Operator.EQ, "invoice.id", int(row["id"]))
    first = min(queries.first_day(Fact.TIME) or today, today)
    scope = replace(params.scope, start=first, end=today, where=None)
    whole = replace(params, period=Period("all"), where=None, scope=scope)
    with st.container(border=True):
        entries_card(whole, Narrowing(on_it, f"Invoice {number}"))
        count, _ = queries.get(queries.entry_count_query(scope=scope.and_(on_it)))
        if not queries.get_snapshot().viewer.sees_everything:
            st.caption("Of work on any day, as far as you may see it.")
        elif count:
            st.caption("All time entries on this invoice, regardless of the selected period.")
        else:
            st.caption(
                ":material/inbox: No time entries are linked to this invoice. It was "
                "created from other items or manually."
            )
        time_captions(replace(scope, start=FIRST))


params = current_params(load_settings())
scope = params.scope
step = choose_step(scope.start, scope.end)
metrics: list[Metric] = [
    INVOICED_AMOUNT,
    PAID_AMOUNT,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    DSO,
    DAYS_TO_PAY,
]
# Most accounts have neither, and six cards fit beside each other.
liabilities: list[Metric] = [CLIENT_CREDIT_AMOUNT, RETAINER_BALANCE_AMOUNT]
trend = trend_query([*metrics, *liabilities], step, scope=scope)
prefetch(
    trend,
    report_query("invoices_to_call", scope=scope),
    report_query("invoices", scope=scope),
    report_query("aging", scope=scope),
    report_query("invoices_by_month", scope=scope),
    *cards.comparison_queries([metrics], scope, compare=current_comparison()),
    metrics_query(AGEING[0], by=AGEING[1], scope=scope),
)
scope_line(scope)

amounts = get(trend)
cards.kpi_cards(
    ([*metrics, *cards.nonzero_metrics(liabilities, amounts)], amounts),
    compare=current_comparison(),
)
invoice_sections(params)
