"""The explorer: any records of the stored copy, asked for as the connector would be."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.charts.text import plain
from dashboard.config import Settings
from dashboard.errors import DashboardError
from dashboard.listings.explorer import MOST, USUAL, as_json, asked_of, count, frame, shown
from dashboard.metrics.dimensions import day_label
from dashboard.store.search import searched
from dashboard.ui import data
from dashboard.ui.builder import builder
from dashboard.ui.calls import get_call, list_call, search_call
from dashboard.ui.copyable import call_tabs
from dashboard.ui.errors import explain
from dashboard.ui.links import download
from dashboard.ui.text import md_text
from harvest_client import HarvestError
from harvest_client.entities import ENTITIES, Action, Entity, Rate
from harvest_client.fields import Kind
from harvest_client.records import Record
from harvest_client.search import Search, SearchPage, fingerprint, searchable
from harvest_client.search.addressing import selectable
from harvest_client.search.choosing import MAX_FIELDS
from harvest_client.search.operators import OPERATORS
from harvest_client.search.sorting import MAX_SORT

PAGE = 50  # records
_STATE = ("entity", "action", "id", "filter", "sort", "fields")
_PLACES = "_explorer_pages"


@dataclass(frozen=True, slots=True)
class Explored:
    """What is asked, and the page's parameters that ask it."""

    search: Search
    action: Action
    also: dict[str, str]


def asked_card() -> Explored | None:
    """Draws what can be asked; None, with a sentence, where that cannot be understood."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                "Entity", list(ENTITIES), index=list(ENTITIES).index(USUAL), key="entity",
                format_func=lambda name: ENTITIES[name].label, bind="query-params", width=280,
                on_change=_other_entity,
            )  # fmt: skip
            entity = ENTITIES[name]
            action = st.segmented_control(
                "Action", [action.value for action in entity.actions],
                default=Action.SEARCH.value, required=True, key="action",
                format_func=str.capitalize, bind="query-params",
            )  # fmt: skip
        st.caption(md_text(entity.doc))
        if action == Action.GET and entity.primary_key == ("id",):
            st.text_input("Id", key="id", bind="query-params", width=280)
        if action == Action.SEARCH:
            _search_pickers(entity)
        also = _also()
        try:
            return Explored(asked_of(also, limit=PAGE), Action(also["action"]), also)
        except (HarvestError, DashboardError) as error:
            explain(error)
            st.button("Reset", key="reset_explorer", icon=":material/restart_alt:", on_click=_reset)
    return None


def stored_caption(explored: Explored) -> None:
    """What the copy has of this entity, where that is not what the connector would answer."""
    entity = explored.search.entity
    since, stored = data.snapshot().meta.since, data.first_day()
    first = max(filter(None, (since, stored)), default=None)
    if entity.rate is Rate.REPORTS:
        days = f"since {day_label(first)}" if first else "stored"
        st.info(
            f"The connector adds this report up from a day to a day. The stored copy has one "
            f"total per row, over all days {days}: that is what is shown. For other days, "
            "run the list below as a command with your own `--from` and `--to`."
        )
    elif entity.date_field and since:
        st.caption(f"Stored are the days since {day_label(since)}.")


def records_card(explored: Explored) -> Record | None:
    """A page of the records with what leads to the next one; the one selected, in full."""
    asked, snapshot = explored.search, data.snapshot()
    with st.container(border=True):
        if not snapshot.holds_records:
            st.caption(":material/inbox: This copy has no records to search: sync once more.")
            return None
        places = _places(asked)
        here = replace(asked, cursor=places[-1])
        page = searched(snapshot, here)
        _head(explored, count(snapshot, asked), (len(places) - 1) * PAGE + 1, len(page.data))
        if not page.data:
            st.caption(f":material/inbox: {_why_empty(asked.entity, explored.action)}")
            return None
        row = _table(asked, page, key=f"explored_{fingerprint(asked)}_{len(places)}")
        _steps(places, page)
    if row is None:
        return None
    return searched(snapshot, replace(here, fields=None)).data[row]


def record_card(record: Record | None) -> None:
    """Every field of one record, whichever the table shows."""
    if record is not None:
        with st.container(border=True):
            st.subheader("Record", anchor=False)
            st.json(as_json(record))


def call_card(explored: Explored, settings: Settings) -> None:
    """The same question to the connector itself."""
    asked, entity = explored.search, explored.search.entity
    with st.container(border=True):
        st.subheader("The same call", anchor=False)
        match explored.action:
            case Action.LIST:
                first = data.first_day() or settings.today
                window = (first, settings.today) if entity.rate is Rate.REPORTS else None
                call_tabs(list_call(entity, window, PAGE))
            case Action.GET:
                given = int(explored.also["id"]) if entity.primary_key == ("id",) else None
                call_tabs(get_call(entity, given))
            case Action.SEARCH:
                call_tabs(search_call(asked), asked)


def _search_pickers(entity: Entity) -> None:
    known = searchable(entity)
    rows, text = st.tabs(["Filter by rows", "Filter by hand"])
    # Drawn before the rows, which depend on it: the URL's value arrives with the widget.
    with text:
        st.text_area(
            "Filter, in the connector's language", key="filter", bind="query-params",
            placeholder='{"eq": {"id": 1}}', height=120,
            help=f"Operators: {', '.join(OPERATORS)}. What the rows apply is written here.",
        )  # fmt: skip
    with rows:
        builder("filter", known)
    ordered = [p for p, field in known.items() if field.kind in OPERATORS["in"].takes]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Sort", [f"{path}{order}" for path in ordered for order in ("", " desc")], key="sort",
            bind="query-params", max_selections=MAX_SORT, placeholder="By its key", width=380,
        )  # fmt: skip
        st.multiselect(
            "Fields", list(selectable(entity)), key="fields", bind="query-params",
            max_selections=MAX_FIELDS, placeholder="All", width=380,
        )  # fmt: skip


def _also() -> dict[str, str]:
    """The page's parameters as texts, lists with commas: what the file is asked for too."""
    said = {name: st.session_state.get(name) or "" for name in _STATE}
    return {n: ",".join(v) if isinstance(v, list) else v for n, v in said.items() if v}


