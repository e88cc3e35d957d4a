"""Filter bar of a page: period, comparison, filters, saved views and further options."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.charts.theme import visible_text
from dashboard.components import queries
from dashboard.components.cards import earlier_scope
from dashboard.components.code_snippets import code_block, filter_tabs
from dashboard.components.errors import explain_error
from dashboard.components.filter_builder import filter_builder
from dashboard.components.page_params import PageParams, parse_params, read_filter
from dashboard.components.period_picker import period_picker
from dashboard.components.saved_views import image_format_picker, view_popover
from dashboard.components.text import md_text
from dashboard.components.text_input_sync import set_text, text_field
from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings, load_settings
from dashboard.metrics.bounds import note_strays
from dashboard.metrics.catalog import Fact
from dashboard.metrics.comparison_period import ComparisonPeriod
from dashboard.metrics.dimensions import day_label, fiscal_label
from dashboard.metrics.fact_filters import supported_paths
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
    field_paths,
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


_MANY = {
    "clients": "Clients",
    "projects": "Projects",
    "tasks": "Tasks",
    "people": "People",
    "roles": "Roles",
}
_FLAGS = {
    "billable": ("Billable", "Non-billable"),
    "billed": ("Invoiced", "Uninvoiced"),
}
_LABELS = _MANY | {"billable": "Billable", "billed": "Invoiced", "notes": "Notes contain"}
_SHOWN = 3  # names in a chip before they are only counted


def filter_picker() -> None:
    """Draw the popover; the text under the key `where` is what all pickers write."""
    # Its label stays: another one would be another popover, which is closed.
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
            st.info("This is an advanced filter. Edit it below or clear it.")
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
        "Filter as JSON (advanced)",
        key="where",
        bind="query-params",
        placeholder='{"eq": {"billable": true}}',
        help="The current filter as JSON. All API operators are supported.",
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


def picked_chips(filter: Filter | None, supported: frozenset[str] | None) -> None:
    """Draw a chip for each filter, with a way to remove it.

    The chip of a filter on other fields than the `supported` ones says that it is not applied.
    """
    if filter is None:
        return
    state = pickers_from_filter(filter)
    with st.container(horizontal=True, gap="small"):
        if state is None:
            st.button(
                _applied_label("Advanced filter", field_paths(filter), supported),
                **_filter_chip("hand"),
                on_click=callback(_write),
                args=(PickerState(),),
            )
            return
        picked = state.non_empty()
        for name, value in picked.items():
            st.button(
                _applied_label(_chip_label(name, value), {PATHS[name]}, supported),
                **_filter_chip(name),
                on_click=callback(_write),
                args=(state.clear_picker(name),),
            )
        if len(picked) > 1:
            st.button(
                "Clear filters",
                key="reset_filters",
                type="tertiary",
                icon=":material/restart_alt:",
                on_click=callback(_write),
                args=(PickerState(),),
            )


def _applied_label(label: str, paths: Collection[str], supported: frozenset[str] | None) -> str:
    if supported is None or supported.issuperset(paths):
        return label
    return f"~~{label}~~ – not applied here"


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
        names |= {value: f"Unknown (ID {value})" for value in chosen if value not in names}
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
        "Notes contain", key=_picker_key("notes"), max_chars=200, on_change=callback(_apply_pickers)
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


def _chip_label(name: str, value: Any) -> str:
    if name in _FLAGS:
        yes, no = _FLAGS[name]
        return yes if value else no
    return f"{_LABELS[name]}: {md_text(_chip_text(name, value))}"


def _chip_text(name: str, value: Any) -> str:
    if name not in _MANY:
        return f"“{visible_text(str(value))}”"
    names = {choice.value: choice.label for choice in queries.choices_of(name)}
    told = ", ".join(names.get(item, str(item)) for item in value[:_SHOWN])
    return f"{told} +{len(value) - _SHOWN}" if len(value) > _SHOWN else told


def _indented_json(filter: Filter) -> str:
    return json.dumps(json.loads(canonical_json(filter)), indent=2, ensure_ascii=False)


_STATE = ("period", "where", "basis")
_PAGE = "_filtered_page"
# Pages about one fact. A condition on a field that it does not have is not applied there.
_PAGE_FACTS: Mapping[str, Fact] = {
    "invoices": Fact.INVOICES,
    "estimates": Fact.ESTIMATES,
    "expenses": Fact.EXPENSES,
    "projects": Fact.BUDGETS,
}
_COMPARE = "compare"
# In the address as they are written here.
_AGAINST = {
    "Compare: previous period": ComparisonPeriod.PREVIOUS,
    "Compare: previous period, same working day": ComparisonPeriod.WORKDAY,
    "Compare: same period last year": ComparisonPeriod.YEAR,
    "No comparison": ComparisonPeriod.NOTHING,
}
# Texts in the addresses of older links and saved views.
_OLD_TEXTS = dict(
    zip(
        ("vs. period before", "vs. same working day", "vs. last year", "no comparison"),
        _AGAINST,
        strict=True,
    )
)


def filter_bar(settings: Settings, page: str) -> Scope:
    """Draw the bar and returns what it says.

    Ends the run with a sentence and a way back where it asks what cannot be.
    """
    st.session_state[_PAGE] = page
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="filter_bar"):
        period_picker(settings)
        if page in UNCOMPARED:
            _keep_comparison()
        else:
            _comparison_picker()
        filter_picker()
        view_popover(settings, page)
        _more_popover()
    try:
        params = current_params(settings)
        require_visible(queries.get_snapshot().viewer, params.scope)
    except (HarvestError, DashboardError) as error:
        explain_error(error)
        st.button(
            "Clear filters and period",
            key="reset_all",
            icon=":material/restart_alt:",
            on_click=callback(reset_filters),
        )
        st.stop()
    picked_chips(_read_filter_text(), _supported_paths())
    for note in note_strays(queries.get_snapshot(), params.scope):
        st.caption(f":material/event_busy: {md_text(note)}")
    return params.scope


def current_params(settings: Settings) -> PageParams:
    """Return the parameters of the filter bar, without conditions that the page does not support.

    Raises `MetricError` or `SearchError`.
    """
    params = parse_params(
        {name: st.session_state.get(name) or "" for name in _STATE},
        settings,
        queries.get_snapshot(),
    )
    paths = _supported_paths()
    if paths is None or params.where is None:
        return params
    parts = [part for part in iterate_conjuncts(params.where) if field_paths(part) <= paths]
    where = all_of(*parts) if parts else None
    return replace(params, where=where, scope=replace(params.scope, where=where))


def _supported_paths() -> frozenset[str] | None:
    """Return the fields that filters of the page may name, None if it explains others itself."""
    fact = _PAGE_FACTS.get(st.session_state.get(_PAGE, ""))
    return None if fact is None else supported_paths(fact)


def _read_filter_text() -> Filter | None:
    return read_filter(str(st.session_state.get("where") or ""))


def current_comparison() -> ComparisonPeriod:
    """Return the comparison of figures."""
    return _AGAINST.get(st.session_state.get(_COMPARE, ""), ComparisonPeriod.PREVIOUS)


def _more_popover() -> None:
    """Draw options that are changed seldom."""
    with st.popover("", icon=":material/more_horiz:", help="More options"):
        st.segmented_control(
            "Hours",
            [basis.value for basis in (RoundingBasis.ROUNDED, RoundingBasis.RAW)],
            default=RoundingBasis.ROUNDED.value,
            required=True,
            key="basis",
            bind="query-params",
            help="Rounded as on reports and invoices, or raw: exactly as tracked.",
        )
        image_format_picker()


def _comparison_picker() -> None:
    _translate_old_comparison()
    st.selectbox(
        "Compare with",
        list(_AGAINST),
        key=_COMPARE,
        bind="query-params",
        label_visibility="collapsed",
        width=230,
        help="Compare every figure with an earlier period.",
    )


def _translate_old_comparison() -> None:
    text = st.query_params.get(_COMPARE)
    if text in _OLD_TEXTS:
        st.query_params[_COMPARE] = _OLD_TEXTS[text]
        st.session_state[_COMPARE] = _OLD_TEXTS[text]


def _keep_comparison() -> None:
    """Set the comparison of a link or the page before: without its picker the address loses it."""
    text = st.query_params.get(_COMPARE) or str(st.session_state.get(_COMPARE, ""))
    text = _OLD_TEXTS.get(text, text)
    if text in _AGAINST:
        st.session_state[_COMPARE] = text


def reset_filters() -> None:
    """A callback: the default period, no filter. The rest is taste, not a filter, and stays."""
    set_text("period", "")
    set_text("where", "")


def scope_line(scope: Scope, *, with_comparison: bool = True) -> None:
    """Draw the days in scope, and the days they are compared with."""
    is_under_way = scope.start <= scope.today < scope.end
    last = scope.today if is_under_way else scope.end
    line = day_label(scope.start)
    if last != scope.start:
        line += f" – {day_label(last)}"
    if is_under_way:
        line += " (to date)"
    if name := fiscal_label(scope.start, scope.end, scope.fiscal_start):
        line += f" ({name})"
    if with_comparison and (against := current_comparison()):
        before = earlier_scope(scope, against)
        line += f" vs {day_label(before.start)} – {day_label(before.end)}"
    st.caption(line)
