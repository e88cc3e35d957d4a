"""Audit events of pages: one per query while a page is open, whatever its reruns."""

from collections.abc import Mapping

import streamlit as st

from dashboard.access.audit_log import AuditAction, Event, audit_log
from dashboard.components import queries
from dashboard.exports.audit_events import filter_text, is_restricted, period_text
from dashboard.metrics.scope import Scope
from dashboard.web.menu import PageEntry
from dashboard.web.sign_in import audit_actor
from harvest_client.search import Search

_NOTED = "_noted"


def note_page(page: PageEntry, scope: Scope | None) -> None:
    """That the page is open, where it shows its viewer what others may not see."""
    if st.session_state.get(_NOTED, ("",))[0] != page.name:
        st.session_state[_NOTED] = (page.name, set())
    if page.is_restricted(queries.get_snapshot().viewer):
        _note_event(AuditAction.LOOKED, page.name, period_text(scope), filter_text(scope, {}), None)


def note_search(search: Search, also: Mapping[str, str], rows: int) -> None:
    """That the explorer found `rows` records, where others may not see all of them."""
    if is_restricted(search, queries.get_snapshot().viewer):
        _note_event(AuditAction.SEARCHED, "explorer", "", filter_text(None, also), rows)


def _note_event(did: AuditAction, what: str, days: str, narrowed: str, rows: int | None) -> None:
    snapshot, question = queries.get_snapshot(), (days, narrowed)
    _, noted = st.session_state[_NOTED]
    if question in noted:
        return
    noted.add(question)
    audit_log(snapshot.path.parent).note_event(
        Event(
            who=audit_actor(snapshot.viewer),
            did=did,
            what=what,
            period=days,
            filter=narrowed,
            rows=rows,
        )
    )
