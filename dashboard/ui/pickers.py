"""The Filters popover: pickers that write the connector's filter language, and its text itself."""

import json
from typing import Any

import streamlit as st

from dashboard.charts.text import visible_text
from dashboard.config import load_settings
from dashboard.errors import DashboardError
from dashboard.metrics.scope import FIELDS
from dashboard.ui import data
from dashboard.ui.builder import filter_builder
from dashboard.ui.copyable import code_block, filter_tabs
from dashboard.ui.echoes import set_text, text_field
from dashboard.ui.page_access import callback
from dashboard.ui.picks import PATHS, PickerState, pickers_from_filter
from dashboard.ui.question import parse_params, read_filter
from dashboard.ui.text import md_text
from harvest_client import HarvestError
from harvest_client.search import MAX_VALUES, Filter, canonical_json

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
    said = pickers_from_filter(filter)
    with pickers:
        if said is None:
            st.info("This filter was written by hand: change it below, or reset it.")
        else:
            _all_pickers(said)
    with popover:
        if filter is not None:
            code_block(_indented_json(filter))
            _copy_tabs(filter)
        with st.expander("Advanced", icon=":material/account_tree:"):
            filter_builder("where", FIELDS)


def _filter_text() -> str | None:
    return st.text_input(
        "As a filter of the connector",
        key="where",
        bind="query-params",
        placeholder='{"eq": {"billable": true}}',
        help="The same filter, in the connector's filter language. All operators work here.",
    )


def _copy_tabs(filter: Filter) -> None:
    told = load_settings()
    try:
        asked = parse_params(
            {name: st.session_state.get(name) or "" for name in ("period", "basis")},
            told,
            data.get_snapshot(),
        )
    except DashboardError:
        return  # explained under the bar
    filter_tabs(asked.restrict(filter).scope, ["hours"])


def picked_chips(filter: Filter | None) -> None:
    """Draw a chip for each filter, with a way to remove it."""
    if filter is None:
        return
    said = pickers_from_filter(filter)
    with st.container(horizontal=True, gap="small"):
        if said is None:
            st.button(
                "A filter written by hand",
                **_filter_chip("hand"),
                on_click=callback(_write),
                args=(PickerState(),),
            )
            return
        picked = said.non_empty()
        for name, value in picked.items():
            st.button(
                f"{_LABELS[name]}: {md_text(_chip_text(name, value))}",
                **_filter_chip(name),
                on_click=callback(_write),
                args=(said.clear_picker(name),),
            )
        if len(picked) > 1:
            st.button(
                "Reset filters",
                key="reset_filters",
                type="tertiary",
                icon=":material/restart_alt:",
                on_click=callback(_write),
                args=(PickerState(),),
            )


def _filter_chip(name: str) -> dict[str, Any]:
    return {
        "key": f"chip_{name}",
        "icon": ":material/close:",
        "icon_position": "right",
        "help": "Remove this filter",
    }


def _all_pickers(said: PickerState) -> None:
    for name, label in _MANY.items():
        names = {choice.value: choice.label for choice in data.choices_of(name)}
        chosen = list(getattr(said, name))
        # An id that is not stored (any more) stays in the filter, and is seen to be there.
        names |= {value: f"{value} (not stored)" for value in chosen if value not in names}
        st.session_state[_picker_key(name)] = chosen
        st.multiselect(
            label,
            list(names),
            format_func=names.__getitem__,
            key=_picker_key(name),
            max_selections=MAX_VALUES,
            placeholder="All",
            on_change=callback(_apply_pickers),
        )
    with st.container(horizontal=True):
        for name, (yes, no) in _FLAGS.items():
            st.session_state[_picker_key(name)] = {True: yes, False: no, None: None}[
                getattr(said, name)
            ]
            st.segmented_control(
                _LABELS[name], [yes, no], key=_picker_key(name), on_change=callback(_apply_pickers)
            )
    st.session_state[_picker_key("notes")] = said.notes
    st.text_input(
        "Text in notes", key=_picker_key("notes"), max_chars=200, on_change=callback(_apply_pickers)
    )


def _apply_pickers() -> None:
    said: dict[str, Any] = {name: st.session_state.get(_picker_key(name)) for name in PATHS}
    said |= {name: tuple(said[name] or ()) for name in _MANY}
    said |= {name: {yes: True, no: False}.get(said[name]) for name, (yes, no) in _FLAGS.items()}
    said["notes"] = said["notes"] or ""
    _write(PickerState(**said))


def _write(said: PickerState) -> None:
    filter = said.to_filter()
    set_text("where", canonical_json(filter) if filter else "")


def _picker_key(name: str) -> str:
    return f"_pick_{name}"


def _chip_text(name: str, value: Any) -> str:
    if name in _FLAGS:
        return "yes" if value else "no"
    if name not in _MANY:
        return f"“{visible_text(str(value))}”"
    names = {choice.value: choice.label for choice in data.choices_of(name)}
    told = ", ".join(names.get(one, str(one)) for one in value[:_SHOWN])
    return f"{told} +{len(value) - _SHOWN}" if len(value) > _SHOWN else told


def _indented_json(filter: Filter) -> str:
    return json.dumps(json.loads(canonical_json(filter)), indent=2, ensure_ascii=False)
