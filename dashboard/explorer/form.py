"""The explorer: any records of the stored copy, asked for as the connector would be."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.components import queries
from dashboard.components.code_snippets import call_tabs, get_call, list_call, search_call
from dashboard.components.errors import explain_error
from dashboard.components.filter_builder import filter_builder
from dashboard.components.text import md_text
from dashboard.components.text_input_sync import set_text, text_field
from dashboard.config.errors import DashboardError
from dashboard.explorer.link import (
    clear_parameters,
    link_errors,
    parameter_pickers,
    parameter_texts,
)
from dashboard.metrics.catalog import Fact
from dashboard.metrics.completeness import record_reasons
from dashboard.metrics.dimensions import day_label
from dashboard.reports.entities import USUAL, parse_list_request, search_of_link
from dashboard.store.completeness import TIME
from dashboard.store.search import demand_search
from dashboard.web.page_access import callback
from harvest_client import HarvestError
from harvest_client.entities import ENTITIES, Action, Entity, Rate
from harvest_client.search import Search, searchable_fields
from harvest_client.search.field_paths import selectable_fields
from harvest_client.search.operators import OPERATORS
from harvest_client.search.projection import MAX_FIELDS, MAX_SORT

PAGE = 50  # records
_STRAYED = "_explorer_strayed"
_STATE = ("entity", "action", "id", "filter", "sort", "fields")


@dataclass(frozen=True, slots=True)
class ExplorerRequest:
    """Request of the explorer, and the page parameters that state it."""

    search: Search
    action: Action
    also: dict[str, str]


def request_form() -> ExplorerRequest | None:
    """Draw what can be asked; None, with a sentence, where that cannot be understood."""
    matches = list(link_errors(_still_said, _sortable_paths))
    with st.container(border=True):
        links = st.container()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                "Entity", list(ENTITIES), index=list(ENTITIES).index(USUAL), key="entity",
                bind="query-params", width=280, on_change=callback(_other_entity),
            )  # fmt: skip
            entity = ENTITIES[name]
            action = st.segmented_control(
                "Action", [action.value for action in entity.actions],
                default=Action.SEARCH.value, required=True, key="action",
                bind="query-params",
            )  # fmt: skip
        st.caption(md_text(entity.doc))
        if action == Action.GET and entity.primary_key == ("id",):
            st.text_input("Id", key="id", bind="query-params", width=280)
        if action == Action.LIST:
            parameter_pickers(entity)
        if action == Action.SEARCH:
            _search_pickers(entity)
        also = _link_params(entity)
        with links:
            _left_out(matches, also)
        try:
            search = search_of_link(also, limit=PAGE)
            demand_search(queries.get_snapshot(), search)
            return ExplorerRequest(search, Action(also["action"]), also)
        except (HarvestError, DashboardError) as error:
            explain_error(error)
            st.button(
                "Reset",
                key="reset_explorer",
                icon=":material/restart_alt:",
                on_click=callback(_clear_form),
            )
    return None


def stored_caption(explored: ExplorerRequest) -> None:
    """Explain what is stored of the entity, if it differs from a response of the API."""
    entity = explored.search.entity
    completeness, stored = queries.get_snapshot().completeness, queries.first_day(Fact.TIME)
    first = max(filter(None, (completeness.complete_since(TIME), stored)), default=None)
    if entity.rate is Rate.REPORTS:
        days = f"since {day_label(first)}" if first else "stored"
        st.info(
            f"The connector adds this report up from a day to a day. The stored copy has one "
            f"total per row, over all days {days}: that is what is shown. For other days, "
            "run the list below as a command with your own `--from` and `--to`."
        )
    else:
        for reason in record_reasons(completeness, entity.name):
            st.caption(md_text(reason))
    if explored.action is Action.LIST and (says := parse_list_request(entity, explored.also).says):
        st.caption(f":material/info: {md_text(says)}")


def call_card(explored: ExplorerRequest) -> None:
    """The same question to the connector itself."""
    requested, entity = explored.search, explored.search.entity
    with st.container(border=True):
        st.subheader("API call", anchor=False)
        match explored.action:
            case Action.LIST:
                given = parse_list_request(entity, explored.also).given
                if entity.rate is Rate.REPORTS:
                    given = given | _report_window(given)
                call_tabs(list_call(entity, given, PAGE))
            case Action.GET:
                key = int(explored.also["id"]) if entity.primary_key == ("id",) else None
                call_tabs(get_call(entity, key))
            case Action.SEARCH:
                call_tabs(search_call(requested), requested)


def _report_window(values: Mapping[str, object]) -> dict[str, object]:
    """The days asked for; where an end is open, as far as days are stored: a report needs both."""
    first, last = str(values.get("from", "")), str(values.get("to", ""))
    stored = (queries.first_day(Fact.TIME) or queries.current_day()).isoformat()
    last = last or max(queries.current_day().isoformat(), first)
    return {"from": first or min(stored, last), "to": last}


def _search_pickers(entity: Entity) -> None:
    known = searchable_fields(entity)
    rows, text = st.tabs(["Builder", "JSON"])
    # Drawn before the rows, which depend on it: the URL's value arrives with the widget.
    with text:
        text_field("filter", _filter_text)
    with rows:
        filter_builder("filter", known)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Sort", _sortable_paths(entity), key="sort", bind="query-params",
            max_selections=MAX_SORT, placeholder="By its key", width=380,
        )  # fmt: skip
        st.multiselect(
            "Fields", list(selectable_fields(entity)), key="fields", bind="query-params",
            max_selections=MAX_FIELDS, placeholder="All", width=380,
        )  # fmt: skip


def _filter_text() -> str | None:
    return st.text_area(
        "Filter, in the connector's language", key="filter", bind="query-params",
        placeholder='{"eq": {"id": 1}}', height=120,
        help=f"Operators: {', '.join(OPERATORS)}. What the rows apply is written here.",
    )  # fmt: skip


def _sortable_paths(entity: Entity) -> list[str]:
    takes = OPERATORS["in"].takes
    ordered = [path for path, field in searchable_fields(entity).items() if field.kind in takes]
    return [f"{path}{order}" for path in ordered for order in ("", " desc")]


def _still_said(name: str) -> list[str]:
    """Return the parameter of a widget that is not drawn yet, which will take it."""
    return [] if name in st.session_state else st.query_params.get_all(name)


def _left_out(matches: list[str], also: dict[str, str]) -> None:
    """Return what of a link was not understood, until something else is asked."""
    if matches:
        st.session_state[_STRAYED] = (matches, also)
    sentences, said = st.session_state.get(_STRAYED, ([], {}))
    if sentences and said == also:
        st.warning(
            md_text(f"Left out of the link: {' '.join(sentences)}"), icon=":material/link_off:"
        )


def _link_params(entity: Entity) -> dict[str, str]:
    """Return the page's parameters as texts, lists with commas: what the file is asked for too."""
    said = {name: st.session_state.get(name) or "" for name in _STATE}
    also = {n: ",".join(v) if isinstance(v, list) else v for n, v in said.items() if v}
    return also | parameter_texts(entity) if also["action"] == Action.LIST else also


def _other_entity() -> None:
    clear_parameters()
    st.session_state["sort"], st.session_state["fields"] = [], []
    st.session_state["id"] = ""
    if st.session_state.get("action") not in ENTITIES[st.session_state["entity"]].actions:
        st.session_state["action"] = Action.SEARCH.value


def _clear_form() -> None:
    clear_parameters()
    set_text("filter", "")
    st.session_state["id"] = ""
    st.session_state["sort"], st.session_state["fields"] = [], []
