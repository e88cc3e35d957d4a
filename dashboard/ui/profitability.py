"""Margins: who leaves one, as bars and as a table, and the time entries behind it."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from dashboard.charts.margins import BEST, WORST, margins
from dashboard.charts.palette import look
from dashboard.metrics.answer import Answer
from dashboard.metrics.catalog import GROSS_MARGIN_AMOUNT
from dashboard.metrics.dimensions import CLIENT, PROJECT, Dimension
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data, kpis
from dashboard.ui.entries import entries_ahead, entries_card
from dashboard.ui.kept import Wanted
from dashboard.ui.listing import listing_card
from dashboard.ui.narrowing import Narrowing, combine, of_row, row_of_bar
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import selectable_chart
from dashboard.ui.question import Question
from dashboard.ui.text import md_text
from harvest_client.search import Compare, Operator

_TABLES = {
    "Client": ("profitability", (CLIENT,)),
    "Project": ("profitability_by_project", (CLIENT, PROJECT)),
}


def with_cost(scope: Scope) -> Scope:
    """The part of `scope` whose cost is in the currency that clients pay in: there is a margin."""
    currency = data.snapshot().meta.currency
    return scope.and_(Compare(Operator.EQ, "client.currency", currency)) if currency else scope


def whose_margin(answers: Iterable[Answer]) -> None:
    """Says beside the figures that the margin is not what is left of all revenue and all cost."""
    own = data.snapshot().meta.currency
    paid = {
        currency
        for found in answers
        if "currency" in found.frame
        for currency in kpis.values(found)
    }
    if own and paid - {own}:
        st.caption(
            f"Cost is of all work. Margin and cost coverage are of clients who pay in {own}:"
            " cost is in no other currency."
        )


def wanted_ahead(scope: Scope) -> list[Wanted[Any]]:
    """What `margins_of` will ask, slowest first; the choice is that of the run before."""
    name, _ = _TABLES[st.session_state.get("profit_by") or next(iter(_TABLES))]
    return [data.wanted_listing(name, scope=scope), *entries_ahead(scope)]


@fragment()
def margins_of(asked: Question) -> None:
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
    bar = _chart(name, dimensions[-1], asked.scope)
    row = listing_card(name, asked, empty="Nothing was earned or spent in this period.")
    selections: dict[str, Narrowing | None] = {}
    for place, one in (("chart", bar), ("table", row)):
        if one:
            # The currency of a row is the unit of its amounts, not a restriction of its entries.
            of = {name: value for name, value in one.items() if name != "currency"}
            selections[place] = of_row(of, dimensions, data.snapshot())
    picked = combine(selections, "_margin_selections")
    with st.container(border=True):
        entries_card(asked, picked)


def _chart(name: str, by: Dimension, scope: Scope) -> dict[str, Any] | None:
    """Draws the margins; the row of the bar that is selected."""
    frame = data.ask_listing(name, scope=scope).frame
    known = frame[frame[GROSS_MARGIN_AMOUNT.id].notna()]
    currency = data.snapshot().meta.currency
    with st.container(border=True):
        st.subheader(f"Gross margin, {md_text(currency or 'no currency')}", anchor=False)
        if known.empty:
            st.caption(":material/inbox: No margin is known in this period.")
            return None
        point = selectable_chart(
            margins(known, by.id, look(st.context.theme.type), data.formats(), currency=currency),
            key=f"margins_{by.id}_{clearing.turn()}",
            alt=f"Gross margin by {by.id}, the highest first",
        )
        told = "Share of revenue; in brackets the share of hours whose cost is known, if not all."
        if len(known) > BEST + WORST:
            told += f" The {BEST} best and {WORST} worst of {len(known)}; the table has them all."
        st.caption(told)
    if point is None or point.trace > 0:
        return None  # none is selected, or a text beside a bar
    return row_of_bar(known, by, point.value)
