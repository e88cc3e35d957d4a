"""Invoices and estimates on their pages: charts per currency, and the rows behind a bar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from dashboard.charts.invoices import currencies_of, status_bars
from dashboard.charts.layout import Figure
from dashboard.charts.theme import get_theme
from dashboard.components import queries, selection
from dashboard.components.chart import Point, selectable_chart
from dashboard.components.text import md_text
from dashboard.metrics.scope import Scope
from dashboard.reports.table import NO_CURRENCY


@dataclass(frozen=True, slots=True)
class SelectedBar:
    """Selected bar: parameters of the report, and a label."""

    also: dict[str, str] = field(default_factory=dict)
    says: str = ""

    def and_(self, other: "SelectedBar | None") -> "SelectedBar":
        """Return the rows of both bars, which are in the same currency."""
        if other is None:
            return self
        return SelectedBar(
            self.also | other.also, " · ".join(filter(None, (self.says, other.says)))
        )

    def conflicts(self, other: "SelectedBar") -> bool:
        """Return whether the bars are of different currencies: no row is in both."""
        return self.also.get("currency") != other.also.get("currency")


def states_card(
    name: str, scope: Scope, colours: Mapping[str, str], *, title: str, caption: str
) -> SelectedBar:
    """Draw the rows of the report `name` that were issued in the period, by status."""
    listing = queries.get(queries.report_query(name, scope=scope))
    labels = {state: f"{state.capitalize()}, issued in the period" for state in colours}
    with st.container(border=True, height="stretch"):
        st.subheader(title, anchor=False)
        st.caption(caption)
        return figure_per_currency(
            listing.frame[listing.frame["issued_in_period"]],
            lambda currency: status_bars(
                listing, currency, colours, get_theme(st.context.theme.type), queries.get_formats()
            ),
            title,
            "None was issued in this period.",
            ("state", labels),
        )


def figure_per_currency(
    frame: pd.DataFrame,
    draw: Callable[[str | None], Figure],
    says: str,
    empty: str,
    bars: tuple[str, Mapping[str, str]],
) -> SelectedBar:
    """Draw a figure for each currency; which bar is selected, of the parameter in `bars`."""
    picked = SelectedBar()
    if frame.empty:
        st.caption(f":material/inbox: {empty}")
    for currency in currencies_of(frame):
        named = currency or "No currency"
        with st.container(gap=None):
            st.markdown(f"**{md_text(named)}**")
            point = selectable_chart(
                draw(currency),
                key=f"{says}_{named}_{selection.selection_epoch()}",
                alt=f"{says}, {named}",
            )
        if not picked.also:
            picked = _selected_bar(point, currency, *bars)
    return picked


def _selected_bar(
    point: Point | None, currency: str | None, name: str, labels: Mapping[str, str]
) -> SelectedBar:
    if point is None or point.trace > 0:
        return SelectedBar()  # none is selected, or a text beside a bar
    key = str(point.value)
    if key not in labels:
        return SelectedBar()
    also = {name: key, "currency": currency or NO_CURRENCY}
    return SelectedBar(also, f"{labels[key]}, {currency or 'no currency'}")
