"""Profitability by client and project."""

from dashboard.config import load_settings
from dashboard.metrics.catalog import (
    COST_AMOUNT,
    COST_COVERAGE,
    GROSS_MARGIN_AMOUNT,
    MARGIN_SHARE,
    REVENUE_AMOUNT,
)
from dashboard.metrics.period import choose_step
from dashboard.ui import kpis
from dashboard.ui.data import get_trend, prefetch, trend_query
from dashboard.ui.filters import current_comparison, current_params, scope_line
from dashboard.ui.following import supported_groups
from dashboard.ui.profitability import margin_sections, wanted_ahead, whose_margin, with_cost

asked = current_params(load_settings())
scope, costed = asked.scope, with_cost(asked.scope)
step = choose_step(scope.start, scope.end)
scope_line(scope)
earned = supported_groups([[REVENUE_AMOUNT], [COST_AMOUNT]], scope)
margin, coverage = [GROSS_MARGIN_AMOUNT, MARGIN_SHARE], [COST_COVERAGE]
# In one currency they are one question: hours have none.
left = supported_groups([margin + coverage] if costed is not scope else [margin, coverage], costed)
listing, *entries = wanted_ahead(scope)
prefetch(
    listing,
    *(trend_query(group, step, scope=scope) for group in earned),
    *(trend_query(group, step, scope=costed) for group in left),
    *kpis.comparison_queries(earned, scope, compare=current_comparison()),
    *kpis.comparison_queries(left, costed, compare=current_comparison()),
    *entries,
)

courses = [(group, get_trend(group, step, scope=scope)) for group in earned]
courses += [(group, get_trend(group, step, scope=costed)) for group in left]
kpis.kpi_cards(*courses, compare=current_comparison())
whose_margin(course.total for _, course in courses)
margin_sections(asked)
