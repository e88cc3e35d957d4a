"""Text fields that callbacks write too, whatever the browser still says they hold.

With every click the browser sends what each field holds. A click that comes before the answer to
the one before it sends a field as it was, which Streamlit takes for typed: what was chosen would be
lost to a popover that is closed quickly.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

ECHO = 2.0  # seconds that an answer may take to be seen in a browser


@dataclass(frozen=True, slots=True)
class _Written:
    before: str
    text: str
    drawn_at: float | None = None

    def may_echo(self) -> bool:
        return self.drawn_at is None or time.monotonic() - self.drawn_at < ECHO


def set_text(key: str, text: str) -> None:
    """For callbacks: the field under `key` holds `text` from now on."""
    st.session_state[_time_key(key)] = _Written(st.session_state.get(key) or "", text)
    st.session_state[key] = text


def text_field(key: str, draw: Callable[[], str | None]) -> str:
    """Return the text of the input `key`, which `draw` draws.

    Ignore a stale value that the browser re-sends within `ECHO` seconds after `set_text`: a user
    who types exactly that text must repeat it.
    """
    written: _Written | None = st.session_state.get(_time_key(key))
    if written and written.may_echo() and st.session_state.get(key) == written.before:
        st.session_state[key] = written.text
    text = draw() or ""
    if written and text == written.text and written.drawn_at is None:
        st.session_state[_time_key(key)] = replace(written, drawn_at=time.monotonic())
    elif written and text != written.text:
        del st.session_state[_time_key(key)]
    return text


def _time_key(key: str) -> str:
    return f"_written_{key}"