def _head(explored: Explored, there: int, first: int, rows: int) -> None:
    formats = data.formats()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(explored.search.entity.label, anchor=False, width="content")
        if there:
            of = f"{formats.number(first)}–{formats.number(first + rows - 1)}"
            st.caption(f"{of} of {formats.number(there)}", width="content")
        st.space("stretch")
        download("explorer", urlencode(explored.also))
    if there > MOST:
        st.caption(f"A file has the first {formats.number(MOST)} of them.")


def _table(asked: Search, page: SearchPage, *, key: str) -> int | None:
    """The records as rows; which is selected."""
    table, config = frame(asked, page.data), {}
    for path, field in shown(asked).items():
        help = field.doc or None
        if pd.api.types.is_numeric_dtype(table[path].dtype):
            config[path] = st.column_config.NumberColumn(format="plain", help=help)
        elif field.kind is Kind.DATE:
            config[path] = st.column_config.DateColumn(format="YYYY-MM-DD", help=help)
        else:
            table[path] = table[path].map(lambda v: plain(v) if isinstance(v, str) else v)
            config[path] = st.column_config.Column(help=help)
    event: Any = st.dataframe(
        table, hide_index=True, key=key, on_select="rerun", selection_mode="single-row",
        column_config=config, alt=f"Table: {asked.entity.label}",
    )  # fmt: skip
    rows = event["selection"]["rows"]
    return rows[0] if rows and rows[0] < len(page.data) else None


def _places(asked: Search) -> list[str | None]:
    """Where each page up to this one begins; another search begins on its own first page."""
    kept: Any = st.session_state.get(_PLACES)
    key = (str(data.snapshot().path), fingerprint(asked))
    if kept is None or kept[0] != key:
        st.session_state[_PLACES] = kept = (key, [None])
    places: list[str | None] = kept[1]
    return places


def _steps(places: list[str | None], page: SearchPage) -> None:
    if len(places) == 1 and not page.meta.has_more:
        return
    with st.container(horizontal=True):
        st.button(
            "Previous", key="explorer_back", icon=":material/chevron_left:",
            disabled=len(places) == 1, on_click=places.__delitem__, args=(-1,),
        )  # fmt: skip
        st.button(
            "Next", key="explorer_next", icon=":material/chevron_right:", icon_position="right",
            disabled=not page.meta.has_more, on_click=places.append, args=(page.meta.cursor,),
        )  # fmt: skip


def _why_empty(entity: Entity, action: Action) -> str:
    refused = data.snapshot().rows(
        "SELECT s.refused AS refused FROM entity_state AS s"
        " WHERE s.entity = ? AND s.refused IS NOT NULL",
        (entity.name,),
    )
    if refused:
        return md_text(f"{entity.label} could not be read: {refused[0][0]}")
    if action is Action.GET:
        return "No stored record has this id."
    return "There are none, or none that the filter selects."


def _other_entity() -> None:
    st.session_state["sort"], st.session_state["fields"] = [], []
    st.session_state["id"] = ""
    if st.session_state.get("action") not in ENTITIES[st.session_state["entity"]].actions:
        st.session_state["action"] = Action.SEARCH.value


def _reset() -> None:
    st.session_state["filter"], st.session_state["id"] = "", ""
    st.session_state["sort"], st.session_state["fields"] = [], []
