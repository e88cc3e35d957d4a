"""Where does money get lost, ranked by the money at stake?"""

from dashboard.config import settings
from dashboard.ui import leaking
from dashboard.ui.data import ahead, wanted_listing
from dashboard.ui.filters import asked_now, scope_line

asked = asked_now(settings())
ahead(wanted_listing("leaks", scope=asked.scope))
scope_line(asked.scope, with_comparison=False)

leaking.explore(asked)
