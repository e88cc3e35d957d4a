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
from dashboard.ui.data import ahead, ask_course, wanted_course
from dashboard.ui.filters import asked_now, compared, scope_line
from dashboard.ui.kpis import answerable
from dashboard.ui.states import stop_when_empty

asked = asked_now(settings())
scope = asked.scope
step = grain(scope.start, scope.end)
shown = answerable(
    [HOURS, BILLABLE_HOURS, BILLABLE_SHARE, UTILIZATION, UNPRICED_HOURS, BILLABLE_AMOUNT], scope
)
amounts = [metric for metric in shown if metric is BILLABLE_AMOUNT]
hours = [metric for metric in shown if metric not in amounts]
groups = [hours, amounts] if amounts else [hours]
ahead(
    wanted_course([*hours, NONBILLABLE_HOURS], step, scope=scope),
    *([wanted_course(amounts, step, scope=scope)] if amounts else []),
    *kpis.wanted_before(groups, scope, compare=compared()),
    *explore.wanted_ahead(scope),
)
scope_line(scope)
stop_when_empty(scope)

worked = ask_course([*hours, NONBILLABLE_HOURS], step, scope=scope)
figures = [(hours, worked)]
if amounts:
    figures.append((amounts, ask_course(amounts, step, scope=scope)))
kpis.kpis(*figures, compare=compared())
explore.explore(asked, worked.steps)
