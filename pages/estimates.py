"""What is in the pipeline, and what do we win?"""

from dashboard.config import settings
from dashboard.metrics.catalog import (
    DRAFT_ESTIMATE_AMOUNT,
    ESTIMATE_AMOUNT,
    ESTIMATE_COUNT,
    WIN_RATE,
    WIN_RATE_AMOUNT,
    Metric,
)
from dashboard.metrics.period import grain
from dashboard.ui import estimate_parts, kpis
from dashboard.ui.data import ahead, ask_course, wanted_course, wanted_listing
from dashboard.ui.filters import asked_now, compared, scope_line

asked = asked_now(settings())
scope = asked.scope
step = grain(scope.start, scope.end)
counts: list[Metric] = [ESTIMATE_COUNT, WIN_RATE]
amounts: list[Metric] = [ESTIMATE_AMOUNT, DRAFT_ESTIMATE_AMOUNT, WIN_RATE_AMOUNT]
ahead(
    wanted_course(counts, step, scope=scope),
    wanted_course(amounts, step, scope=scope),
    *kpis.wanted_before([counts, amounts], scope, compare=compared()),
    wanted_listing("estimates", scope=scope),
    wanted_listing("estimates_open", scope=scope),
)
scope_line(scope)

counted = ask_course(counts, step, scope=scope)
valued = ask_course(amounts, step, scope=scope)
kpis.kpis((counts, counted), (amounts, valued), compare=compared())
estimate_parts.estimates(asked)
