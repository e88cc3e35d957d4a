"""Invoices by age and by status, whom to call, all invoices, and the time on one."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.bills import AGES, ageing_bars
from dashboard.charts.palette import INVOICE_STATES, get_theme
from dashboard.metrics.catalog import OUTSTANDING_AMOUNT, Fact, Metric
from dashboard.metrics.completeness import FIRST
from dashboard.metrics.dimensions import AGE_BUCKET, CURRENCY, Dimension, day_label
from dashboard.metrics.period import Period
from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.bills import SelectedBar, figure_per_currency, states_card
from dashboard.ui.completeness import time_captions
from dashboard.ui.entries import entries_card
from dashboard.ui.listing import report_card
from dashboard.ui.narrowing import Narrowing, combine
from dashboard.ui.page_access import fragment
from dashboard.ui.question import PageParams
from harvest_client.search import Compare, Operator

AGEING: tuple[list[Metric], list[Dimension]] = ([OUTSTANDING_AMOUNT], [CURRENCY, AGE_BUCKET])
"""What the chart of ages asks: metrics, and by what."""


@fragment()
def invoice_sections(asked: PageParams) -> None:
    """Draw invoices by age and status, clients to call, all invoices, and the time on one."""
    ages, became = st.columns(2)
    with ages:
        aged = _ageing_card(asked.scope)
    with became:
        stated = states_card(
            "invoices", asked.scope, INVOICE_STATES, title="What became of the invoices",
            caption="Issued in the period, deposits among them: whole amounts, and how many.",
        )  # fmt: skip
    selections = {"age": aged if aged.also else None, "state": stated if stated.also else None}
    bar = combine(selections, "_invoice_selections") or SelectedBar()
    client = report_card(
        "invoices_to_call",
        asked,
        caption="Per currency, the most overdue first.",
        empty="Clients owe nothing.",
    )
    of = str(client["client"]) if client else ""
    row = report_card(
        "invoices",
        _of_client(asked, client),
        also=bar.also,
        says=" · ".join(filter(None, (bar.says, of))),
        caption="Issued in the period, or open at its end. Select a bar or a client above to see "
        "theirs alone, an invoice to see the time on it.",
        empty="There is no invoice here.",
    )
    if row is not None:
        _time_on(asked, row)


def _ageing_card(scope: Scope) -> SelectedBar:
    """Draw outstanding amounts by age and return the selected bar."""
    metrics, by = AGEING
    answer = data.get_metrics(metrics, by=by, scope=scope)
    with st.container(border=True, height="stretch"):
        st.subheader("How late it is", anchor=False)
        st.caption(f"Outstanding on {day_label(scope.last)}, by days since it was due.")
        return figure_per_currency(
            answer.frame,
            lambda currency: ageing_bars(
                answer, currency, get_theme(st.context.theme.type), data.get_formats()
            ),
            "Outstanding by age",
            "Clients owe nothing.",
            ("age", {key: label for key, (label, _) in AGES.items()}),
        )


def _of_client(asked: PageParams, row: dict[str, Any] | None) -> PageParams:
    """The question about the client and currency of a selected row; the same without one."""
    if row is None:
        return asked
    for path, value in (("client.id", row["client_id"]), ("client.currency", row["currency"])):
        known = None if pd.isna(value) else value if isinstance(value, str) else int(value)
        asked = asked.restrict(Compare(Operator.EQ, path, known))
    return asked


def _time_on(asked: PageParams, row: dict[str, Any]) -> None:
    """The time entries on an invoice, of whenever: those that its viewer sees."""
    today = asked.scope.today
    number = row["id"] if pd.isna(row["number"]) else row["number"]
    on_it = Compare(Operator.EQ, "invoice.id", int(row["id"]))
    first = min(data.first_day(Fact.TIME) or today, today)
    scope = replace(asked.scope, start=first, end=today, where=None)
    whole = replace(asked, period=Period("all"), where=None, scope=scope)
    with st.container(border=True):
        entries_card(whole, Narrowing(on_it, f"Invoice {number}"))
        count, _ = data.get_entry_count(scope=scope.and_(on_it))
        if not data.get_snapshot().viewer.sees_everything:
            st.caption("Of work on any day, as far as you may see it.")
        elif count:
            st.caption("Of work on any day, whatever the period above.")
        else:
            st.caption(
                ":material/inbox: No stored time entry says that it is on this invoice: its lines "
                "are of something else, or were written by hand."
            )
        time_captions(replace(scope, start=FIRST))
