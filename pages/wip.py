"""Uninvoiced work by client and age."""

from typing import Any

import streamlit as st

from dashboard.charts.layout import Figure
from dashboard.charts.receivables import MOST_CLIENTS, ageing_chart
from dashboard.charts.theme import get_theme
from dashboard.components import cards, queries, selection
from dashboard.components.cards import supported_groups
from dashboard.components.chart import Point, selectable_chart
from dashboard.components.filter_bar import current_params
from dashboard.components.page_params import PageParams
from dashboard.components.queries import Query, get, prefetch, trend_query
from dashboard.components.report_table import entries_card, entries_queries, report_card
from dashboard.components.selection import Narrowing, combine, selection_from_row
from dashboard.components.text import md_text
from dashboard.components.text_input_sync import set_text
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    UNINVOICED_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
    UNINVOICED_FEES_AMOUNT,
    UNINVOICED_HOURS,
    Fact,
)
from dashboard.metrics.comparison_period import ComparisonPeriod
from dashboard.metrics.dimensions import CLIENT, PROJECT, day_label
from dashboard.metrics.period import choose_step
from dashboard.metrics.scope import Scope
from dashboard.reports.wip import AGES, WIP
from dashboard.web.page_access import callback, fragment
from harvest_client.search import Compare, Operator, all_of

_UNINVOICED = all_of(
    Compare(Operator.EQ, "billable", True), Compare(Operator.EQ, "is_billed", False)
)
_TABLES = {"Client": ("wip", (CLIENT,)), "Project": ("wip_by_project", (CLIENT, PROJECT))}


def window(scope: Scope) -> None:
    """Draw the days of the counted work, and a button that shows all time."""
    first = queries.first_day(*WIP.facts, Fact.TIME, Fact.EXPENSES)
    with st.container(horizontal=True, vertical_alignment="center"):
        # What is left of earlier work is next to nothing: there is no change to speak of.
        st.caption(
            f"Work and expenses from {day_label(scope.start)} –"
            f" {day_label(min(scope.end, max(scope.today, scope.start)))},"
            f" age as of {day_label(scope.today)}",
            width="content",
        )
        if first is None or first >= scope.start:
            return
        st.button(
            "Show all time", key="all_time", type="tertiary", icon=":material/history:",
            on_click=callback(_all_time),
        )  # fmt: skip


def section_queries(params: PageParams, *, fees: bool) -> list[Query[Any]]:
    """Return the queries of the sections, slowest first, with the choice of the run before."""
    name, _ = _TABLES[st.session_state.get("wip_by") or next(iter(_TABLES))]
    names = dict.fromkeys([name, "wip", *(["wip_fees"] if fees else [])])
    return [
        *(queries.report_query(name, scope=params.scope) for name in names),
        *entries_queries(params.restrict(_UNINVOICED).scope),
    ]


@fragment()
def uninvoiced_sections(params: PageParams, *, fees: bool) -> None:
    """Age by client, the table by client or project, and the entries of what is selected.

    With `fees`, what is left of fixed fees as well, in a table of its own.
    """
    turn = selection.selection_epoch()
    picked = _age_charts(params.scope, turn)
    chosen = st.segmented_control(
        "By",
        list(_TABLES),
        default="Client",
        required=True,
        key="wip_by",
        label_visibility="collapsed",
    )
    name, dimensions = _TABLES[chosen or "Client"]
    row = report_card(name, params, empty="Nothing uninvoiced in this period.")
    selected = selection_from_row(row, dimensions, queries.get_snapshot()) if row else None
    picked = combine({"ages": picked, "table": selected}, "_wip_selections")
    if fees:
        report_card(
            "wip_fees",
            params,
            empty="No fixed fees left to invoice.",
            caption="Fixed fees are shown separately because they have no work date.",
        )
    with st.container(border=True):
        entries_card(params.restrict(_UNINVOICED), picked)


def _age_charts(scope: Scope, turn: int) -> Narrowing | None:
    """Return a chart per currency; the client whose bar is selected."""
    table = queries.get(queries.report_query("wip", scope=scope))
    picked = None
    with st.grid(min_column_width=300):
        for currency, frame in table.frame.groupby("currency", dropna=False, sort=True):
            known = currency if isinstance(currency, str) else None
            with st.container(border=True, height="stretch"):
                st.subheader(f"Age in days, {md_text(known or 'no currency')}", anchor=False)
                figure = ageing_chart(
                    frame, AGES, UNINVOICED_AMOUNT.id, get_theme(st.context.theme.type),
                    queries.get_formats(), currency=known,
                )  # fmt: skip
                event = _age_chart(figure, known, f"ages_{known}_{turn}")
                if len(frame) > MOST_CLIENTS:
                    st.caption(f"The first {MOST_CLIENTS} of {len(frame)}; see the table for all.")
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
    return selection_from_row(rows.iloc[0].to_dict(), (CLIENT,), queries.get_snapshot())


def _all_time() -> None:
    set_text("period", "all")


WORK = [UNINVOICED_AMOUNT, UNINVOICED_EXPENSE_AMOUNT]
FEES = [UNINVOICED_FEES_AMOUNT]

params = current_params(load_settings())
scope = params.scope
step = choose_step(scope.start, scope.end)
window(scope)
groups = supported_groups([WORK, [UNINVOICED_HOURS], FEES], scope)
listing, *later = section_queries(params, fees=FEES in groups)
prefetch(listing, *(trend_query(group, step, scope=scope) for group in groups), *later)

cards.kpi_cards(
    *((group, get(trend_query(group, step, scope=scope))) for group in groups),
    compare=ComparisonPeriod.NOTHING,
)
uninvoiced_sections(params, fees=FEES in groups)
