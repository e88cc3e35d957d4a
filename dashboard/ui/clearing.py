"""Taking a selection back: what is selected is kept under keys that count how often it was."""

import streamlit as st

from dashboard.ui.page_access import callback
from dashboard.ui.text import md_text

_TURN = "_cleared"


def selection_epoch() -> int:
    """Part of the key of whatever can be selected: under another it begins with nothing."""
    count: int = st.session_state.setdefault(_TURN, 0)
    return count


def clear_button(says: str, *, key: str = "clear_selection", rows: str = "entries") -> None:
    """Says what is selected, and shows all `rows` again when it is clicked."""
    st.button(
        md_text(says),
        key=key,
        icon=":material/close:",
        icon_position="right",
        help=f"Show all {rows} again",
        on_click=callback(_next_epoch),
    )


def _next_epoch() -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
