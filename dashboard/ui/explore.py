"""The part of the Hours page that answers itself: charts, table, and the entries behind them.

One fragment: choosing a breakdown or selecting a bar redraws this, not the page around it.
"""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.charts.frame import Figure
from dashboard.charts.palette import get_theme
from dashboard.charts.ranking import MOST, ranking_chart
from dashboard.charts.stacked import stacked_chart
from dashboard.metrics.answer import QueryResult
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    HOURS,
    NONBILLABLE_HOURS,
)
from dashboard.metrics.dimensions import CLIENT, PROJECT, ROLE, TASK, USER, Dimension
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.entries import entries_card, entries_queries
from dashboard.ui.kept import Query
from dashboard.ui.links import download_links
from dashboard.ui.narrowing import Narrowing, combine, selection_from_bar
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import selectable_chart
from dashboard.ui.question import PageParams
from dashboard.ui.table import two_level_table

_PARTS = (BILLABLE_HOURS, NONBILLABLE_HOURS)
_RANKED = {dimension.label: dimension for dimension in (CLIENT, PROJECT, TASK, USER, ROLE)}
_TABLES = {
    f"{outer.label} › {inner.label.lower()}": (outer, inner)
    for outer, inner in (
        (CLIENT, PROJECT), (PROJECT, TASK), (PROJECT, USER), (USER, TASK), (USER, PROJECT),
        (ROLE, USER), (TASK, USER),
    )
}  # fmt: skip
_COLUMNS = (HOURS, BILLABLE_HOURS, BILLABLE_SHARE, BILLABLE_AMOUNT)


def section_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of the sections, slowest first, with the choices of the run before."""
    outer, inner = _TABLES[st.session_state.get("table_by") or next(iter(_TABLES))]
    ranked = _RANKED[st.session_state.get("rank_by") or CLIENT.label]
    return [
        data.rollup_query(data.visible_to_viewer(_COLUMNS), outer, inner, scope=scope),
        *entries_queries(scope),
        data.metrics_query(_PARTS, by=[ranked], scope=scope),
    ]


@fragment()
def hours_sections(asked: PageParams, steps: QueryResult) -> None:
    """Hours over time, who or what has the most, all of it as a table, and its time entries.

    `steps` has billable and non-billable hours by the steps of time to draw.
    """
    scope = asked.scope
    # Selections are forgotten when they are cleared, or when the question changes.
    turn = clearing.selection_epoch()
    course, rank = st.columns([3, 2])
    with course.container(border=True, height="stretch"):
        picked = {"course": _trend_chart(replace(steps, metrics=_PARTS), f"course_{turn}")}
    with rank.container(border=True, height="stretch"):
        picked["rank"] = _ranking_chart(scope, f"rank_{turn}")
    with st.container(border=True):
        picked["table"] = _breakdown_table(asked, turn)
    with st.container(border=True):
        entries_card(asked, combine(picked, "_hours_selections"))


def _trend_chart(answer: QueryResult, key: str) -> Narrowing | None:
    st.subheader(f"Hours per {answer.by[0].id}", anchor=False)
    return _hours_chart(
        stacked_chart(answer, get_theme(st.context.theme.type), data.get_formats()), answer, key
    )


def _ranking_chart(scope: Scope, key: str) -> Narrowing | None:
    st.subheader("Where the hours go", anchor=False)
    dimension = _chosen_rank()
    answer = data.get_metrics(_PARTS, by=[dimension], scope=scope)
    picked = _hours_chart(
        ranking_chart(answer, get_theme(st.context.theme.type), data.get_formats()),
        answer,
        f"{key}_{dimension.id}",
    )
    if len(answer.frame) > MOST:
        st.caption(f"The first {MOST} of {len(answer.frame)}; the table below has them all.")
    return picked


def _chosen_rank() -> Dimension:
    chosen = st.segmented_control(
        "By", list(_RANKED), default=CLIENT.label, required=True, key="rank_by",
        label_visibility="collapsed",
    )  # fmt: skip
    return _RANKED[chosen or CLIENT.label]


def _breakdown_table(asked: PageParams, turn: int) -> Narrowing | None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("The numbers", anchor=False, width="content")
        chosen = st.selectbox(
            "Grouped by", list(_TABLES), key="table_by", label_visibility="collapsed", width=200
        )
        st.space("stretch")
        outer, inner = _TABLES[chosen]
        download_links("hours", asked.to_query(outer=outer.id, inner=inner.id))
    answer = data.get_rollup(data.visible_to_viewer(_COLUMNS), outer, inner, scope=asked.scope)
    # A row is known by its place: under another question the place means another row.
    key = f"table_{outer.id}_{inner.id}_{turn}_{hash(asked.scope.key)}"
    return two_level_table(answer, key=key)


def _hours_chart(figure: Figure, answer: QueryResult, key: str) -> Narrowing | None:
    names = " and ".join(answer.label_of(metric).lower() for metric in answer.metrics)
    alt = f"{names.capitalize()} by {answer.by[0].label.lower()}"
    return selection_from_bar(
        selectable_chart(figure, key=key, alt=alt), answer, data.get_snapshot()
    )
