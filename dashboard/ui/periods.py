"""The period: a few at a click, the others and any days of one's own in a popover."""

from datetime import date

import streamlit as st

from dashboard.metrics.period import Period
from dashboard.ui.echoes import set_text, text_field
from dashboard.ui.page_access import callback
from dashboard.ui.question import DEFAULT_PERIOD

_COMMON = ("7d", "30d", "90d", "12m")
_OTHERS = (
    "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year", "this_fiscal_year", "last_fiscal_year", "all",
)  # fmt: skip
_QUICK, _OTHER, _DAYS = "_period_quick", "_period_other", "_period_days"


def period_picker(today: date) -> None:
    """Draws the controls; the text under the key `period` is what they all write."""
    quick = st.container(width="content")
    with st.popover("Period", icon=":material/date_range:"):
        others = st.container()
        # Drawn before what depends on it: the URL's value arrives with the widget.
        asked = text_field("period", _period_input) or DEFAULT_PERIOD
    with quick:
        _period_buttons("Period", _COMMON, _QUICK, asked)
    with others:
        _period_buttons("Other periods", _OTHERS, _OTHER, asked)
        st.date_input(
            "From – to",
            value=[],
            key=_DAYS,
            on_change=callback(_set_days),
            min_value=date(1990, 1, 1),
            max_value=date(today.year + 10, 12, 31),
            format="YYYY-MM-DD",
        )


def _period_input() -> str | None:
    return st.text_input(
        "In writing",
        key="period",
        bind="query-params",
        max_chars=60,
        placeholder=DEFAULT_PERIOD,
        help="`7d`, `12m`, `last_quarter` or `2026-01-01..2026-02-15`. "
        "Relative periods stay relative in a link.",
    )


def _period_buttons(label: str, periods: tuple[str, ...], key: str, asked: str) -> None:
    st.session_state[key] = asked if asked in periods else None
    st.segmented_control(
        label,
        periods,
        format_func=lambda name: name if name in _COMMON else Period.parse(name).label,
        key=key,
        on_change=callback(_set_period),
        args=(key,),
        label_visibility="collapsed",
    )


def _set_period(key: str) -> None:
    set_text("period", st.session_state[key] or "")


def _set_days() -> None:
    days = st.session_state[_DAYS]
    # A range arrives day by day: the second click makes it one.
    if len(days) == 2:
        set_text("period", f"{days[0].isoformat()}..{days[1].isoformat()}")
