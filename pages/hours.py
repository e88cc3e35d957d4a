"""Where do the hours go, how many of them are billable, and what are they worth?"""

from dashboard.config import settings
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    HOURS,
    UNPRICED_HOURS,
    UTILIZATION,
)
from dashboard.metrics.period import grain
from dashboard.ui.explore import explore
from dashboard.ui.filters import asked_now, compared, scope_line
from dashboard.ui.kpis import kpis
from dashboard.ui.states import stop_when_empty

asked = asked_now(settings())
scope_line(asked.scope)
stop_when_empty(asked.scope)

kpis(
    [HOURS, BILLABLE_HOURS, BILLABLE_SHARE, UTILIZATION, UNPRICED_HOURS],
    [BILLABLE_AMOUNT],
    scope=asked.scope,
    course=grain(asked.scope.start, asked.scope.end),
    compare=compared(),
)
explore(asked)
