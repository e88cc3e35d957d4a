"""Uninvoiced work: who it was for by its age, as a table, and the time entries behind it."""

from typing import Any

import streamlit as st

from dashboard.charts.ageing import MOST_CLIENTS, ageing_chart
from dashboard.charts.frame import Figure
from dashboard.charts.palette import get_theme
from dashboard.listings.wip import AGES, WIP
from dashboard.metrics.catalog import UNINVOICED_AMOUNT, Fact
from dashboard.metrics.dimensions import CLIENT, PROJECT, day_label
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.echoes import set_text
from dashboard.ui.entries import entries_card, entries_queries
from dashboard.ui.kept import Query
from dashboard.ui.listing import report_card
from dashboard.ui.narrowing import Narrowing, combine, selection_from_row
from dashboard.ui.page_access import callback, fragment
from dashboard.ui.pictures import Point, selectable_chart
from dashboard.ui.question import PageParams
from dashboard.ui.text import md_text
from harvest_client.search import Compare, Operator, all_of

_UNINVOICED = all_of(
    Compare(Operator.EQ, "billable", True), Compare(Operator.EQ, "is_billed", False)
)
_TABLES = {"Client": ("wip", (CLIENT,)), "Project": ("wip_by_project", (CLIENT, PROJECT))}


def window(scope: Scope) -> None:
    """Draw the days of the counted work, and a button that shows all time."""
    first = data.first_day(*WIP.facts, Fact.TIME, Fact.EXPENSES)
    with st.container(horizontal=True, vertical_alignment="center"):
        # What is left of earlier work is next to nothing: there is no change to speak of.
        st.caption(
            f"Worked or spent {day_label(scope.start)} – {day_label(scope.end)}, aged up to"
            f" {day_label(scope.today)}, not compared with earlier work",
            width="content",
        )
        if first is None or first >= scope.start:
            return
        st.button(
            "Count all time", key="all_time", type="tertiary", icon=":material/history:",
            on_click=callback(_all_time),
        )  # fmt: skip


def section_queries(asked: PageParams, *, fees: bool) -> list[Query[Any]]:
    """Return the queries of the sections, slowest first, with the choice of the run before."""
    name, _ = _TABLES[st.session_state.get("wip_by") or next(iter(_TABLES))]
    names = dict.fromkeys([name, "wip", *(["wip_fees"] if fees else [])])
    return [
        *(data.report_query(name, scope=asked.scope) for name in names),
        *entries_queries(asked.restrict(_UNINVOICED).scope),
    ]


@fragment()
def uninvoiced_sections(asked: PageParams, *, fees: bool) -> None:
    """Age by client, the table by client or project, and the entries of what is selected.

    With `fees`, what is left of fixed fees as well, in a table of its own.
    """
    turn = clearing.selection_epoch()
    picked = _age_charts(asked.scope, turn)
    chosen = st.segmented_control(
        "By",
        list(_TABLES),
        default="Client",
        required=True,
        key="wip_by",
        label_visibility="collapsed",
    )
    name, dimensions = _TABLES[chosen or "Client"]
    row = report_card(name, asked, empty="Everything in this period is invoiced.")
    selected = selection_from_row(row, dimensions, data.get_snapshot()) if row else None
    picked = combine({"ages": picked, "table": selected}, "_wip_selections")
    if fees:
        report_card(
            "wip_fees",
            asked,
            empty="No fixed fee is left to invoice.",
            caption="Kept apart: a fee is agreed, not worked, so it has no age.",
        )
    with st.container(border=True):
        entries_card(asked.restrict(_UNINVOICED), picked)


def _age_charts(scope: Scope, turn: int) -> Narrowing | None:
    """A chart per currency; the client whose bar is selected."""
    found = data.get_report("wip", scope=scope)
    picked = None
    with st.grid(min_column_width=300):
        for currency, frame in found.frame.groupby("currency", dropna=False, sort=True):
            known = currency if isinstance(currency, str) else None
            with st.container(border=True, height="stretch"):
                st.subheader(f"Age in days, {md_text(known or 'no currency')}", anchor=False)
                figure = ageing_chart(
                    frame, AGES, UNINVOICED_AMOUNT.id, get_theme(st.context.theme.type),
                    data.get_formats(), currency=known,
                )  # fmt: skip
                event = _age_chart(figure, known, f"ages_{known}_{turn}")
                if len(frame) > MOST_CLIENTS:
                    st.caption(
                        f"The first {MOST_CLIENTS} of {len(frame)}; the table below has them all."
                    )
            picked = picked or _selected_client(event, frame)
    return picked


def _age_chart(figure: Figure, currency: str | None, key: str) -> Point | None:
    alt = f"Uninvoiced amount in {currency or 'no currency'} by client and age"
    return selectable_chart(figure, key=key, alt=alt)


def _selected_client(point: Point | None, frame: Any) -> Narrowing | None:
    if point is None or point.trace >= len(AGES):
        return None
    key = point.value
    rows = frame[frame["client_id"].isna() if key is None else frame["client_id"] == key]
    if rows.empty:
        return None  # selected under another scope
    return selection_from_row(rows.iloc[0].to_dict(), (CLIENT,), data.get_snapshot())


def _all_time() -> None:
    set_text("period", "all")
