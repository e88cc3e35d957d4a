"""How are we doing, and what needs me?"""

import streamlit as st

from dashboard.config import settings
from dashboard.ui import overview
from dashboard.ui.data import ahead
from dashboard.ui.filters import asked_now, scope_line
from dashboard.ui.needs import needs_card

asked = asked_now(settings())
scope = asked.scope
ahead(*overview.wanted_ahead(scope))
scope_line(scope)

overview.figures(scope)
with st.container(border=True):
    needs_card(asked, overview.listed(scope))

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
