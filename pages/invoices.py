"""Invoices: amounts by age and status, clients to call, and all invoices."""

from dashboard.config import load_settings
from dashboard.metrics.catalog import (
    CLIENT_CREDIT_AMOUNT,
    DAYS_TO_PAY,
    DSO,
    INVOICED_AMOUNT,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    PAID_AMOUNT,
    RETAINER_BALANCE_AMOUNT,
    Metric,
)
from dashboard.metrics.period import choose_step
from dashboard.ui import invoice_parts, kpis
from dashboard.ui.data import get_trend, metrics_query, prefetch, report_query, trend_query
from dashboard.ui.filters import current_comparison, current_params, scope_line

asked = current_params(load_settings())
scope = asked.scope
step = choose_step(scope.start, scope.end)
metrics: list[Metric] = [
    INVOICED_AMOUNT,
    PAID_AMOUNT,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    DSO,
    DAYS_TO_PAY,
]
# Most accounts have neither, and six cards fit beside each other.
liabilities: list[Metric] = [CLIENT_CREDIT_AMOUNT, RETAINER_BALANCE_AMOUNT]
prefetch(
    trend_query([*metrics, *liabilities], step, scope=scope),
    report_query("invoices_to_call", scope=scope),
    report_query("invoices", scope=scope),
    *kpis.comparison_queries([metrics], scope, compare=current_comparison()),
    metrics_query(invoice_parts.AGEING[0], by=invoice_parts.AGEING[1], scope=scope),
)
scope_line(scope)

course = get_trend([*metrics, *liabilities], step, scope=scope)
kpis.kpi_cards(
    ([*metrics, *kpis.nonzero_metrics(liabilities, course)], course), compare=current_comparison()
)
invoice_parts.invoice_sections(asked)
