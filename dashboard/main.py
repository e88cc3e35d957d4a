"""The router: menu, title, age of the data, shared filters, error boundary, then the page."""

from pathlib import Path

import streamlit as st

from dashboard.config import settings
from dashboard.ui.agreement import agreement_badge
from dashboard.ui.data import currencies, pin
from dashboard.ui.errors import shown
from dashboard.ui.filters import filter_bar
from dashboard.ui.states import first_sync, freshness

HERE = Path(__file__).parent
PAGES = HERE.parent / "pages"

st.set_page_config(
    page_title="Harvest Insights", page_icon=str(HERE / "static" / "icon.svg"), layout="wide"
)
st.logo(
    str(HERE / "static" / "logo.svg"), icon_image=str(HERE / "static" / "icon.svg"), size="large"
)

HOURS = st.Page(
    PAGES / "hours.py",
    title="Hours",
    icon=":material/schedule:",
    url_path="hours",
    help="Where the hours go, how many of them are billable, and what they are worth.",
)
DATA = st.Page(
    PAGES / "data.py",
    title="Data",
    icon=":material/database:",
    help="What is stored, how old it is, and what the last syncs changed.",
)
# A default page has no address but "/", and pages should keep theirs when others come before them.
START = st.Page(lambda: None, title="Start", url_path="start", default=True, visibility="hidden")
page = st.navigation({"Analyse": [START, HOURS], "Data": [DATA]}, expanded=True)
if page is START:
    st.switch_page(HOURS, query_params=st.query_params.to_dict())

with shown():
    told = settings()
    header = st.container(horizontal=True, vertical_alignment="bottom")
    header.title(page.title, anchor=False, width="content")
    stored = pin(told)
    if stored is None:
        first_sync(told)
    else:
        header.space("stretch")
        with header.container(width="content", horizontal_alignment="right"):
            freshness(told, stored.meta.version, currencies())
        if page is not DATA:
            beside = header.container(width="content")
            scope = filter_bar(told)
            with beside:
                agreement_badge(told, scope.start, scope.end)
        page.run()
