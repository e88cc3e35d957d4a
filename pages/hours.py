"""Where do the hours go, how many of them are billable, and what are they worth?"""

from dashboard.config import settings
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    HOURS,
    NONBILLABLE_HOURS,
    UNPRICED_HOURS,
    UTILIZATION,
)
from dashboard.metrics.period import grain
from dashboard.ui import explore, kpis
from dashboard.ui.data import ahead, ask, wanted
from dashboard.ui.filters import asked_now, compared, scope_line
from dashboard.ui.kpis import answerable
from dashboard.ui.states import stop_when_empty

asked = asked_now(settings())
scope = asked.scope
step = grain(scope.start, scope.end)
hours = answerable([HOURS, BILLABLE_HOURS, BILLABLE_SHARE, UTILIZATION, UNPRICED_HOURS], scope)
amounts = [BILLABLE_AMOUNT]
ahead(
    wanted([*hours, NONBILLABLE_HOURS], by=[step], scope=scope),
    wanted(amounts, by=[step], scope=scope),
    *kpis.wanted_ahead([hours, amounts], scope, compare=compared()),
    *explore.wanted_ahead(scope),
)
scope_line(scope)
stop_when_empty(scope)

hours_by_step = ask([*hours, NONBILLABLE_HOURS], by=[step], scope=scope)
amounts_by_step = ask(amounts, by=[step], scope=scope)
kpis.kpis((hours, hours_by_step), (amounts, amounts_by_step), scope=scope, compare=compared())
explore.explore(asked, hours_by_step)
