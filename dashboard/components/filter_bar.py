"""State of the pickers in the filter bar, as a filter of the API's language, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboard.charts.theme import visible_text
from dashboard.components import queries
from dashboard.components.cards import earlier_scope
from dashboard.components.code_snippets import code_block, filter_tabs
from dashboard.components.errors import explain_error
from dashboard.components.filter_builder import filter_builder
from dashboard.components.page_params import DEFAULT_PERIOD, PageParams, parse_params, read_filter
from dashboard.components.saved_views import view_popover
from dashboard.components.text import md_text
from dashboard.components.text_input_sync import set_text, text_field
from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings, load_settings
from dashboard.metrics.bounds import note_strays
from dashboard.metrics.comparison_period import ComparisonPeriod
from dashboard.metrics.dimensions import day_label, fiscal_label
from dashboard.metrics.period import Period
from dashboard.metrics.permissions import require_visible
from dashboard.metrics.scope import FIELDS, RoundingBasis, Scope
from dashboard.web.menu import UNCOMPARED
from dashboard.web.page_access import callback
from harvest_client import HarvestError
from harvest_client.search import (
    MAX_VALUES,
    Compare,
    Filter,
    OneOf,
    Operator,
    Or,
    all_of,
    canonical_json,
    iterate_conjuncts,
)

PATHS: Mapping[str, str] = {
    "clients": "client.id",
    "projects": "project.id",
    "tasks": "task.id",
    "people": "user.id",
    "roles": "user.roles",
    "billable": "billable",
    "billed": "is_billed",
    "notes": "notes",
}
_NAMES = {path: name for name, path in PATHS.items()}


@dataclass(frozen=True, slots=True)
class PickerState:
    """One value per picker: ids, names of roles, and what may be left open."""

    clients: tuple[int, ...] = ()
    projects: tuple[int, ...] = ()
    tasks: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    billable: bool | None = None
    billed: bool | None = None
    notes: str = ""

    def to_filter(self) -> Filter | None:
        """Return all that was picked must be true; None where nothing was."""
        parts = [
            _picker_condition(name, value)
            for name in PATHS
            if _is_set(value := getattr(self, name))
        ]
        return all_of(*parts) if parts else None

    def clear_picker(self, name: str) -> "PickerState":
        """Return the same with one picker emptied."""
        return PickerState(
            **{other: value for other, value in self.non_empty().items() if other != name}
        )

    def non_empty(self) -> dict[str, Any]:
        """Return the pickers that say something."""
        return {name: value for name in PATHS if _is_set(value := getattr(self, name))}


def pickers_from_filter(filter: Filter | None) -> PickerState | None:
    """Return the picks that `filter` stands for; None where the pickers cannot say it."""
    result: dict[str, Any] = {}
    for part in iterate_conjuncts(filter) if filter else ():
        read = _read(part)
        if read is None or read[0] in result:
            return None
        result[read[0]] = read[1]
    return PickerState(**result)


def _is_set(value: Any) -> bool:
    return value not in ((), None, "")


def _picker_condition(name: str, value: Any) -> Filter:
    path = PATHS[name]
    match name:
        case "billable" | "billed":
            return Compare(Operator.EQ, path, value)
        case "notes":
            return Compare(Operator.CONTAINS, path, value)
        case "roles":
            # A person may have several roles: one of those picked is enough.
            held = tuple(Compare(Operator.ARRAY_CONTAINS, path, role) for role in value)
            return held[0] if len(held) == 1 else Or(held)
        case _:
            return OneOf(path, tuple(value))


def _read(part: Filter) -> tuple[str, Any] | None:
    match part:
        case OneOf("client.id" | "project.id" | "task.id" | "user.id" as path, values):
            return _NAMES[path], values
        case Compare(
            Operator.EQ, "client.id" | "project.id" | "task.id" | "user.id" as path, int() as item
        ):
            return _NAMES[path], (item,)
        case Compare(Operator.EQ, "billable" | "is_billed" as path, bool() as flag):
            return _NAMES[path], flag
        case Compare(Operator.CONTAINS, "notes", str() as text) if text:
            return "notes", text
        case Compare(Operator.ARRAY_CONTAINS, "user.roles", str() as role):
            return "roles", (role,)
        case Or(held) if all(
            isinstance(item, Compare) and item.operator is Operator.ARRAY_CONTAINS for item in held
        ):
            return "roles", tuple(one.value for one in held if isinstance(one, Compare))
    return None


_COMMON = ("7d", "30d", "90d", "12m")
_OTHERS = (
    "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year", "this_fiscal_year", "last_fiscal_year", "all",
)  # fmt: skip
_QUICK, _OTHER, _DAYS = "_period_quick", "_period_other", "_period_days"


def period_picker(today: date) -> None:
    """Draw the controls; the text under the key `period` is what they all write."""
    quick = st.container(width="content")
    with st.popover("Period", icon=":material/date_range:"):
        others = st.container()
        # Drawn before what depends on it: the URL's value arrives with the widget.
        request = text_field("period", _period_input) or DEFAULT_PERIOD
    with quick:
        _period_buttons("Period", _COMMON, _QUICK, request)
    with others:
        _period_buttons("Other periods", _OTHERS, _OTHER, request)
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


def _period_buttons(label: str, periods: tuple[str, ...], key: str, request: str) -> None:
    st.session_state[key] = request if request in periods else None
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
    """Draw the popover; the text under the key `where` is what all pickers write."""
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
    state = pickers_from_filter(filter)
    with pickers:
        if state is None:
            st.info("This filter was written by hand: change it below, or reset it.")
        else:
            _all_pickers(state)
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
    settings = load_settings()
    try:
        params = parse_params(
            {name: st.session_state.get(name) or "" for name in ("period", "basis")},
            settings,
            queries.get_snapshot(),
        )
    except DashboardError:
        return  # explained under the bar
    filter_tabs(params.restrict(filter).scope, ["hours"])


def picked_chips(filter: Filter | None) -> None:
    """Draw a chip for each filter, with a way to remove it."""
    if filter is None:
        return
    state = pickers_from_filter(filter)
    with st.container(horizontal=True, gap="small"):
        if state is None:
            st.button(
                "A filter written by hand",
                **_filter_chip("hand"),
                on_click=callback(_write),
                args=(PickerState(),),
            )
            return
        picked = state.non_empty()
        for name, value in picked.items():
            st.button(
                f"{_LABELS[name]}: {md_text(_chip_text(name, value))}",
                **_filter_chip(name),
                on_click=callback(_write),
                args=(state.clear_picker(name),),
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


def _all_pickers(state: PickerState) -> None:
    for name, label in _MANY.items():
        names = {choice.value: choice.label for choice in queries.choices_of(name)}
        chosen = list(getattr(state, name))
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
                getattr(state, name)
            ]
            st.segmented_control(
                _LABELS[name], [yes, no], key=_picker_key(name), on_change=callback(_apply_pickers)
            )
    st.session_state[_picker_key("notes")] = state.notes
    st.text_input(
        "Text in notes", key=_picker_key("notes"), max_chars=200, on_change=callback(_apply_pickers)
    )


def _apply_pickers() -> None:
    values: dict[str, Any] = {name: st.session_state.get(_picker_key(name)) for name in PATHS}
    values |= {name: tuple(values[name] or ()) for name in _MANY}
    values |= {name: {yes: True, no: False}.get(values[name]) for name, (yes, no) in _FLAGS.items()}
    values["notes"] = values["notes"] or ""
    _write(PickerState(**values))


def _write(state: PickerState) -> None:
    filter = state.to_filter()
    set_text("where", canonical_json(filter) if filter else "")


def _picker_key(name: str) -> str:
    return f"_pick_{name}"


def _chip_text(name: str, value: Any) -> str:
    if name in _FLAGS:
        return "yes" if value else "no"
    if name not in _MANY:
        return f"“{visible_text(str(value))}”"
    names = {choice.value: choice.label for choice in queries.choices_of(name)}
    told = ", ".join(names.get(item, str(item)) for item in value[:_SHOWN])
    return f"{told} +{len(value) - _SHOWN}" if len(value) > _SHOWN else told


def _indented_json(filter: Filter) -> str:
    return json.dumps(json.loads(canonical_json(filter)), indent=2, ensure_ascii=False)


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
    """Draw the bar and returns what it says.

    Ends the run with a sentence and a way back where it asks what cannot be.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filter_bar"):
        period_picker(queries.current_day())
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
        params = current_params(settings)
        require_visible(queries.get_snapshot().viewer, params.scope)
    except (HarvestError, DashboardError) as error:
        explain_error(error)
        st.button(
            "Reset",
            key="reset_all",
            icon=":material/restart_alt:",
            on_click=callback(reset_filters),
        )
        st.stop()
    picked_chips(params.where)
    for note in note_strays(queries.get_snapshot(), params.scope):
        st.caption(f":material/event_busy: {md_text(note)}")
    return params.scope


def current_params(settings: Settings) -> PageParams:
    """Return the parameters of the filter bar. Raises `MetricError` or `SearchError`."""
    return parse_params(
        {name: st.session_state.get(name) or "" for name in _STATE},
        settings,
        queries.get_snapshot(),
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
