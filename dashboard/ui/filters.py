"""The filter bar. Its state is three texts in the URL; every control writes one of them.

`period`, `where` and `basis` are query parameters. What cannot be understood stays as it was
typed and is explained; nothing is dropped or replaced silently.
"""

import streamlit as st

from dashboard.config import Settings
from dashboard.errors import DashboardError
from dashboard.metrics.against import ComparisonPeriod
from dashboard.metrics.bounds import note_strays
from dashboard.metrics.dimensions import day_label, fiscal_label
from dashboard.metrics.scope import RoundingBasis, Scope
from dashboard.metrics.visible import require_visible
from dashboard.ui import data
from dashboard.ui.echoes import set_text
from dashboard.ui.errors import explain_error
from dashboard.ui.kpis import earlier_scope
from dashboard.ui.menu import UNCOMPARED
from dashboard.ui.page_access import callback
from dashboard.ui.periods import period_picker
from dashboard.ui.pickers import filter_picker, picked_chips
from dashboard.ui.question import PageParams, parse_params
from dashboard.ui.text import md_text
from dashboard.ui.views import view_popover
from harvest_client import HarvestError

_STATE = ("period", "where", "basis")
_COMPARE = "compare"
# In the address as they are written here.
_AGAINST = {
    "vs. period before": ComparisonPeriod.PREVIOUS,
    "vs. same working day": ComparisonPeriod.WORKDAY,
    "vs. last year": ComparisonPeriod.YEAR,
    "no comparison": ComparisonPeriod.NOTHING,
}


def filter_bar(settings: Settings, page: str) -> Scope:
    """Draws the bar and returns what it says.

    Ends the run with a sentence and a way back where it asks what cannot be.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filter_bar"):
        period_picker(data.current_day())
        filter_picker()
        if page in UNCOMPARED:
            _keep_comparison()
        else:
            _comparison_picker()
        st.segmented_control(
            "Hours",
            [basis.value for basis in (RoundingBasis.ROUNDED, RoundingBasis.RAW)],
            default=RoundingBasis.ROUNDED.value,
            required=True,
            key="basis",
            bind="query-params",
            label_visibility="collapsed",
            help="Rounded by the account's rule, as invoiced; or raw, as tracked.",
        )
        view_popover(settings, page)
    try:
        asked = current_params(settings)
        require_visible(data.get_snapshot().viewer, asked.scope)
    except (HarvestError, DashboardError) as error:
        explain_error(error)
        st.button(
            "Reset",
            key="reset_all",
            icon=":material/restart_alt:",
            on_click=callback(reset_filters),
        )
        st.stop()
    picked_chips(asked.where)
    for note in note_strays(data.get_snapshot(), asked.scope):
        st.caption(f":material/event_busy: {md_text(note)}")
    return asked.scope


def current_params(settings: Settings) -> PageParams:
    """Return the parameters of the filter bar. Raises `MetricError` or `SearchError`."""
    return parse_params(
        {name: st.session_state.get(name) or "" for name in _STATE}, settings, data.get_snapshot()
    )


def current_comparison() -> ComparisonPeriod:
    """Return the comparison of figures."""
    return _AGAINST.get(st.session_state.get(_COMPARE, ""), ComparisonPeriod.PREVIOUS)


def _comparison_picker() -> None:
    st.selectbox(
        "Compare with",
        list(_AGAINST),
        key=_COMPARE,
        bind="query-params",
        label_visibility="collapsed",
        width=210,
        help="What every figure is compared with.",
    )


def _keep_comparison() -> None:
    """Set the comparison of a link or the page before: without its picker the address loses it."""
    said = st.query_params.get(_COMPARE, st.session_state.get(_COMPARE))
    if said in _AGAINST:
        st.session_state[_COMPARE] = said


def reset_filters() -> None:
    """A callback: the default period, no filter. The rest is taste, not a filter, and stays."""
    set_text("period", "")
    set_text("where", "")


def scope_line(scope: Scope, *, with_comparison: bool = True) -> None:
    """Draw the days in scope, and the days they are compared with."""
    line = f"{day_label(scope.start)} – {day_label(scope.end)}"
    if name := fiscal_label(scope.start, scope.end, scope.fiscal_start):
        line += f" ({name})"
    if with_comparison and (against := current_comparison()):
        before = earlier_scope(scope, against)
        line += f", compared with {day_label(before.start)} – {day_label(before.end)}"
    st.caption(line)
