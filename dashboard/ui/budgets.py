"""The Projects page: its figures, its chart, its table, and the time entries behind a project."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard.charts.budgets import MOST, budgets
from dashboard.charts.palette import look
from dashboard.listings.listing import Listing
from dashboard.listings.projects import AT_RISK, ON_TRACK, OVER, PROJECTS, counted
from dashboard.metrics.catalog import Fact
from dashboard.metrics.completeness import FIRST
from dashboard.metrics.dimensions import PROJECT, day_label
from dashboard.metrics.period import Period
from dashboard.ui import cards, clearing, data
from dashboard.ui.completeness import time_captions
from dashboard.ui.entries import entries_card
from dashboard.ui.listing import listing_card
from dashboard.ui.narrowing import of_value
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import selectable_chart
from dashboard.ui.question import Question

_SOON = timedelta(days=30)


def budget_figures(asked: Question) -> None:
    """How many budgets there are, by what becomes of them."""
    found = data.ask_listing(PROJECTS.id, scope=asked.scope)
    soon = asked.scope.last + _SOON
    days = [day for day in found.frame["run_out"] if day and day <= soon]
    with st.grid(min_column_width=cards.WIDTH):
        _card("Budgets", len(found.frame), "Of active projects, as of the last day of the period.")
        _card(OVER, counted(found, OVER), "More is used than there is.")
        _card(
            AT_RISK,
            counted(found, AT_RISK),
            "90 % or more is used, or 10 points more than of the time.",
        )
        _card(ON_TRACK, counted(found, ON_TRACK), "Neither over nor at risk.")
        _card(
            "Out in 30 days",
            len(days),
            "At the pace of the last four weeks; without those that are used up already.",
        )


@fragment()
def budget_cards(asked: Question) -> None:
    """Budget used against time passed, all of it as a table, and the entries of one project."""
    listing = data.ask_listing(PROJECTS.id, scope=asked.scope)
    turn = clearing.turn()
    with st.container(border=True):
        picked = _chart(listing, f"budgets_{turn}")
    as_of = f"As of {day_label(asked.scope.last)}, not archived projects."
    row = listing_card(
        PROJECTS.id,
        asked,
        empty="No active project here has a budget.",
        caption=f"{as_of} Select a bar or a row to see its time entries.",
    )
    row = row or picked
    if row:
        with st.container(border=True):
            _entries(asked, row)


def _card(label: str, count: int, doc: str) -> None:
    cards.card(label, data.formats().number(count), doc=doc)


def _chart(listing: Listing, key: str) -> dict[str, Any] | None:
    st.subheader("Budget used against time passed", anchor=False)
    if listing.frame.empty:
        st.caption(":material/inbox: No active project here has a budget.")
        return None
    point = selectable_chart(
        budgets(listing, look(st.context.theme.type), data.formats()),
        key=key,
        alt="Share of budget used and of time passed by project",
    )
    if len(listing.frame) > MOST:
        st.caption(f"The first {MOST} of {len(listing.frame)}; the table below has them all.")
    chosen = point.value if point else None
    for row in listing.frame.to_dict("records"):
        if row["project_id"] == chosen:
            return {str(name): value for name, value in row.items()}
    return None  # selected under another scope


def _entries(asked: Question, row: dict[str, Any]) -> None:
    """What a budget counts began before the period: with the project, or with the month."""
    last = asked.scope.last
    began = data.first_day(Fact.TIME) or last
    first = last.replace(day=1) if row["is_monthly"] else min(began, last)
    whole = replace(
        asked,
        period=Period.between(first, last),
        scope=replace(asked.scope, start=first, end=last),
    )
    entries_card(whole, of_value(PROJECT, row, data.snapshot()))
    st.caption(f"From {day_label(first)}, as the budget counts, not the period above.")
    time_captions(whole.scope if row["is_monthly"] else replace(whole.scope, start=FIRST))
