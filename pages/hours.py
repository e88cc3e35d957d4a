"""Hours over time, by client, project, task, person or role, and the time entries behind them."""

from dashboard.config import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    HOURS,
    NONBILLABLE_HOURS,
    UNPRICED_HOURS,
    UTILIZATION,
)
from dashboard.metrics.period import choose_step
from dashboard.ui import explore, kpis
from dashboard.ui.data import get_trend, prefetch, trend_query
from dashboard.ui.filters import current_comparison, current_params, scope_line
from dashboard.ui.kpis import supported_metrics
from dashboard.ui.states import stop_if_empty

asked = current_params(load_settings())
scope = asked.scope
step = choose_step(scope.start, scope.end)
shown = supported_metrics(
    [HOURS, BILLABLE_HOURS, BILLABLE_SHARE, UTILIZATION, UNPRICED_HOURS, BILLABLE_AMOUNT], scope
)
amounts = [metric for metric in shown if metric is BILLABLE_AMOUNT]
hours = [metric for metric in shown if metric not in amounts]
groups = [hours, amounts] if amounts else [hours]
prefetch(
    trend_query([*hours, NONBILLABLE_HOURS], step, scope=scope),
    *([trend_query(amounts, step, scope=scope)] if amounts else []),
    *kpis.comparison_queries(groups, scope, compare=current_comparison()),
    *explore.section_queries(scope),
)
scope_line(scope)
stop_if_empty(scope)

worked = get_trend([*hours, NONBILLABLE_HOURS], step, scope=scope)
figures = [(hours, worked)]
if amounts:
    figures.append((amounts, get_trend(amounts, step, scope=scope)))
kpis.kpi_cards(*figures, compare=current_comparison())
explore.hours_sections(asked, worked.steps)
