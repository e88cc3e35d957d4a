"""Period of a page: a list of named periods, steps to its neighbours, and any two days."""

from contextlib import suppress
from datetime import date

import streamlit as st

from dashboard.components import queries
from dashboard.components.page_params import DEFAULT_PERIOD
from dashboard.components.text_input_sync import set_text, text_field
from dashboard.config.dates import FIRST_DAY, LAST_DAY, Days
from dashboard.config.errors import MetricError
from dashboard.config.settings import Settings
from dashboard.metrics.period import RELATIVE, Period, neighbour_days
from dashboard.web.page_access import callback

_CHOICE, _DAYS = "_period_choice", "_period_days"
_FISCAL = ("this_fiscal_year", "last_fiscal_year")


def period_picker(settings: Settings) -> None:
    """Draw the controls. All of them write the text under the key `period`."""
    previous, choice, following = (st.container(width="content") for _ in range(3))
    custom = st.popover("", icon=":material/date_range:", help="Custom range")
    with custom:
        days = st.container()
        # Drawn before what depends on it: the address brings its value to this widget.
        text = text_field("period", _period_input) or DEFAULT_PERIOD
    period = _read_period(text)
    span = _resolve(period, settings) if period else None
    with previous:
        _step_button("Previous period", ":material/chevron_left:", span, -1, settings)
    with choice:
        _period_list(text, period, settings)
    with following:
        _step_button("Next period", ":material/chevron_right:", span, 1, settings)
    with days:
        _day_picker(span)


def _period_list(text: str, period: Period | None, settings: Settings) -> None:
    """Draw the names of periods in a box that can be searched by typing."""
    is_calendar_year = settings.fiscal_start == 1
    names = [name for name in RELATIVE if not (is_calendar_year and name in _FISCAL)]
    if text not in names:
        names.insert(0, text)
    labels = {name: RELATIVE.get(name, name) for name in names}
    if period and text not in RELATIVE:
        labels[text] = period.label
    st.session_state[_CHOICE] = text
    st.selectbox(
        "Period",
        names,
        format_func=labels.__getitem__,
        key=_CHOICE,
        on_change=callback(_set_choice),
        label_visibility="collapsed",
        width=180,
        help="Links keep relative periods: “Last month” always means last month.",
    )


def _day_picker(span: Days | None) -> None:
    # Another period is another widget, which begins with its own days.
    key = f"{_DAYS}_{span.first}_{span.last}" if span else _DAYS
    st.date_input(
        "Custom range",
        value=(span.first, span.last) if span else [],
        key=key,
        on_change=callback(_set_days),
        args=(key,),
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
    )


def _period_input() -> str | None:
    return st.text_input(
        "Type a period",
        key="period",
        bind="query-params",
        max_chars=60,
        placeholder=DEFAULT_PERIOD,
        help="`7d`, `12m`, `last_quarter` or `2026-01-01..2026-02-15`.",
    )


def _step_button(
    label: str, icon: str, span: Days | None, direction: int, settings: Settings
) -> None:
    name = _step_name(span, direction, settings) if span else None
    st.button(
        "",
        key=f"period_{'next' if direction > 0 else 'previous'}",
        icon=icon,
        help=label,
        disabled=name is None,
        on_click=callback(set_text),
        args=("period", name or ""),
    )


def _step_name(span: Days, direction: int, settings: Settings) -> str | None:
    """Return the name of the neighbouring period, None outside of the days a period may have.

    It is a relative period where one has just these days.
    """
    days = neighbour_days(span, direction)
    if days is None:
        return None
    for name in RELATIVE:
        if name != "all" and _resolve(Period(name), settings) == days:
            return name
    return f"{days.first.isoformat()}..{days.last.isoformat()}"


def _read_period(text: str) -> Period | None:
    with suppress(MetricError):
        return Period.parse(text.strip())
    return None  # explained below the bar


def _resolve(period: Period, settings: Settings) -> Days | None:
    """Return the days of a period, None for all time: it has no neighbours."""
    if period == Period("all"):
        return None
    first, last = period.resolve(
        today=queries.current_day(),
        week_start=queries.get_snapshot().meta.week_start,
        fiscal_start=settings.fiscal_start,
        stored=None,
    )
    return Days(first, last)


def _set_choice() -> None:
    set_text("period", st.session_state[_CHOICE] or "")


def _set_days(key: str) -> None:
    days: tuple[date, ...] = st.session_state[key]
    # A range arrives day by day: the second click completes it.
    if len(days) == 2:
        set_text("period", f"{days[0].isoformat()}..{days[1].isoformat()}")
