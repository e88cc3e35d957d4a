"""Project budgets: used and remaining, with their run-out dates."""

from dashboard.config import load_settings
from dashboard.ui.budgets import budget_cards, budget_figures
from dashboard.ui.data import prefetch, report_query
from dashboard.ui.filters import current_params

asked = current_params(load_settings())
prefetch(report_query("projects", scope=asked.scope))
budget_figures(asked)
budget_cards(asked)
