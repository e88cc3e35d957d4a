"""A report on a page: its rows, totals and files, and the time entries behind it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.charts.formatting import NONE, Formats
from dashboard.charts.theme import visible_text
from dashboard.components import queries
from dashboard.components.completeness import notes_below
from dashboard.components.downloads import download_links
from dashboard.components.page_params import PageParams
from dashboard.components.queries import Query
from dashboard.components.selection import Narrowing, clear_button, selection_epoch
from dashboard.components.table import (
    ENTRIES,
    SEEN,
    day_column,
    entries_table,
    formatted_table,
    has_days,
    number_column,
    table_height,
)
from dashboard.components.text import md_text
from dashboard.metrics.dimensions import MONTH, period_label
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.reports.table import Column, Table, TableSpec

_MOST_TOTALS = 4  # columns
ROWS = 500  # rows a page: a click on a header sorts the rows of one page


def report_card(
    name: str,
    params: PageParams,
    *,
    empty: str = "No data for this period.",
    caption: str = "",
    also: Mapping[str, str] | None = None,
    says: str = "",
) -> dict[str, Any] | None:
    """Return the listing `name` in a card with its title, notes and downloads.

    `also` are parameters of the listing's own; `says` is what of it was selected elsewhere.
    Returns the row that is selected, with all columns of its frame.
    """
    kind, also = LISTINGS[name], also or {}
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(kind.title, anchor=False, width="content")
            if says:
                clear_button(says, key=f"clear_{name}", rows="rows")
            st.space("stretch")
            download_links(name, params.to_query(**also))
        listing = _read_report(kind, params, also)
        if caption:
            st.caption(caption)
        for note in notes_below(listing.notes):
            st.caption(md_text(note))
        if listing.frame.empty:
            st.caption(f":material/inbox: {empty}")
            return None
        part = f"_{urlencode(also)}" if also else ""
        key = f"{name}{part}_{hash(params.scope.key)}"
        row = report_table(listing, key=key, alt=kind.title)
        if total := _total_text(listing):
            st.caption(md_text(total))
        return row


def _total_text(listing: Table) -> str:
    """Return the sums of the columns that add up, per currency, and the number of rows."""
    formats, frame = queries.get_formats(), listing.frame
    if len(frame) < 2:
        return ""
    texts = [f"{formats.format_number(len(frame))} rows"]
    columns = [column for column in listing.columns if column.unit and column.adds_up]
    if not columns:
        return ""
    # With more columns the line would be longer than the table is wide.
    for column in columns if len(columns) <= _MOST_TOTALS else columns[-1:]:
        assert column.unit
        if column.unit.is_amount:
            sums = frame.groupby("currency", dropna=False)[column.id].sum()
            amounts = [
                formats.format_value(float(amount), column.unit, code)
                for code, amount in sums.items()
                if isinstance(code, str)
            ]
            texts.append(f"{column.label} {' + '.join(amounts)}")
        else:
            total = float(frame[column.id].sum())
            texts.append(f"{column.label} {formats.format_value(total, column.unit)}")
    return f"Total: {' · '.join(texts)}"


def _read_report(kind: TableSpec, params: PageParams, also: Mapping[str, str]) -> Table:
    if not also:
        return queries.get(queries.report_query(kind.id, scope=params.scope))
    return queries.get_cached(
        f"{kind.id}?{urlencode(also)}",
        lambda stored: kind.read(stored, params.scope, also),
        scope=params.scope,
    )


def report_table(
    listing: Table, *, key: str, alt: str, select: bool = True
) -> dict[str, Any] | None:
    """Return the rows alone; the row that is selected, if any."""
    formats = queries.get_formats()
    # A selection is forgotten when it is cleared: under another key.
    key = f"{key}_{selection_epoch()}"
    pages = -(-len(listing.frame) // ROWS)
    page = st.session_state.get(f"{key}_page", 1) if pages > 1 else 1
    frame = listing.frame.iloc[(page - 1) * ROWS : page * ROWS].reset_index(drop=True)
    shown = pd.DataFrame(index=frame.index)
    texts: dict[str, list[str]] = {}
    config = {}
    for column in listing.columns:
        shown[column.label], said = _column_values(frame, column, formats)
        if said is not None:
            texts[column.label] = said
        config[column.label] = _column_config(column)
    event: Any = st.dataframe(
        formatted_table(shown, texts) if texts else shown,
        hide_index=True,
        height=table_height(min(len(frame), SEEN)),
        key=f"{key}_{page}",
        on_select="rerun" if select else "ignore",
        selection_mode="single-row",
        column_config=config,
        placeholder=NONE,
        alt=f"Table: {alt}",
    )
    if pages > 1:
        st.pagination(pages, key=f"{key}_page")
    rows = event["selection"]["rows"] if select else []
    if not rows or rows[0] >= len(frame):
        return None
    return {str(name): value for name, value in frame.iloc[rows[0]].items()}


def _column_config(column: Column) -> Any:
    if column.is_link:
        return st.column_config.LinkColumn(display_text="Open", help=column.doc or None)
    alignment: Any = "right" if column.unit else None
    return st.column_config.Column(help=column.doc or None, alignment=alignment)


def _column_values(
    frame: pd.DataFrame, column: Column, formats: Formats
) -> tuple[pd.Series, list[str] | None]:
    values = frame[column.id]
    if column.unit is not None:
        return number_column(frame, column.id, column.unit, formats)
    if column.is_link or values.dtype == bool:
        return values, None
    if column.id == MONTH.id:
        dates, _ = day_column(values, formats)
        return dates, [period_label(MONTH, day) for day in dates]
    if has_days(values):
        return day_column(values, formats)
    return values.map(_cell_text), None


def _cell_text(value: Any) -> str:
    return NONE if pd.isna(value) else visible_text(str(value))


def entries_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of `entries_card` without a selection."""
    return [
        queries.entries_query(scope=scope, limit=ENTRIES, offset=0),
        queries.entry_count_query(scope=scope),
    ]


def entries_card(params: PageParams, narrowed: Narrowing | None) -> None:
    """All entries of the question, or those of the bars and rows that are selected."""
    shown = params.restrict(narrowed.where if narrowed else None)
    count, hours = queries.get(queries.entry_count_query(scope=shown.scope))
    formats = queries.get_formats()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Time entries", anchor=False, width="content")
        if narrowed:
            clear_button(narrowed.says)
        st.space("stretch")
        download_links("entries", shown.to_query())
    text = (
        f"{formats.format_number(count)} entries · {formats.format_hours(hours)} hours"
        " · newest first"
    )
    st.caption(text if narrowed else f"{text} · click a bar or row above to filter")
    if not count:
        return
    pages = -(-count // ENTRIES)
    # Another selection begins on its own first page.
    key = f"entries_{hash(shown.scope.key)}"
    page = st.session_state.get(f"{key}_page", 1)
    entries = queries.get(
        queries.entries_query(scope=shown.scope, limit=ENTRIES, offset=(page - 1) * ENTRIES)
    )
    entries_table(entries, key=f"{key}_{page}")
    if pages > 1:
        st.pagination(pages, key=f"{key}_page")
