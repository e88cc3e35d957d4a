"""Margins: who leaves one, as bars and as a table, and the time entries behind it."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from dashboard.charts.margins import BEST, WORST, margins_chart
from dashboard.charts.palette import get_theme
from dashboard.metrics.answer import QueryResult
from dashboard.metrics.catalog import GROSS_MARGIN_AMOUNT
from dashboard.metrics.dimensions import CLIENT, PROJECT, Dimension
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data, kpis
from dashboard.ui.entries import entries_card, entries_queries
from dashboard.ui.kept import Query
from dashboard.ui.listing import report_card
from dashboard.ui.narrowing import Narrowing, combine, row_of_bar, selection_from_row
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import selectable_chart
from dashboard.ui.question import PageParams
from dashboard.ui.text import md_text
from harvest_client.search import Compare, Operator

_TABLES = {
    "Client": ("profitability", (CLIENT,)),
    "Project": ("profitability_by_project", (CLIENT, PROJECT)),
}


def with_cost(scope: Scope) -> Scope:
    """The part of `scope` whose cost is in the currency that clients pay in: there is a margin."""
    currency = data.get_snapshot().meta.currency
    return scope.and_(Compare(Operator.EQ, "client.currency", currency)) if currency else scope


def whose_margin(answers: Iterable[QueryResult]) -> None:
    """Says beside the figures that the margin is not what is left of all revenue and all cost."""
    own = data.get_snapshot().meta.currency
    paid = {
        currency
        for found in answers
        if "currency" in found.frame
        for currency in kpis.values_by_currency(found)
    }
    if own and paid - {own}:
        st.caption(
            f"Cost is of all work. Margin and cost coverage are of clients who pay in {own}:"
            " cost is in no other currency."
        )


def wanted_ahead(scope: Scope) -> list[Query[Any]]:
    """Return the queries of the sections, slowest first, with the choice of the run before."""
    name, _ = _TABLES[st.session_state.get("profit_by") or next(iter(_TABLES))]
    return [data.report_query(name, scope=scope), *entries_queries(scope)]


@fragment()
def margin_sections(asked: PageParams) -> None:
    """By client or project: the chart of known margins, the table, and the entries of a row."""
    chosen = st.segmented_control(
        "By",
        list(_TABLES),
        default="Client",
        required=True,
        key="profit_by",
        label_visibility="collapsed",
    )
    name, dimensions = _TABLES[chosen or "Client"]
    bar = _margin_chart(name, dimensions[-1], asked.scope)
    row = report_card(name, asked, empty="Nothing was earned or spent in this period.")
    selections: dict[str, Narrowing | None] = {}
    for place, one in (("chart", bar), ("table", row)):
        if one:
            # The currency of a row is the unit of its amounts, not a restriction of its entries.
            of = {name: value for name, value in one.items() if name != "currency"}
            selections[place] = selection_from_row(of, dimensions, data.get_snapshot())
    picked = combine(selections, "_margin_selections")
    with st.container(border=True):
        entries_card(asked, picked)


def _margin_chart(name: str, by: Dimension, scope: Scope) -> dict[str, Any] | None:
    """Draws the margins; the row of the bar that is selected."""
    frame = data.get_report(name, scope=scope).frame
    known = frame[frame[GROSS_MARGIN_AMOUNT.id].notna()]
    currency = data.get_snapshot().meta.currency
    with st.container(border=True):
        st.subheader(f"Gross margin, {md_text(currency or 'no currency')}", anchor=False)
        if known.empty:
            st.caption(":material/inbox: No margin is known in this period.")
            return None
        point = selectable_chart(
            margins_chart(
                known,
                by.id,
                get_theme(st.context.theme.type),
                data.get_formats(),
                currency=currency,
            ),
            key=f"margins_{by.id}_{clearing.selection_epoch()}",
            alt=f"Gross margin by {by.id}, the highest first",
        )
        told = "Share of revenue; in brackets the share of hours whose cost is known, if not all."
        if len(known) > BEST + WORST:
            told += f" The {BEST} best and {WORST} worst of {len(known)}; the table has them all."
        st.caption(told)
    if point is None or point.trace > 0:
        return None  # none is selected, or a text beside a bar
    return row_of_bar(known, by, point.value)
