"""Calls and commands to copy, below what they were made of."""

from collections.abc import Sequence

import streamlit as st

from dashboard.metrics.scope import Scope
from dashboard.ui.calls import (
    Call,
    api_versions,
    cli_call,
    curl_call,
    entries_search,
    not_hosted,
    python_call,
    report_call,
    search_call,
)
from dashboard.ui.text import md_text
from harvest_client.search import Search


def call_tabs(call: Call, asked: Search | None = None) -> None:
    """One call in three languages, and what the hosted API would make of it."""
    in_python, in_curl, as_command = st.tabs(["Python", "Hosted API", "Command"])
    with in_python:
        code_block(python_call(call))
    with in_curl:
        code_block(curl_call(call))
        for note in _call_notes(asked) if asked else ():
            st.caption(note)
    with as_command:
        code_block(cli_call(call))


def filter_tabs(scope: Scope, metrics: Sequence[str]) -> None:
    """The filter of the dashboards as the command of its numbers, and as a search of its entries.

    The search only where time entries themselves have every field that is asked about.
    """
    asked = entries_search(scope.where, scope.start, scope.end)
    names = ["Command", *(["Python", "Hosted API"] if asked else [])]
    first, *others = st.tabs(names)
    with first:
        code_block(report_call(scope.where, scope.start, scope.end, metrics, scope.basis.value))
    if asked is None:
        st.caption("Not a search: time entries themselves lack a field of this filter.")
        return
    call = search_call(asked)
    for tab, text in zip(others, (python_call(call), curl_call(call)), strict=True):
        with tab:
            code_block(text)
            st.caption("The time entries behind the numbers.")


def _call_notes(asked: Search) -> list[str]:
    notes = ["Connector and token are taken from the shell."]
    known = api_versions(asked.filter)
    if known != "A B C":
        those = f"Only generation {known} knows" if known else "No generation knows"
        notes.append(f"{those} all operators of this filter in this meaning.")
    if missing := not_hosted(asked):
        notes.append(f"The hosted copy does not have {md_text(', '.join(missing))}.")
    return notes


def code_block(text: str) -> None:
    """A text to copy, in one colour: Streamlit's for code are too pale on white for WCAG AA."""
    st.code(text, language=None, wrap_lines=True)
