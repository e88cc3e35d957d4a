"""The Filters popover: pickers that write the connector's filter language, and its text itself."""

import json
from typing import Any

import streamlit as st

from dashboard.charts.text import plain
from dashboard.config import settings
from dashboard.errors import DashboardError
from dashboard.metrics.scope import FIELDS
from dashboard.ui import data
from dashboard.ui.builder import builder
from dashboard.ui.copyable import code, filter_tabs
from dashboard.ui.echoes import set_text, text_field
from dashboard.ui.page_access import callback
from dashboard.ui.picks import PATHS, Picks, picks
from dashboard.ui.question import question, read_filter
from dashboard.ui.text import md_text
from harvest_client import HarvestError
from harvest_client.search import MAX_VALUES, Filter, canonical

_MANY = {
    "clients": "Clients",
    "projects": "Projects",
    "tasks": "Tasks",
    "people": "People",
    "roles": "Roles",
}
_FLAGS = {
    "billable": ("Billable", "Non-billable"),
    "billed": ("Billed", "Not billed"),
}
_LABELS = _MANY | {"billable": "Billable", "billed": "Billed", "notes": "Notes"}
_SHOWN = 3  # names in a chip before they are only counted


def filter_picker() -> None:
    """Draws the popover; the text under the key `where` is what all pickers write."""
    popover = st.popover("Filters", icon=":material/filter_list:", key="filters", on_change="rerun")
    with popover:
        pickers = st.container()
        # Drawn before what depends on it: the URL's value arrives with the widget.
        text = text_field("where", _filter_text)
    # A thousand projects need not travel to a reader who has not opened this.
    if not popover.open:
        return
    try:
        filter = read_filter(text)
    except HarvestError:
        return  # explained under the bar, and the text is still there to be corrected
    said = picks(filter)
    with pickers:
        if said is None:
            st.info("This filter was written by hand: change it below, or reset it.")
        else:
            _pickers(said)
    with popover:
        if filter is not None:
            code(_indented(filter))
            _copyable(filter)
        with st.expander("Advanced", icon=":material/account_tree:"):
            builder("where", FIELDS)


def _filter_text() -> str | None:
    return st.text_input(
        "As a filter of the connector",
        key="where",
        bind="query-params",
        placeholder='{"eq": {"billable": true}}',
        help="The same filter, in the connector's filter language. All operators work here.",
    )


def _copyable(filter: Filter) -> None:
    told = settings()
    try:
        asked = question(
            {name: st.session_state.get(name) or "" for name in ("period", "basis")},
            told,
            data.snapshot(),
        )
    except DashboardError:
        return  # explained under the bar
    filter_tabs(asked.narrowed(filter).scope, ["hours"])


def picked_chips(filter: Filter | None) -> None:
    """What the numbers are narrowed to, each with a way to take it back."""
    if filter is None:
        return
    said = picks(filter)
    with st.container(horizontal=True, gap="small"):
        if said is None:
            st.button(
                "A filter written by hand",
                **_chip("hand"),
                on_click=callback(_write),
                args=(Picks(),),
            )
            return
        picked = said.picked()
        for name, value in picked.items():
            st.button(
                f"{_LABELS[name]}: {md_text(_told(name, value))}",
                **_chip(name),
                on_click=callback(_write),
                args=(said.without(name),),
            )
        if len(picked) > 1:
            st.button(
                "Reset filters",
                key="reset_filters",
                type="tertiary",
                icon=":material/restart_alt:",
                on_click=callback(_write),
                args=(Picks(),),
            )


def _chip(name: str) -> dict[str, Any]:
    return {
        "key": f"chip_{name}",
        "icon": ":material/close:",
        "icon_position": "right",
        "help": "Remove this filter",
    }


def _pickers(said: Picks) -> None:
    for name, label in _MANY.items():
        names = {choice.value: choice.label for choice in data.choices_of(name)}
        chosen = list(getattr(said, name))
        # An id that is not stored (any more) stays in the filter, and is seen to be there.
        names |= {value: f"{value} (not stored)" for value in chosen if value not in names}
        st.session_state[_key(name)] = chosen
        st.multiselect(
            label,
            list(names),
            format_func=names.__getitem__,
            key=_key(name),
            max_selections=MAX_VALUES,
            placeholder="All",
            on_change=callback(_picked),
        )
    with st.container(horizontal=True):
        for name, (yes, no) in _FLAGS.items():
            st.session_state[_key(name)] = {True: yes, False: no, None: None}[getattr(said, name)]
            st.segmented_control(
                _LABELS[name], [yes, no], key=_key(name), on_change=callback(_picked)
            )
    st.session_state[_key("notes")] = said.notes
    st.text_input("Text in notes", key=_key("notes"), max_chars=200, on_change=callback(_picked))


def _picked() -> None:
    said: dict[str, Any] = {name: st.session_state.get(_key(name)) for name in PATHS}
    said |= {name: tuple(said[name] or ()) for name in _MANY}
    said |= {name: {yes: True, no: False}.get(said[name]) for name, (yes, no) in _FLAGS.items()}
    said["notes"] = said["notes"] or ""
    _write(Picks(**said))


def _write(said: Picks) -> None:
    filter = said.filter()
    set_text("where", canonical(filter) if filter else "")


def _key(name: str) -> str:
    return f"_pick_{name}"


def _told(name: str, value: Any) -> str:
    if name in _FLAGS:
        return "yes" if value else "no"
    if name not in _MANY:
        return f"“{plain(str(value))}”"
    names = {choice.value: choice.label for choice in data.choices_of(name)}
    told = ", ".join(names.get(one, str(one)) for one in value[:_SHOWN])
    return f"{told} +{len(value) - _SHOWN}" if len(value) > _SHOWN else told


def _indented(filter: Filter) -> str:
    return json.dumps(json.loads(canonical(filter)), indent=2, ensure_ascii=False)
