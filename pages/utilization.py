"""Utilization by person and week, and available hours."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.charts import capacity, heatmap
from dashboard.charts.theme import get_theme
from dashboard.components import cards, queries, selection
from dashboard.components.cards import supported_metrics
from dashboard.components.chart import Point, selectable_chart
from dashboard.components.completeness import notes_below
from dashboard.components.downloads import download_links
from dashboard.components.filter_bar import current_comparison, current_params, scope_line
from dashboard.components.page_params import PageParams
from dashboard.components.queries import Query, get, prefetch, trend_query
from dashboard.components.report_table import entries_card, entries_queries, report_table
from dashboard.components.selection import Narrowing, combine, selection_from_row
from dashboard.components.status import stop_if_empty
from dashboard.components.text import md_text
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_HOURS,
    CAPACITY_HOURS,
    HARVEST_UTILIZATION,
    TOTAL_UTILIZATION,
    UTILIZATION,
    Unit,
)
from dashboard.metrics.dimensions import MONTH, USER, WEEK, day_label, period_label
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.forecast import Forecast, forecast_hours
from dashboard.metrics.period import choose_step
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.web.page_access import fragment

_NAME = "utilization"
_CELLS = (UTILIZATION, BILLABLE_HOURS, CAPACITY_HOURS)
_ROOMY = ":material/inbox: Everyone is at or above target."


def section_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of the sections, slowest first."""
    return [
        queries.metrics_query(_CELLS, by=[USER, WEEK], scope=scope),
        queries.report_query(_NAME, scope=scope),
        *entries_queries(scope),
    ]


@fragment()
def utilization_sections(params: PageParams) -> None:
    """People by weeks, who has room, the month's forecast, all of it as a table, and its entries.

    Capacity must follow the scope's filter, or be able to leave it out.
    """
    turn = selection.selection_epoch()
    remaining, right = st.columns([3, 2])
    with remaining.container(border=True, height="stretch"):
        picked = {"weeks": _weeks_chart(params.scope, f"heat_{turn}")}
    with right:
        forecast_card(params.scope)
        with st.container(border=True, height="stretch"):
            picked["room"] = _capacity_chart(params.scope, f"room_{turn}")
    with st.container(border=True):
        picked["table"] = _people_table(params, turn)
    with st.container(border=True):
        entries_card(params, combine(picked, "_room_selections"))


def forecast_card(scope: Scope) -> None:
    """With how many billable hours this month will end, and how far off that tends to be."""
    today = replace(scope, start=scope.today, end=scope.today)
    free = load_settings().calendar.holidays
    forecast = queries.get_cached(
        "forecast", lambda stored: forecast_hours(stored, today, free), scope=today
    )
    formats = queries.get_formats()
    with st.container(border=True):
        st.metric(
            f"Forecast of billable hours, {period_label(MONTH, forecast.month)}",
            formats.format_headline(forecast.hours, Unit.HOURS),
            help=(
                "Hours so far plus the average of the last four weeks for each "
                "remaining working day. Follows filters, not the period."
            ),
        )
        st.caption(md_text(_forecast_sentence(forecast)))
        for note in notes_below(forecast.notes):
            st.caption(md_text(note))


def _forecast_sentence(forecast: Forecast) -> str:
    formats = queries.get_formats()
    days = "working day" if forecast.workdays == 1 else "working days"
    parts = (
        f"{formats.format_hours(forecast.so_far)} before {day_label(forecast.first)},"
        f" then {forecast.workdays} {days}"
        f" at {formats.format_hours(forecast.pace)}."
    )
    if forecast.hours is None or forecast.error is None:
        return f"{forecast.why.capitalize()} for a forecast: {parts}"
    return (
        f"{parts} On the same working day of the last {len(forecast.tried)} months this was off by"
        f" {formats.format_share(forecast.error)} (median)."
    )


