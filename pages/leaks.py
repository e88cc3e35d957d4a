"""Revenue leaks, ranked by the amount at stake."""

from dashboard.config import load_settings
from dashboard.ui import leaking
from dashboard.ui.data import prefetch
from dashboard.ui.filters import current_params, scope_line

asked = current_params(load_settings())
prefetch(*leaking.section_queries(asked.scope))
scope_line(asked.scope, with_comparison=False)

leaking.leak_sections(asked)
