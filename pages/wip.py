"""What was worked and not invoiced, for whom, and how old is it?"""

from dashboard.config import settings
from dashboard.metrics.against import Against
from dashboard.metrics.catalog import (
    UNINVOICED_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
    UNINVOICED_FEES_AMOUNT,
    UNINVOICED_HOURS,
)
from dashboard.metrics.period import grain
from dashboard.ui import kpis
from dashboard.ui.data import ahead, ask_course, wanted_course
from dashboard.ui.filters import asked_now
from dashboard.ui.following import following
from dashboard.ui.wip import uninvoiced, wanted_ahead, window

WORK = [UNINVOICED_AMOUNT, UNINVOICED_EXPENSE_AMOUNT]
FEES = [UNINVOICED_FEES_AMOUNT]

asked = asked_now(settings())
scope = asked.scope
step = grain(scope.start, scope.end)
window(scope)
groups = following([WORK, [UNINVOICED_HOURS], FEES], scope)
listing, *later = wanted_ahead(asked, fees=FEES in groups)
ahead(listing, *(wanted_course(group, step, scope=scope) for group in groups), *later)

kpis.kpis(
    *((group, ask_course(group, step, scope=scope)) for group in groups),
    compare=Against.NOTHING,
)
uninvoiced(asked, fees=FEES in groups)
