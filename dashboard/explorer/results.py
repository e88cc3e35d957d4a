"""Results of the explorer: a page of records, and one of them in full."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.charts.theme import visible_text
from dashboard.components import queries
from dashboard.components.audit import note_search
from dashboard.components.code_snippets import json_text
from dashboard.components.downloads import download_links
from dashboard.components.text import md_text
from dashboard.explorer.form import PAGE, ExplorerRequest
from dashboard.reports.entities import (
    MOST,
    as_json,
    count_records,
    display_fields,
    has_records,
    records_frame,
)
from dashboard.store.search import search_snapshot
from dashboard.web.page_access import callback
from harvest_client.entities import Action, Entity
from harvest_client.models.fields import FieldType
from harvest_client.models.records import Record
from harvest_client.search import Search, SearchPage, search_digest


def records_card(explored: ExplorerRequest) -> Record | None:
    """Return a page of the records with what leads to the next one; the one selected, in full."""
    requested, snapshot = explored.search, queries.get_snapshot()
    with st.container(border=True):
        if not has_records(snapshot, requested.entity):
            st.caption(":material/inbox: No records to search yet. Run a sync.")
            return None
        there = count_records(snapshot, requested)
        # Another search begins on its own first page.
        key, pages = f"explored_{search_digest(requested)}", max(-(-there // PAGE), 1)
        number = _current_page(f"{key}_page", pages)
        offset = (number - 1) * PAGE
        page = search_snapshot(snapshot, requested, offset=offset)
        note_search(requested, explored.also, there)
        _results_head(explored, there, offset + 1, len(page.data))
        if not page.data:
            st.caption(f":material/inbox: {_why_empty(requested.entity, explored.action)}")
            return None
        row = _results_table(requested, page, key=f"{key}_{number}")
        _page_buttons(f"{key}_page", number, pages)
    if row is None:
        return None
    whole = replace(requested, fields=None)
    record = search_snapshot(snapshot, whole, offset=offset).data[row]
    note_search(whole, {"entity": requested.entity.name, "id": str(getattr(record, "id", ""))}, 1)
    return record


def record_card(record: Record | None) -> None:
    """Every field of one record, whichever the table shows."""
    if record is not None:
        with st.container(border=True):
            st.subheader("Record", anchor=False)
            st.json(as_json(record))


def _results_head(explored: ExplorerRequest, there: int, first: int, rows: int) -> None:
    formats = queries.get_formats()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(explored.search.entity.label, anchor=False, width="content")
        if there:
            of = f"{formats.format_number(first)}–{formats.format_number(first + rows - 1)}"
            st.caption(f"{of} of {formats.format_number(there)}", width="content")
        st.space("stretch")
        download_links("explorer", urlencode(explored.also))
    if there > MOST:
        st.caption(f"A file has the first {formats.format_number(MOST)} of them.")


def _results_table(search: Search, page: SearchPage, *, key: str) -> int | None:
    """Return the records as rows; which is selected."""
    table = records_frame(search, page.data)
    written: dict[Any, Any] = {}
    config = {}
    for path, field in display_fields(search).items():
        numbers = pd.api.types.is_numeric_dtype(table[path]) and field.kind is not FieldType.BOOLEAN
        if numbers:
            written[path] = _number_text
        elif field.kind is not FieldType.BOOLEAN:
            table[path] = table[path].map(lambda v: v if v is None else visible_text(str(v)))
        config[path] = st.column_config.Column(
            help=field.doc or None, alignment="right" if numbers else None
        )
    event: Any = st.dataframe(
        table.style.format(written), hide_index=True, key=key, on_select="rerun",
        selection_mode="single-row", column_config=config, placeholder="",
        alt=f"Table: {search.entity.label}",
    )  # fmt: skip
    rows = event["selection"]["rows"]
    return rows[0] if rows and rows[0] < len(page.data) else None


def _number_text(value: Any) -> str:
    """Return every digit and no more: the browser would add noise behind the point."""
    return "" if pd.isna(value) else json_text(Decimal(str(value)).normalize())


def _current_page(key: str, pages: int) -> int:
    """Return the current page; a newer snapshot may have fewer."""
    page: int = st.session_state.get(key, 1)
    if page > pages:
        st.session_state[key] = page = pages
    return page


def _page_buttons(key: str, page: int, pages: int) -> None:
    if pages == 1:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first, back = page == 1, page - 1
        _page_button("First", "explorer_first", ":material/first_page:", first, key, 1)
        _page_button("Previous", "explorer_back", ":material/chevron_left:", first, key, back)
        st.number_input(
            f"Page of {queries.get_formats().format_number(pages)}",
            1,
            pages,
            key=key,
            step=1,
            width=150,
        )
        _page_button(
            "Next", "explorer_next", ":material/chevron_right:", page == pages, key, page + 1
        )
        _page_button("Last", "explorer_last", ":material/last_page:", page == pages, key, pages)


def _page_button(label: str, name: str, icon: str, disabled: bool, key: str, page: int) -> None:
    st.button(
        label, key=name, icon=icon, disabled=disabled, on_click=callback(_turn_to), args=(key, page)
    )  # fmt: skip


def _turn_to(key: str, page: int) -> None:
    st.session_state[key] = page


def _why_empty(entity: Entity, action: Action) -> str:
    refused = queries.get_snapshot().rows(
        "SELECT s.refused AS refused FROM entity_state AS s"
        " WHERE s.entity = ? AND s.refused IS NOT NULL",
        (entity.name,),
    )
    if refused:
        return md_text(f"{entity.label} could not be read: {refused[0][0]}")
    if action is Action.GET:
        return "No stored record has this id."
    return "No records match."
