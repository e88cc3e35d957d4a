"""Where does money get lost, ranked by the money at stake?"""

from dashboard.config import settings
from dashboard.ui import leaking
from dashboard.ui.data import ahead
from dashboard.ui.filters import asked_now, scope_line

asked = asked_now(settings())
ahead(*leaking.wanted_ahead(asked.scope))
scope_line(asked.scope, with_comparison=False)

leaking.explore(asked)
