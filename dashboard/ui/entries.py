"""The time entries behind what is selected, newest first, a page at a time."""

from typing import Any

import streamlit as st

from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.clearing import clear_button
from dashboard.ui.kept import Query
from dashboard.ui.links import download_links
from dashboard.ui.narrowing import Narrowing
from dashboard.ui.question import PageParams
from dashboard.ui.table import ENTRIES, entries_table


def entries_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of `entries_card` without a selection."""
    return [
        data.wanted_entries(scope=scope, limit=ENTRIES, offset=0),
        data.wanted_entry_count(scope=scope),
    ]


def entries_card(asked: PageParams, narrowed: Narrowing | None) -> None:
    """All entries of the question, or those of the bars and rows that are selected."""
    shown = asked.restrict(narrowed.where if narrowed else None)
    count, hours = data.get_entry_count(scope=shown.scope)
    formats = data.get_formats()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Time entries", anchor=False, width="content")
        if narrowed:
            clear_button(narrowed.says)
        st.space("stretch")
        download_links("entries", shown.to_query())
    told = (
        f"{formats.format_number(count)} entries · {formats.format_hours(hours)} hours"
        " · newest first"
    )
    st.caption(told if narrowed else f"{told} · select a bar or a row to see what is behind it")
    if not count:
        return
    pages = -(-count // ENTRIES)
    # Another selection begins on its own first page.
    key = f"entries_{hash(shown.scope.key)}"
    page = st.session_state.get(f"{key}_page", 1)
    found = data.ask_entries(scope=shown.scope, limit=ENTRIES, offset=(page - 1) * ENTRIES)
    entries_table(found, key=f"{key}_{page}")
    if pages > 1:
        st.pagination(pages, key=f"{key}_page")
