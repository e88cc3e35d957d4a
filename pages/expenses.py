"""Expenses by time, category and client."""

from dashboard.config import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_EXPENSE_AMOUNT,
    EXPENSE_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
)
from dashboard.metrics.dimensions import BILLABLE
from dashboard.metrics.period import choose_step
from dashboard.ui import kpis
from dashboard.ui.data import get_trend, metrics_query, prefetch, report_query, trend_query
from dashboard.ui.expenses import expense_sections
from dashboard.ui.filters import current_comparison, current_params, scope_line

SPENT = [EXPENSE_AMOUNT, BILLABLE_EXPENSE_AMOUNT, UNINVOICED_EXPENSE_AMOUNT]

asked = current_params(load_settings())
scope = asked.scope
step = choose_step(scope.start, scope.end)
prefetch(
    trend_query(SPENT, step, scope=scope),
    *kpis.comparison_queries([SPENT], scope, compare=current_comparison()),
    metrics_query([EXPENSE_AMOUNT], by=[step, BILLABLE], scope=scope),
    report_query("expenses_by_category", scope=scope),
    report_query("expenses", scope=scope),
)
scope_line(scope)
kpis.kpi_cards((SPENT, get_trend(SPENT, step, scope=scope)), compare=current_comparison())
expense_sections(asked, step)
