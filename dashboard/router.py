"""The router: menu, title, age of the data, shared filters, error boundary, then the page."""

from pathlib import Path

import streamlit as st

from dashboard.components.audit import note_page
from dashboard.components.completeness import completeness_line
from dashboard.components.errors import show_errors
from dashboard.components.filter_bar import filter_bar
from dashboard.components.queries import currency_names, pin_snapshot
from dashboard.components.reconciliation_badge import agreement_badge, since_of
from dashboard.components.status import (
    damaged_version,
    demo_banner,
    first_sync,
    freshness_line,
    show_loading,
)
from dashboard.config.settings import load_settings
from dashboard.web.menu import MENU, UNFILTERED
from dashboard.web.sign_in_page import require_viewer, signed_in_as
from harvest_client.settings import SourceName

HERE = Path(__file__).parent
PAGES = HERE.parent / "pages"

# Before the menu, whose icons would else become the tab's, from a host that is not ours.
st.set_page_config(
    page_title="Harvest Insights", page_icon=str(HERE / "static" / "icon.svg"), layout="wide"
)
st.logo(
    str(HERE / "static" / "logo.svg"), icon_image=str(HERE / "static" / "icon.svg"), size="large"
)

viewer = require_viewer()
st.html(HERE / "static" / "page.css")

# A default page has no address but "/", and pages should keep theirs when others come before them.
START = st.Page(lambda: None, title="Start", url_path="start", default=True, visibility="hidden")
menu: dict[str, list[st.Page]] = {}
for entry in MENU:
    menu.setdefault(entry.section, []).append(
        st.Page(
            PAGES / f"{entry.name}.py",
            title=entry.title,
            icon=entry.icon,
            url_path=entry.name,
            help=entry.question,
            visibility="visible" if viewer.has_rights(entry.needs) else "hidden",
        )
    )
first = next(iter(menu.values()))[0]
next(iter(menu.values())).insert(0, START)
page = st.navigation(menu, expanded=True)
if page is START:
    st.switch_page(first, query_params=st.query_params.to_dict())

st.set_page_config(page_title=f"{page.title} · Harvest Insights")

with show_errors(when_damaged=lambda: damaged_version(load_settings())):
    settings = load_settings()
    signed_in_as(settings, viewer)
    if settings.source is SourceName.DEMO:
        demo_banner()
    header = st.container(horizontal=True, vertical_alignment="center")
    header.title(page.title, anchor=False, width="content")
    stored = pin_snapshot(settings, viewer)
    if stored is None:
        first_sync(settings)
    else:
        entry = next(entry for entry in MENU if entry.name == page.url_path)
        viewer.require(page.title, entry.needs)
        scope = None
        header.space("stretch")
        with header.container(width="content", horizontal_alignment="right"):
            freshness_line(settings, stored.meta.version, currency_names())
        if page.url_path not in UNFILTERED:
            beside = header.container(width="content")
            scope = filter_bar(settings, page.url_path)
            if viewer.sees_everything:  # as it is the whole account that is compared
                with beside:
                    agreement_badge(settings, scope.start, scope.end, since_of(stored, scope.start))
        completeness_line(page.url_path, scope)
        note_page(entry, scope)
        with show_loading(page.url_path):
            page.run()
