"""Utilization by person and week, and available hours."""

from dashboard.config import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_HOURS,
    CAPACITY_HOURS,
    HARVEST_UTILIZATION,
    TOTAL_UTILIZATION,
    UTILIZATION,
)
from dashboard.metrics.period import choose_step
from dashboard.ui import kpis, room
from dashboard.ui.data import get_trend, prefetch, trend_query
from dashboard.ui.filters import current_comparison, current_params, scope_line
from dashboard.ui.kpis import supported_metrics
from dashboard.ui.states import stop_if_empty

asked = current_params(load_settings())
scope = asked.scope
step = choose_step(scope.start, scope.end)
shown = supported_metrics(
    [UTILIZATION, TOTAL_UTILIZATION, HARVEST_UTILIZATION, BILLABLE_HOURS, CAPACITY_HOURS], scope
)
follows = UTILIZATION in shown
prefetch(
    trend_query(shown, step, scope=scope),
    *kpis.comparison_queries([shown], scope, compare=current_comparison()),
    *(room.wanted_ahead(scope) if follows else ()),
)
scope_line(scope)
stop_if_empty(scope)

kpis.kpi_cards((shown, get_trend(shown, step, scope=scope)), compare=current_comparison())
if follows:
    room.utilization_sections(asked)
else:
    room.forecast_card(scope)
