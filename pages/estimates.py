"""Estimates: open ones, by status, and win rates."""

import streamlit as st

from dashboard.charts.theme import ESTIMATE_STATES
from dashboard.components import cards
from dashboard.components.filter_bar import current_comparison, current_params, scope_line
from dashboard.components.page_params import PageParams
from dashboard.components.queries import get, prefetch, report_query, trend_query
from dashboard.components.report_table import report_card
from dashboard.components.selected_bar import states_card
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    DRAFT_ESTIMATE_AMOUNT,
    ESTIMATE_AMOUNT,
    ESTIMATE_COUNT,
    WIN_RATE,
    WIN_RATE_AMOUNT,
    Metric,
)
from dashboard.metrics.period import choose_step
from dashboard.web.page_access import fragment


@fragment()
def estimate_sections(params: PageParams) -> None:
    """Draw estimates by status, the open ones, and all."""
    became, still_open = st.columns([2, 3])
    with became:
        bar = states_card(
            "estimates", params.scope, ESTIMATE_STATES, title="Estimates by status",
            caption="Issued in the period: amounts, and how many.",
        )  # fmt: skip
    with still_open:
        report_card("estimates_open", params, empty="No open estimates.")
    report_card(
        "estimates",
        params,
        also=bar.also,
        says=bar.says,
        caption="Issued or decided in the period, or open. Select a bar above to see its own.",
        empty="No estimates in this period.",
    )


params = current_params(load_settings())
scope = params.scope
step = choose_step(scope.start, scope.end)
counts: list[Metric] = [ESTIMATE_COUNT, WIN_RATE]
amounts: list[Metric] = [ESTIMATE_AMOUNT, DRAFT_ESTIMATE_AMOUNT, WIN_RATE_AMOUNT]
count_trend = trend_query(counts, step, scope=scope)
amount_trend = trend_query(amounts, step, scope=scope)
prefetch(
    count_trend,
    amount_trend,
    *cards.comparison_queries([counts, amounts], scope, compare=current_comparison()),
    report_query("estimates", scope=scope),
    report_query("estimates_open", scope=scope),
)
scope_line(scope)

cards.kpi_cards(
    (counts, get(count_trend)), (amounts, get(amount_trend)), compare=current_comparison()
)
estimate_sections(params)
