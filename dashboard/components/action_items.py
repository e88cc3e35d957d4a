"""Action items of the overview, each with a link to its page."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from dashboard.components import queries
from dashboard.components.downloads import download_links
from dashboard.components.page_params import PageParams
from dashboard.components.text import md_text
from dashboard.metrics.catalog import OVERDUE_AMOUNT, UNPRICED_HOURS, Unit
from dashboard.reports.overview import (
    NEARLY,
    OLD,
    OLD_UNINVOICED,
    OVER_BUDGET,
    OVERDUE_INVOICES,
    OVERVIEW,
    values_of,
)
from dashboard.reports.table import Table
from dashboard.web.menu import MENU

_CELL = 220  # pixels: four beside each other on a desk


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One thing to do, and the page about it; `period` where that is another than this page's."""

    says: str
    more: str
    page: str
    icon: str
    period: str = ""


def action_items_card(params: PageParams, listing: Table) -> None:
    """Only what there is in the overview's listing: a card of zeros needs nobody."""
    matches = list(action_items(listing))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Needs attention", anchor=False, width="content")
        st.space("stretch")
        download_links(OVERVIEW.id, params.to_query())
    if not matches:
        whole = {OVERDUE_INVOICES, OVER_BUDGET} <= set(listing.frame["metric"])
        limit = "" if whole else " in the data you can see"
        st.caption(f":material/check_circle: Nothing needs attention{limit}.")
        return
    with st.grid(min_column_width=_CELL):
        for need in matches:
            with st.container(gap=None):
                _item_link(need, params)
                st.caption(md_text(need.more))


def action_items(listing: Table) -> Iterator[ActionItem]:
    """From the overview's listing, the most urgent first."""
    formats = queries.get_formats()
    late = _count_of(listing, OVERDUE_INVOICES)
    if late:
        yield ActionItem(
            f"{formats.format_number(late)} overdue {_with_plural('invoice', late)}",
            _amounts_text(listing, OVERDUE_AMOUNT.id),
            "invoices",
            ":material/event_busy:",
        )
    over, nearly = _count_of(listing, OVER_BUDGET), _count_of(listing, NEARLY)
    if over or nearly:
        yield ActionItem(
            f"{formats.format_number(over)} {_with_plural('project', over)} over budget",
            f"+ {formats.format_number(nearly)} at risk",
            "projects",
            ":material/flag:",
        )
    old = _amounts_text(listing, OLD_UNINVOICED)
    if old:
        says = f"Uninvoiced over {OLD} days"
        yield ActionItem(says, old, "wip", ":material/hourglass_top:", period="all")
    unpriced = _count_of(listing, UNPRICED_HOURS.id)
    if unpriced:
        yield ActionItem(
            f"{formats.format_hours(unpriced)} hours without a rate",
            "set a rate to invoice them",
            "leaks",
            ":material/money_off:",
        )


def _item_link(need: ActionItem, params: PageParams) -> None:
    label = md_text(need.says)
    if need.page not in {entry.name for entry in MENU}:
        st.markdown(f"{need.icon} {label}", width="content")
        return
    # As the menu's own links, those without parameters leave the bar and the address as they are.
    query = params.to_params() | {"period": need.period} if need.period else None
    st.page_link(f"../pages/{need.page}.py", label=label, icon=need.icon, query_params=query)


def _count_of(listing: Table, metric: str) -> float:
    return math.fsum(value for _, value in _metric_rows(listing, metric))


def _amounts_text(listing: Table, metric: str) -> str:
    """In each currency apart; nothing where there is none."""
    return " · ".join(
        queries.get_formats().format_headline(value, Unit.MONEY, currency)
        for currency, value in _metric_rows(listing, metric)
        if value > 0
    )


def _metric_rows(listing: Table, metric: str) -> list[tuple[str | None, float]]:
    """Currency and value of the rows of one figure that have a value."""
    return [
        (currency, value)
        for (result, currency), value in values_of(listing).items()
        if result == metric
    ]


def _with_plural(word: str, count: float) -> str:
    return word if count == 1 else f"{word}s"
