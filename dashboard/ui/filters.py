"""The filter bar. Its state is three texts in the URL; every control writes one of them.

`period`, `where` and `basis` are query parameters. What cannot be understood stays as it was
typed and is explained; nothing is dropped or replaced silently.
"""

import streamlit as st

from dashboard.config import Settings
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.scope import Basis, Scope
from dashboard.ui import data
from dashboard.ui.periods import period_picker
from dashboard.ui.pickers import filter_picker, picked_chips
from dashboard.ui.question import Question, question

_STATE = ("period", "where", "basis")


def filter_bar(settings: Settings) -> Question:
    """Draws the bar and returns what it asks. Raises `MetricError` or `SearchError`."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        period_picker(settings.today)
        filter_picker()
        st.toggle(
            "Compare",
            value=True,
            key="compare",
            bind="query-params",
            help="With the period before, of the same length.",
        )
        st.segmented_control(
            "Hours",
            [basis.value for basis in (Basis.ROUNDED, Basis.RAW)],
            default=Basis.ROUNDED.value,
            required=True,
            key="basis",
            bind="query-params",
            label_visibility="collapsed",
            help="Rounded by the account's rule, as invoiced; or raw, as tracked.",
        )
    asked = asked_now(settings)
    picked_chips(asked.where)
    return asked


def asked_now(settings: Settings) -> Question:
    """What the bar says. Raises `MetricError` or `SearchError`."""
    return question(
        {name: st.session_state.get(name) or "" for name in _STATE},
        settings,
        week_start=data.snapshot().meta.week_start,
        first_day=data.first_day(),
    )


def compared() -> bool:
    """Whether figures are shown with their change."""
    return bool(st.session_state.get("compare", True))


def reset() -> None:
    """A callback: the default period, no filter. The rest is taste, not a filter, and stays."""
    st.session_state["period"] = ""
    st.session_state["where"] = ""


def scope_line(scope: Scope) -> None:
    """Which days are counted, and what they are compared with."""
    line = f"{day_label(scope.start)} – {day_label(scope.end)}"
    if compared():
        before = scope.previous()
        line += f", compared with {day_label(before.start)} – {day_label(before.end)}"
    st.caption(line)
