"""Project budgets: used and remaining, with their run-out dates."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard.charts.budgets import MOST, budgets_chart
from dashboard.charts.theme import get_theme
from dashboard.components import cards, queries, selection
from dashboard.components.chart import selectable_chart
from dashboard.components.completeness import time_captions
from dashboard.components.filter_bar import current_params
from dashboard.components.page_params import PageParams
from dashboard.components.queries import prefetch, report_query
from dashboard.components.report_table import entries_card, report_card
from dashboard.components.selection import selection_from_value
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import Fact
from dashboard.metrics.completeness import FIRST
from dashboard.metrics.dimensions import PROJECT, day_label
from dashboard.metrics.period import Period
from dashboard.reports.projects import AT_RISK, ON_TRACK, OVER, PROJECTS, count_status
from dashboard.reports.table import Table
from dashboard.web.page_access import fragment

_SOON = timedelta(days=30)


def budget_figures(params: PageParams) -> None:
    """Draw the number of budgets by status."""
    table = queries.get(queries.report_query(PROJECTS.id, scope=params.scope))
    soon = params.scope.last + _SOON
    days = [day for day in table.frame["run_out"] if day and day <= soon]
    with st.grid(min_column_width=cards.WIDTH):
        _count_card(
            "Budgets", len(table.frame), "Of active projects, as of the last day of the period."
        )
        _count_card(OVER, count_status(table, OVER), "More than 100% of the budget is used.")
        _count_card(
            AT_RISK,
            count_status(table, AT_RISK),
            "90 % or more is used, or 10 points more than of the time.",
        )
        _count_card(ON_TRACK, count_status(table, ON_TRACK), "Neither over nor at risk.")
        _count_card(
            "Out in 30 days",
            len(days),
            ("At the pace of the last four weeks; budgets already used up are not counted."),
        )


@fragment()
def budget_cards(params: PageParams) -> None:
    """Budget used against time passed, all of it as a table, and the entries of one project."""
    listing = queries.get(queries.report_query(PROJECTS.id, scope=params.scope))
    turn = selection.selection_epoch()
    with st.container(border=True):
        picked = _budget_chart(listing, f"budgets_{turn}")
    as_of = f"As of {day_label(params.scope.last)}, not archived projects."
    row = report_card(
        PROJECTS.id,
        params,
        empty="No active project here has a budget.",
        caption=f"{as_of} Select a bar or a row to see its time entries.",
    )
    row = row or picked
    if row:
        with st.container(border=True):
            _budget_entries(params, row)


def _count_card(label: str, count: int, doc: str) -> None:
    cards.metric_card(label, queries.get_formats().format_number(count), doc=doc)


def _budget_chart(listing: Table, key: str) -> dict[str, Any] | None:
    st.subheader("Budget used vs. time elapsed", anchor=False)
    if listing.frame.empty:
        st.caption(":material/inbox: No active project here has a budget.")
        return None
    point = selectable_chart(
        budgets_chart(listing, get_theme(st.context.theme.type), queries.get_formats()),
        key=key,
        alt="Share of budget used and of time passed by project",
    )
    if len(listing.frame) > MOST:
        st.caption(f"The first {MOST} of {len(listing.frame)}; see the table for all.")
    chosen = point.value if point else None
    for row in listing.frame.to_dict("records"):
        if row["project_id"] == chosen:
            return {str(name): value for name, value in row.items()}
    return None  # selected under another scope


def _budget_entries(params: PageParams, row: dict[str, Any]) -> None:
    """Draw the entries that a budget counts: since the start of the project or of the month."""
    last = params.scope.last
    began = queries.first_day(Fact.TIME) or last
    first = last.replace(day=1) if row["is_monthly"] else min(began, last)
    whole = replace(
        params,
        period=Period.between(first, last),
        scope=replace(params.scope, start=first, end=last),
    )
    entries_card(whole, selection_from_value(PROJECT, row, queries.get_snapshot()))
    st.caption(f"From {day_label(first)}, as the budget counts, not the period above.")
    time_captions(whole.scope if row["is_monthly"] else replace(whole.scope, start=FIRST))


params = current_params(load_settings())
prefetch(report_query("projects", scope=params.scope))
budget_figures(params)
budget_cards(params)
