"""Which budgets will not last?"""

from dashboard.config import settings
from dashboard.ui.budgets import budget_cards, budget_figures
from dashboard.ui.data import ahead, wanted_listing
from dashboard.ui.filters import asked_now

asked = asked_now(settings())
ahead(wanted_listing("projects", scope=asked.scope))
budget_figures(asked)
budget_cards(asked)
