"""What pages tell the audit log: once for each question while a page is open, whatever reruns."""

from collections.abc import Mapping

import streamlit as st

from dashboard.access.audit import Did, Event, audit_log
from dashboard.metrics.scope import Scope
from dashboard.recording import asked, is_restricted, period
from dashboard.ui import data
from dashboard.ui.menu import Entry
from dashboard.ui.signing_in import who
from harvest_client.search import Search

_NOTED = "_noted"


def note_page(page: Entry, scope: Scope | None) -> None:
    """That the page is open, where it shows its viewer what others may not see."""
    if st.session_state.get(_NOTED, ("",))[0] != page.name:
        st.session_state[_NOTED] = (page.name, set())
    if page.is_restricted(data.snapshot().viewer):
        _note(Did.LOOKED, page.name, period(scope), asked(scope, {}), None)


def note_search(search: Search, also: Mapping[str, str], rows: int) -> None:
    """That the explorer found `rows` records, where others may not see all of them."""
    if is_restricted(search, data.snapshot().viewer):
        _note(Did.SEARCHED, "explorer", "", asked(None, also), rows)


def _note(did: Did, what: str, days: str, narrowed: str, rows: int | None) -> None:
    snapshot, question = data.snapshot(), (days, narrowed)
    _, noted = st.session_state[_NOTED]
    if question in noted:
        return
    noted.add(question)
    audit_log(snapshot.path.parent).note(
        Event(who=who(snapshot.viewer), did=did, what=what, period=days, filter=narrowed, rows=rows)
    )
