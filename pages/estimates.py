"""Estimates: open ones, and win rates."""

from dashboard.config import load_settings
from dashboard.metrics.catalog import (
    DRAFT_ESTIMATE_AMOUNT,
    ESTIMATE_AMOUNT,
    ESTIMATE_COUNT,
    WIN_RATE,
    WIN_RATE_AMOUNT,
    Metric,
)
from dashboard.metrics.period import choose_step
from dashboard.ui import estimate_parts, kpis
from dashboard.ui.data import get_trend, prefetch, report_query, trend_query
from dashboard.ui.filters import current_comparison, current_params, scope_line

asked = current_params(load_settings())
scope = asked.scope
step = choose_step(scope.start, scope.end)
counts: list[Metric] = [ESTIMATE_COUNT, WIN_RATE]
amounts: list[Metric] = [ESTIMATE_AMOUNT, DRAFT_ESTIMATE_AMOUNT, WIN_RATE_AMOUNT]
prefetch(
    trend_query(counts, step, scope=scope),
    trend_query(amounts, step, scope=scope),
    *kpis.comparison_queries([counts, amounts], scope, compare=current_comparison()),
    report_query("estimates", scope=scope),
    report_query("estimates_open", scope=scope),
)
scope_line(scope)

counted = get_trend(counts, step, scope=scope)
valued = get_trend(amounts, step, scope=scope)
kpis.kpi_cards((counts, counted), (amounts, valued), compare=current_comparison())
estimate_parts.estimate_sections(asked)
