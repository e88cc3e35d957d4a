"""Hours over time, by client, project, task, person or role, and the time entries behind them."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.charts.bars import MOST, ranking_chart, stacked_chart
from dashboard.charts.layout import Figure
from dashboard.charts.theme import get_theme
from dashboard.components import cards, queries, selection
from dashboard.components.cards import supported_metrics
from dashboard.components.chart import selectable_chart
from dashboard.components.downloads import download_links
from dashboard.components.filter_bar import current_comparison, current_params, scope_line
from dashboard.components.page_params import PageParams
from dashboard.components.queries import Query, get, prefetch, trend_query
from dashboard.components.report_table import entries_card, entries_queries
from dashboard.components.selection import Narrowing, combine, selection_from_bar
from dashboard.components.status import stop_if_empty
from dashboard.components.table import two_level_table
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    HOURS,
    NONBILLABLE_HOURS,
    UNPRICED_HOURS,
    UTILIZATION,
)
from dashboard.metrics.dimensions import CLIENT, PROJECT, ROLE, TASK, USER, Dimension
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.period import choose_step
from dashboard.metrics.scope import Scope
from dashboard.web.page_access import fragment

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
        queries.rollup_query(queries.visible_to_viewer(_COLUMNS), outer, inner, scope=scope),
        *entries_queries(scope),
        queries.metrics_query(_PARTS, by=[ranked], scope=scope),
    ]


@fragment()
def hours_sections(params: PageParams, steps: QueryResult) -> None:
    """Hours over time, who or what has the most, all of it as a table, and its time entries.

    `steps` has billable and non-billable hours by the steps of time to draw.
    """
    scope = params.scope
    # Selections are forgotten when they are cleared, or when the question changes.
    turn = selection.selection_epoch()
    course, rank = st.columns([3, 2])
    with course.container(border=True, height="stretch"):
        picked = {"course": _trend_chart(replace(steps, metrics=_PARTS), f"course_{turn}")}
    with rank.container(border=True, height="stretch"):
        picked["rank"] = _ranking_chart(scope, f"rank_{turn}")
    with st.container(border=True):
        picked["table"] = _breakdown_table(params, turn)
    with st.container(border=True):
        entries_card(params, combine(picked, "_hours_selections"))


def _trend_chart(answer: QueryResult, key: str) -> Narrowing | None:
    st.subheader(f"Hours per {answer.by[0].id}", anchor=False)
    return _hours_chart(
        stacked_chart(answer, get_theme(st.context.theme.type), queries.get_formats()), answer, key
    )


def _ranking_chart(scope: Scope, key: str) -> Narrowing | None:
    st.subheader(
        "Hours by client / project / task / person / role (follows the switch)", anchor=False
    )
    dimension = _chosen_rank()
    answer = queries.get(queries.metrics_query(_PARTS, by=[dimension], scope=scope))
    picked = _hours_chart(
        ranking_chart(answer, get_theme(st.context.theme.type), queries.get_formats()),
        answer,
        f"{key}_{dimension.id}",
    )
    if len(answer.frame) > MOST:
        st.caption(f"The first {MOST} of {len(answer.frame)}; see the table for all.")
    return picked


def _chosen_rank() -> Dimension:
    chosen = st.segmented_control(
        "By", list(_RANKED), default=CLIENT.label, required=True, key="rank_by",
        label_visibility="collapsed",
    )  # fmt: skip
    return _RANKED[chosen or CLIENT.label]


def _breakdown_table(params: PageParams, turn: int) -> Narrowing | None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Breakdown", anchor=False, width="content")
        chosen = st.selectbox(
            "Grouped by", list(_TABLES), key="table_by", label_visibility="collapsed", width=200
        )
        st.space("stretch")
        outer, inner = _TABLES[chosen]
        download_links("hours", params.to_query(outer=outer.id, inner=inner.id))
    answer = queries.get(
        queries.rollup_query(queries.visible_to_viewer(_COLUMNS), outer, inner, scope=params.scope)
    )
    # A row is known by its place: under another question the place means another row.
    key = f"table_{outer.id}_{inner.id}_{turn}_{hash(params.scope.key)}"
    return two_level_table(answer, key=key)


def _hours_chart(figure: Figure, answer: QueryResult, key: str) -> Narrowing | None:
    names = " and ".join(answer.label_of(metric).lower() for metric in answer.metrics)
    alt = f"{names.capitalize()} by {answer.by[0].label.lower()}"
    return selection_from_bar(
        selectable_chart(figure, key=key, alt=alt), answer, queries.get_snapshot()
    )


params = current_params(load_settings())
scope = params.scope
step = choose_step(scope.start, scope.end)
shown = supported_metrics(
    [HOURS, BILLABLE_HOURS, BILLABLE_SHARE, UTILIZATION, UNPRICED_HOURS, BILLABLE_AMOUNT], scope
)
amounts = [metric for metric in shown if metric is BILLABLE_AMOUNT]
hours = [metric for metric in shown if metric not in amounts]
groups = [hours, amounts] if amounts else [hours]
hours_trend = trend_query([*hours, NONBILLABLE_HOURS], step, scope=scope)
amount_trends = [trend_query(amounts, step, scope=scope)] if amounts else []
prefetch(
    hours_trend,
    *amount_trends,
    *cards.comparison_queries(groups, scope, compare=current_comparison()),
    *section_queries(scope),
)
scope_line(scope)
stop_if_empty(scope)

worked = get(hours_trend)
cards.kpi_cards(
    (hours, worked),
    *((amounts, get(trend)) for trend in amount_trends),
    compare=current_comparison(),
)
hours_sections(params, worked.steps)
