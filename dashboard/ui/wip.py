"""Uninvoiced work: who it was for by its age, as a table, and the time entries behind it."""

from typing import Any

import streamlit as st

from dashboard.charts.ageing import MOST, ageing
from dashboard.charts.frame import Figure
from dashboard.charts.palette import look
from dashboard.listings.wip import AGES, WIP
from dashboard.metrics.catalog import UNINVOICED_AMOUNT, Fact
from dashboard.metrics.dimensions import CLIENT, PROJECT, day_label
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.echoes import set_text
from dashboard.ui.entries import entries_ahead, entries_card
from dashboard.ui.kept import Wanted
from dashboard.ui.listing import listing_card
from dashboard.ui.narrowing import Narrowing, combine, of_row
from dashboard.ui.page_access import callback, fragment
from dashboard.ui.pictures import Point, selectable_chart
from dashboard.ui.question import Question
from dashboard.ui.text import md_text
from harvest_client.search import Compare, Operator, all_of

_UNINVOICED = all_of(
    Compare(Operator.EQ, "billable", True), Compare(Operator.EQ, "is_billed", False)
)
_TABLES = {"Client": ("wip", (CLIENT,)), "Project": ("wip_by_project", (CLIENT, PROJECT))}


def window(scope: Scope) -> None:
    """Which work is counted and up to when its age, and a button that counts older work too."""
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


def wanted_ahead(asked: Question, *, fees: bool) -> list[Wanted[Any]]:
    """What `uninvoiced` will ask, slowest first; the choice is that of the run before."""
    name, _ = _TABLES[st.session_state.get("wip_by") or next(iter(_TABLES))]
    names = dict.fromkeys([name, "wip", *(["wip_fees"] if fees else [])])
    return [
        *(data.wanted_listing(name, scope=asked.scope) for name in names),
        *entries_ahead(asked.narrowed(_UNINVOICED).scope),
    ]


@fragment()
def uninvoiced(asked: Question, *, fees: bool) -> None:
    """Age by client, the table by client or project, and the entries of what is selected.

    With `fees`, what is left of fixed fees as well, in a table of its own.
    """
    turn = clearing.turn()
    picked = _ages(asked.scope, turn)
    chosen = st.segmented_control(
        "By",
        list(_TABLES),
        default="Client",
        required=True,
        key="wip_by",
        label_visibility="collapsed",
    )
    name, dimensions = _TABLES[chosen or "Client"]
    row = listing_card(name, asked, empty="Everything in this period is invoiced.")
    selected = of_row(row, dimensions, data.snapshot()) if row else None
    picked = combine({"ages": picked, "table": selected}, "_wip_selections")
    if fees:
        listing_card(
            "wip_fees",
            asked,
            empty="No fixed fee is left to invoice.",
            caption="Kept apart: a fee is agreed, not worked, so it has no age.",
        )
    with st.container(border=True):
        entries_card(asked.narrowed(_UNINVOICED), picked)


def _ages(scope: Scope, turn: int) -> Narrowing | None:
    """A chart per currency; the client whose bar is selected."""
    found = data.ask_listing("wip", scope=scope)
    picked = None
    with st.grid(min_column_width=300):
        for currency, frame in found.frame.groupby("currency", dropna=False, sort=True):
            known = currency if isinstance(currency, str) else None
            with st.container(border=True, height="stretch"):
                st.subheader(f"Age in days, {md_text(known or 'no currency')}", anchor=False)
                figure = ageing(
                    frame, AGES, UNINVOICED_AMOUNT.id, look(st.context.theme.type),
                    data.formats(), currency=known,
                )  # fmt: skip
                event = _chart(figure, known, f"ages_{known}_{turn}")
                if len(frame) > MOST:
                    st.caption(f"The first {MOST} of {len(frame)}; the table below has them all.")
            picked = picked or _picked(event, frame)
    return picked


def _chart(figure: Figure, currency: str | None, key: str) -> Point | None:
    alt = f"Uninvoiced amount in {currency or 'no currency'} by client and age"
    return selectable_chart(figure, key=key, alt=alt)


def _picked(point: Point | None, frame: Any) -> Narrowing | None:
    if point is None or point.trace >= len(AGES):
        return None
    key = point.value
    rows = frame[frame["client_id"].isna() if key is None else frame["client_id"] == key]
    if rows.empty:
        return None  # selected under another scope
    return of_row(rows.iloc[0].to_dict(), (CLIENT,), data.snapshot())


def _all_time() -> None:
    set_text("period", "all")
