"""Uninvoiced work by client and age."""

from dashboard.config import load_settings
from dashboard.metrics.against import ComparisonPeriod
from dashboard.metrics.catalog import (
    UNINVOICED_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
    UNINVOICED_FEES_AMOUNT,
    UNINVOICED_HOURS,
)
from dashboard.metrics.period import choose_step
from dashboard.ui import kpis
from dashboard.ui.data import get_trend, prefetch, trend_query
from dashboard.ui.filters import current_params
from dashboard.ui.following import supported_groups
from dashboard.ui.wip import section_queries, uninvoiced_sections, window

WORK = [UNINVOICED_AMOUNT, UNINVOICED_EXPENSE_AMOUNT]
FEES = [UNINVOICED_FEES_AMOUNT]

asked = current_params(load_settings())
scope = asked.scope
step = choose_step(scope.start, scope.end)
window(scope)
groups = supported_groups([WORK, [UNINVOICED_HOURS], FEES], scope)
listing, *later = section_queries(asked, fees=FEES in groups)
prefetch(listing, *(trend_query(group, step, scope=scope) for group in groups), *later)

kpis.kpi_cards(
    *((group, get_trend(group, step, scope=scope)) for group in groups),
    compare=ComparisonPeriod.NOTHING,
)
uninvoiced_sections(asked, fees=FEES in groups)