def _weeks_chart(scope: Scope, key: str) -> Narrowing | None:
    answer = queries.get(queries.metrics_query(_CELLS, by=[USER, WEEK], scope=scope))
    st.subheader(f"{answer.label_of(UTILIZATION)} by person and week", anchor=False)
    drawn = heatmap.heatmap(answer, get_theme(st.context.theme.type), queries.get_formats())
    result = _selected_value(selectable_chart(drawn, key=key, alt="Utilization by person and week"))
    known = len(heatmap.people_ids(answer))
    if known > heatmap.PEOPLE:
        st.caption(f"The first {heatmap.PEOPLE} of {known} by name; see the table for all.")
    weeks = answer.frame[WEEK.id].nunique()
    if weeks > heatmap.WEEKS:
        st.caption(f"The last {heatmap.WEEKS} of {weeks} weeks.")
    return _of_cell(result, answer) if isinstance(result, list) else None


def _of_cell(cell: list[Any], answer: QueryResult) -> Narrowing | None:
    person, week = cell
    frame = answer.frame
    rows = frame[(frame["user_id"] == person) & (frame["week"].astype(str) == str(week))]
    return _of_first(rows, (USER, WEEK))


def _capacity_chart(scope: Scope, key: str) -> Narrowing | None:
    st.subheader("Available capacity", anchor=False)
    listing = queries.get(queries.report_query(_NAME, scope=scope))
    if "room_hours" not in listing.frame:
        st.caption(md_text(listing.notes[-1]))
        return None
    known = int((listing.frame["room_hours"] > 0).sum())
    if not known:
        st.caption(_ROOMY)
        return None
    st.caption(f"Billable hours below the target, {day_label(scope.start)} to {_until_text(scope)}")
    drawn = capacity.capacity_chart(
        listing, get_theme(st.context.theme.type), queries.get_formats()
    )
    result = _selected_value(
        selectable_chart(drawn, key=key, alt="Hours below the target by person")
    )
    if known > capacity.MOST:
        st.caption(f"The first {capacity.MOST} of {known}; see the table for all.")
    return _of_first(listing.frame[listing.frame["user_id"] == result], (USER,))


def _until_text(scope: Scope) -> str:
    return "today" if scope.last == scope.today else day_label(scope.last)


def _of_first(rows: Any, dimensions: tuple[Any, ...]) -> Narrowing | None:
    """Return the selection of the first row; None without rows, as after another query."""
    if rows.empty:
        return None
    row = {str(name): value for name, value in rows.iloc[0].items()}
    return selection_from_row(row, dimensions, queries.get_snapshot())


def _people_table(params: PageParams, turn: int) -> Narrowing | None:
    listing, title = (
        queries.get(queries.report_query(_NAME, scope=params.scope)),
        LISTINGS[_NAME].title,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, anchor=False, width="content")
        st.space("stretch")
        download_links(_NAME, params.to_query())
    row = report_table(listing, key=f"{_NAME}_{turn}_{hash(params.scope.key)}", alt=title)
    return selection_from_row(row, (USER,), queries.get_snapshot()) if row else None


def _selected_value(point: Point | None) -> Any:
    """Return the value that the selected mark carries, None if none is selected."""
    return point.value if point else None


params = current_params(load_settings())
scope = params.scope
step = choose_step(scope.start, scope.end)
shown = supported_metrics(
    [UTILIZATION, TOTAL_UTILIZATION, HARVEST_UTILIZATION, BILLABLE_HOURS, CAPACITY_HOURS], scope
)
follows = UTILIZATION in shown
trend = trend_query(shown, step, scope=scope)
prefetch(
    trend,
    *cards.comparison_queries([shown], scope, compare=current_comparison()),
    *(section_queries(scope) if follows else ()),
)
scope_line(scope)
stop_if_empty(scope)

cards.kpi_cards((shown, get(trend)), compare=current_comparison())
if follows:
    utilization_sections(params)
else:
    forecast_card(scope)
