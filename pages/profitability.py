"""Which clients and projects make money?"""

from dashboard.config import settings
from dashboard.metrics.catalog import (
    COST_AMOUNT,
    COST_COVERAGE,
    GROSS_MARGIN_AMOUNT,
    MARGIN_SHARE,
    REVENUE_AMOUNT,
)
from dashboard.metrics.period import grain
from dashboard.ui import kpis
from dashboard.ui.data import ahead, ask_course, wanted_course
from dashboard.ui.filters import asked_now, compared, scope_line
from dashboard.ui.following import following
from dashboard.ui.profitability import margins_of, wanted_ahead, whose_margin, with_cost

asked = asked_now(settings())
scope, costed = asked.scope, with_cost(asked.scope)
step = grain(scope.start, scope.end)
scope_line(scope)
earned = following([[REVENUE_AMOUNT], [COST_AMOUNT]], scope)
margin, coverage = [GROSS_MARGIN_AMOUNT, MARGIN_SHARE], [COST_COVERAGE]
# In one currency they are one question: hours have none.
left = following([margin + coverage] if costed is not scope else [margin, coverage], costed)
listing, *entries = wanted_ahead(scope)
ahead(
    listing,
    *(wanted_course(group, step, scope=scope) for group in earned),
    *(wanted_course(group, step, scope=costed) for group in left),
    *kpis.wanted_before(earned, scope, compare=compared()),
    *kpis.wanted_before(left, costed, compare=compared()),
    *entries,
)

courses = [(group, ask_course(group, step, scope=scope)) for group in earned]
courses += [(group, ask_course(group, step, scope=costed)) for group in left]
kpis.kpis(*courses, compare=compared())
whose_margin(course.total for _, course in courses)
margins_of(asked)
