"""The time entries behind what is selected, newest first, a page at a time."""

from typing import Any

import streamlit as st

from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.clearing import clear_button
from dashboard.ui.kept import Wanted
from dashboard.ui.links import download
from dashboard.ui.narrowing import Narrowing
from dashboard.ui.question import Question
from dashboard.ui.table import ENTRIES, entries_table


def entries_ahead(scope: Scope) -> list[Wanted[Any]]:
    """What `entries_card` will ask when nothing is selected."""
    return [
        data.wanted_entries(scope=scope, limit=ENTRIES, offset=0),
        data.wanted_entry_count(scope=scope),
    ]


def entries_card(asked: Question, narrowed: Narrowing | None) -> None:
    """All entries of the question, or those of the bars and rows that are selected."""
    shown = asked.narrowed(narrowed.where if narrowed else None)
    count, hours = data.ask_entry_count(scope=shown.scope)
    formats = data.formats()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Time entries", anchor=False, width="content")
        if narrowed:
            clear_button(narrowed.says)
        st.space("stretch")
        download("entries", shown.query())
    told = f"{formats.number(count)} entries · {formats.hours(hours)} hours · newest first"
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
