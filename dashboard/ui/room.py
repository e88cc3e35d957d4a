"""The part of the Utilization page that answers itself: who is busy, who has room, what comes.

One fragment: selecting a cell, a bar or a row redraws this, not the page around it.
"""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.charts import heat, room
from dashboard.charts.palette import look
from dashboard.config import settings
from dashboard.listings import LISTINGS
from dashboard.metrics.answer import Answer
from dashboard.metrics.catalog import BILLABLE_HOURS, CAPACITY_HOURS, UTILIZATION, Unit
from dashboard.metrics.dimensions import MONTH, USER, WEEK, day_label, period_label
from dashboard.metrics.forecast import Forecast, forecast
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.completeness import notes_below
from dashboard.ui.entries import entries_ahead, entries_card
from dashboard.ui.kept import Wanted
from dashboard.ui.links import download
from dashboard.ui.listing import listing_table
from dashboard.ui.narrowing import Narrowing, combine, of_row
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import Point, selectable_chart
from dashboard.ui.question import Question
from dashboard.ui.text import md_text

_NAME = "utilization"
_CELLS = (UTILIZATION, BILLABLE_HOURS, CAPACITY_HOURS)
_ROOMY = ":material/inbox: Nobody with capacity is below the target."


def wanted_ahead(scope: Scope) -> list[Wanted[Any]]:
    """What `explore` will ask, slowest first."""
    return [
        data.wanted(_CELLS, by=[USER, WEEK], scope=scope),
        data.wanted_listing(_NAME, scope=scope),
        *entries_ahead(scope),
    ]


@fragment()
def explore(asked: Question) -> None:
    """People by weeks, who has room, the month's forecast, all of it as a table, and its entries.

    Capacity must follow the scope's filter, or be able to leave it out.
    """
    turn = clearing.turn()
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        picked = {"weeks": _weeks(asked.scope, f"heat_{turn}")}
    with right:
        forecast_card(asked.scope)
        with st.container(border=True, height="stretch"):
            picked["room"] = _room(asked.scope, f"room_{turn}")
    with st.container(border=True):
        picked["table"] = _table(asked, turn)
    with st.container(border=True):
        entries_card(asked, combine(picked, "_room_selections"))


def forecast_card(scope: Scope) -> None:
    """With how many billable hours this month will end, and how far off that tends to be."""
    today = replace(scope, start=scope.today, end=scope.today)
    free = settings().calendar.holidays
    told = data.keep("forecast", lambda stored: forecast(stored, today, free), scope=today)
    formats = data.formats()
    with st.container(border=True):
        st.metric(
            f"Forecast of billable hours, {period_label(MONTH, told.month)}",
            formats.headline(told.hours, Unit.HOURS),
            help="The hours before today, and for each working day from today on the mean of the"
            " last four weeks. Filters count, the period does not.",
        )
        st.caption(md_text(_said(told)))
        for note in notes_below(told.notes):
            st.caption(md_text(note))


def _said(told: Forecast) -> str:
    formats = data.formats()
    days = "working day" if told.workdays == 1 else "working days"
    parts = (
        f"{formats.hours(told.so_far)} before {day_label(told.first)}, then {told.workdays} {days}"
        f" at {formats.hours(told.pace)}."
    )
    if told.hours is None or told.error is None:
        return f"{told.why.capitalize()} to say: {parts}"
    return (
        f"{parts} On the same working day of the last {len(told.tried)} months this was off by"
        f" {formats.share(told.error)} (median)."
    )


def _weeks(scope: Scope, key: str) -> Narrowing | None:
    answer = data.ask(_CELLS, by=[USER, WEEK], scope=scope)
    st.subheader(f"{answer.label(UTILIZATION)} by person and week", anchor=False)
    drawn = heat.heat(answer, look(st.context.theme.type), data.formats())
    found = _value(selectable_chart(drawn, key=key, alt="Utilization by person and week"))
    known = len(heat.people(answer))
    if known > heat.PEOPLE:
        st.caption(f"The first {heat.PEOPLE} of {known} by name; the table below has them all.")
    weeks = answer.frame[WEEK.id].nunique()
    if weeks > heat.WEEKS:
        st.caption(f"The last {heat.WEEKS} of {weeks} weeks.")
    return _of_cell(found, answer) if isinstance(found, list) else None


def _of_cell(cell: list[Any], answer: Answer) -> Narrowing | None:
    person, week = cell
    frame = answer.frame
    rows = frame[(frame["user_id"] == person) & (frame["week"].astype(str) == str(week))]
    return _of_first(rows, (USER, WEEK))


def _room(scope: Scope, key: str) -> Narrowing | None:
    st.subheader("Who has room", anchor=False)
    listing = data.ask_listing(_NAME, scope=scope)
    if "room_hours" not in listing.frame:
        st.caption(md_text(listing.notes[-1]))
        return None
    known = int((listing.frame["room_hours"] > 0).sum())
    if not known:
        st.caption(_ROOMY)
        return None
    st.caption(f"Billable hours below the target, {day_label(scope.start)} to {_until(scope)}")
    drawn = room.room(listing, look(st.context.theme.type), data.formats())
    found = _value(selectable_chart(drawn, key=key, alt="Hours below the target by person"))
    if known > room.MOST:
        st.caption(f"The first {room.MOST} of {known}; the table below has them all.")
    return _of_first(listing.frame[listing.frame["user_id"] == found], (USER,))


def _until(scope: Scope) -> str:
    return "today" if scope.last == scope.today else day_label(scope.last)


def _of_first(rows: Any, dimensions: tuple[Any, ...]) -> Narrowing | None:
    """What the first of the rows counts; None where there is none, as after another question."""
    if rows.empty:
        return None
    row = {str(name): value for name, value in rows.iloc[0].items()}
    return of_row(row, dimensions, data.snapshot())


def _table(asked: Question, turn: int) -> Narrowing | None:
    listing, title = data.ask_listing(_NAME, scope=asked.scope), LISTINGS[_NAME].title
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, anchor=False, width="content")
        st.space("stretch")
        download(_NAME, asked.query())
    row = listing_table(listing, key=f"{_NAME}_{turn}_{hash(asked.scope.key)}", alt=title)
    return of_row(row, (USER,), data.snapshot()) if row else None


def _value(point: Point | None) -> Any:
    """Return the value that the selected mark carries, None if none is selected."""
    return point.value if point else None
