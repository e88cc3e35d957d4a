"""What do clients owe, how late is it, and whom to call?"""

from dashboard.config import settings
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
from dashboard.metrics.period import grain
from dashboard.ui import invoice_parts, kpis
from dashboard.ui.data import ahead, ask_course, wanted, wanted_course, wanted_listing
from dashboard.ui.filters import asked_now, compared, scope_line

asked = asked_now(settings())
scope = asked.scope
step = grain(scope.start, scope.end)
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
ahead(
    wanted_course([*metrics, *liabilities], step, scope=scope),
    wanted_listing("invoices_to_call", scope=scope),
    wanted_listing("invoices", scope=scope),
    *kpis.wanted_before([metrics], scope, compare=compared()),
    wanted(invoice_parts.AGEING[0], by=invoice_parts.AGEING[1], scope=scope),
)
scope_line(scope)

course = ask_course([*metrics, *liabilities], step, scope=scope)
kpis.kpis(([*metrics, *kpis.not_zero(liabilities, course)], course), compare=compared())
invoice_parts.invoices(asked)
