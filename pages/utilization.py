"""Who is busy on paid work, and who has room?"""

from dashboard.config import settings
from dashboard.metrics.catalog import (
    BILLABLE_HOURS,
    CAPACITY_HOURS,
    HARVEST_UTILIZATION,
    TOTAL_UTILIZATION,
    UTILIZATION,
)
from dashboard.metrics.period import grain
from dashboard.ui import kpis, room
from dashboard.ui.data import ahead, ask_course, wanted_course
from dashboard.ui.filters import asked_now, compared, scope_line
from dashboard.ui.kpis import answerable
from dashboard.ui.states import stop_when_empty

asked = asked_now(settings())
scope = asked.scope
step = grain(scope.start, scope.end)
shown = answerable(
    [UTILIZATION, TOTAL_UTILIZATION, HARVEST_UTILIZATION, BILLABLE_HOURS, CAPACITY_HOURS], scope
)
follows = UTILIZATION in shown
ahead(
    wanted_course(shown, step, scope=scope),
    *kpis.wanted_before([shown], scope, compare=compared()),
    *(room.wanted_ahead(scope) if follows else ()),
)
scope_line(scope)
stop_when_empty(scope)

kpis.kpis((shown, ask_course(shown, step, scope=scope)), compare=compared())
if follows:
    room.explore(asked)
else:
    room.forecast_card(scope)
