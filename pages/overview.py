"""Overview: key figures, and what needs attention."""

import streamlit as st

from dashboard.config import load_settings
from dashboard.ui import overview
from dashboard.ui.data import prefetch
from dashboard.ui.filters import current_params, scope_line
from dashboard.ui.needs import action_items_card

asked = current_params(load_settings())
scope = asked.scope
prefetch(*overview.wanted_ahead(scope))
scope_line(scope)

overview.figure_cards(scope)
with st.container(border=True):
    action_items_card(asked, overview.overview_report(scope))

course, bills = st.columns([2, 1])
with course.container(border=True, height="stretch"):
    overview.hours_card(scope)
with bills.container(border=True, height="stretch"):
    overview.receivables_card(scope)

budgets, people = st.columns([3, 2])
with budgets.container(border=True, height="stretch"):
    overview.budgets_card(scope)
with people.container(border=True, height="stretch"):
    overview.utilization_card(scope)
