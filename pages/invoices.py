"""What do clients owe, how late is it, and whom to call?"""

from dashboard.config import settings
from dashboard.metrics.catalog import (
    DAYS_TO_PAY,
    DSO,
    INVOICED_AMOUNT,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    PAID_AMOUNT,
    Metric,
)
from dashboard.metrics.period import grain
from dashboard.ui import bills, kpis
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
ahead(
    wanted_course(metrics, step, scope=scope),
    wanted_listing("invoices_to_call", scope=scope),
    wanted_listing("invoices", scope=scope),
    *kpis.wanted_before([metrics], scope, compare=compared()),
    wanted(bills.AGEING[0], by=bills.AGEING[1], scope=scope),
)
scope_line(scope)

kpis.kpis((metrics, ask_course(metrics, step, scope=scope)), compare=compared())
bills.invoices(asked)
