"""The router: menu, title, age of the data, shared filters, error boundary, then the page."""

from pathlib import Path

import streamlit as st

from dashboard.config import settings
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
    default=True,
    url_path="start",
    help="Where the hours go, how many of them are billable, and what they are worth.",
)
DATA = st.Page(
    PAGES / "data.py",
    title="Data",
    icon=":material/database:",
    help="What is stored, how old it is, and what the last syncs changed.",
)
# The landing page has no address but "/": under its own name it is a page beside it.
HOURS_BY_NAME = st.Page(
    PAGES / "hours.py", title="Hours", icon=":material/schedule:", url_path="hours",
    visibility="hidden",
)  # fmt: skip
page = st.navigation({"Analyse": [HOURS, HOURS_BY_NAME], "Data": [DATA]}, expanded=True)

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
            filter_bar(told)
        page.run()
