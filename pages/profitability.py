"""Profitability by client and project."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from dashboard.charts.bars import BEST, WORST, margins_chart
from dashboard.charts.theme import get_theme
from dashboard.components import cards, queries, selection
from dashboard.components.cards import supported_groups
from dashboard.components.chart import selectable_chart
from dashboard.components.filter_bar import current_comparison, current_params, scope_line
from dashboard.components.page_params import PageParams
from dashboard.components.queries import Query, get, prefetch, trend_query
from dashboard.components.report_table import entries_card, entries_queries, report_card
from dashboard.components.selection import Narrowing, combine, row_of_bar, selection_from_row
from dashboard.components.text import md_text
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    COST_AMOUNT,
    COST_COVERAGE,
    GROSS_MARGIN_AMOUNT,
    MARGIN_SHARE,
    REVENUE_AMOUNT,
)
from dashboard.metrics.dimensions import CLIENT, PROJECT, Dimension
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.period import choose_step
from dashboard.metrics.scope import Scope
from dashboard.web.page_access import fragment
from harvest_client.search import Compare, Operator

_TABLES = {
    "Client": ("profitability", (CLIENT,)),
    "Project": ("profitability_by_project", (CLIENT, PROJECT)),
}


def with_cost(scope: Scope) -> Scope:
    """The part of `scope` whose cost is in the currency that clients pay in: there is a margin."""
    currency = queries.get_snapshot().meta.currency
    return scope.and_(Compare(Operator.EQ, "client.currency", currency)) if currency else scope


def whose_margin(answers: Iterable[QueryResult]) -> None:
    """Return beside the figures that the margin is not what is left of all revenue and all cost."""
    own = queries.get_snapshot().meta.currency
    paid = {
        currency
        for result in answers
        if "currency" in result.frame
        for currency in cards.values_by_currency(result)
    }
    if own and paid - {own}:
        st.caption(
            f"Cost is of all work. Margin and cost coverage are of clients who pay in {own}:"
            " cost is in no other currency."
        )


def section_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of the sections, slowest first, with the choice of the run before."""
    name, _ = _TABLES[st.session_state.get("profit_by") or next(iter(_TABLES))]
    return [queries.report_query(name, scope=scope), *entries_queries(scope)]


@fragment()
def margin_sections(params: PageParams) -> None:
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
    bar = _margin_chart(name, dimensions[-1], params.scope)
    row = report_card(name, params, empty="No revenue or cost in this period.")
    selections: dict[str, Narrowing | None] = {}
    for place, item in (("chart", bar), ("table", row)):
        if item:
            # The currency of a row is the unit of its amounts, not a restriction of its entries.
            of = {name: value for name, value in item.items() if name != "currency"}
            selections[place] = selection_from_row(of, dimensions, queries.get_snapshot())
    picked = combine(selections, "_margin_selections")
    with st.container(border=True):
        entries_card(params, picked)


def _margin_chart(name: str, by: Dimension, scope: Scope) -> dict[str, Any] | None:
    """Draw the margins; the row of the bar that is selected."""
    frame = queries.get(queries.report_query(name, scope=scope)).frame
    known = frame[frame[GROSS_MARGIN_AMOUNT.id].notna()]
    currency = queries.get_snapshot().meta.currency
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
                queries.get_formats(),
                currency=currency,
            ),
            key=f"margins_{by.id}_{selection.selection_epoch()}",
            alt=f"Gross margin by {by.id}, the highest first",
        )
        text = "Label: margin · % of revenue (cost coverage if below 100%)"
        if len(known) > BEST + WORST:
            text += f" The {BEST} best and {WORST} worst of {len(known)}; see the table for all."
        st.caption(text)
    if point is None or point.trace > 0:
        return None  # none is selected, or a text beside a bar
    return row_of_bar(known, by, point.value)


params = current_params(load_settings())
scope, costed = params.scope, with_cost(params.scope)
step = choose_step(scope.start, scope.end)
scope_line(scope)
earned = supported_groups([[REVENUE_AMOUNT], [COST_AMOUNT]], scope)
margin, coverage = [GROSS_MARGIN_AMOUNT, MARGIN_SHARE], [COST_COVERAGE]
# In one currency they are one question: hours have none.
left = supported_groups([margin + coverage] if costed is not scope else [margin, coverage], costed)
listing, *entries = section_queries(scope)
prefetch(
    listing,
    *(trend_query(group, step, scope=scope) for group in earned),
    *(trend_query(group, step, scope=costed) for group in left),
    *cards.comparison_queries(earned, scope, compare=current_comparison()),
    *cards.comparison_queries(left, costed, compare=current_comparison()),
    *entries,
)

courses = [(group, get(trend_query(group, step, scope=scope))) for group in earned]
courses += [(group, get(trend_query(group, step, scope=costed))) for group in left]
cards.kpi_cards(*courses, compare=current_comparison())
whose_margin(course.total for _, course in courses)
margin_sections(params)
