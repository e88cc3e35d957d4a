"""What was spent, on what, and who pays for it?"""

from dashboard.config import settings
from dashboard.metrics.catalog import (
    BILLABLE_EXPENSE_AMOUNT,
    EXPENSE_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
)
from dashboard.metrics.dimensions import BILLABLE
from dashboard.metrics.period import grain
from dashboard.ui import kpis
from dashboard.ui.data import ahead, ask_course, wanted, wanted_course, wanted_listing
from dashboard.ui.expenses import spent
from dashboard.ui.filters import asked_now, compared, scope_line

SPENT = [EXPENSE_AMOUNT, BILLABLE_EXPENSE_AMOUNT, UNINVOICED_EXPENSE_AMOUNT]

asked = asked_now(settings())
scope = asked.scope
step = grain(scope.start, scope.end)
ahead(
    wanted_course(SPENT, step, scope=scope),
    *kpis.wanted_before([SPENT], scope, compare=compared()),
    wanted([EXPENSE_AMOUNT], by=[step, BILLABLE], scope=scope),
    wanted_listing("expenses_by_category", scope=scope),
    wanted_listing("expenses", scope=scope),
)
scope_line(scope)
kpis.kpis((SPENT, ask_course(SPENT, step, scope=scope)), compare=compared())
spent(asked, step)
