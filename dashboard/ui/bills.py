"""Invoices and estimates on their pages: charts per currency, and the rows behind a bar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from dashboard.charts.bills import currencies, states
from dashboard.charts.frame import Figure
from dashboard.charts.palette import look
from dashboard.listings.bars import NO_CURRENCY
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.pictures import Point, selectable_chart
from dashboard.ui.text import md_text


@dataclass(frozen=True, slots=True)
class Bar:
    """What a selected bar counts: parameters of the listing, and how to say it."""

    also: dict[str, str] = field(default_factory=dict)
    says: str = ""

    def and_(self, other: "Bar | None") -> "Bar":
        """Return the rows of both bars, which are in the same currency."""
        if other is None:
            return self
        return Bar(self.also | other.also, " · ".join(filter(None, (self.says, other.says))))

    def conflicts(self, other: "Bar") -> bool:
        """Return whether the bars are of different currencies: no row is in both."""
        return self.also.get("currency") != other.also.get("currency")


def states_card(
    name: str, scope: Scope, colours: Mapping[str, str], *, title: str, caption: str
) -> Bar:
    """What became of the rows of the listing `name` that were issued in the period."""
    listing = data.ask_listing(name, scope=scope)
    labels = {state: f"{state.capitalize()}, issued in the period" for state in colours}
    with st.container(border=True, height="stretch"):
        st.subheader(title, anchor=False)
        st.caption(caption)
        return figure_per_currency(
            listing.frame[listing.frame["issued_in_period"]],
            lambda currency: states(
                listing, currency, colours, look(st.context.theme.type), data.formats()
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
) -> Bar:
    """Draws a figure for each currency; which bar is selected, of the parameter in `bars`."""
    picked = Bar()
    if frame.empty:
        st.caption(f":material/inbox: {empty}")
    for currency in currencies(frame):
        named = currency or "No currency"
        with st.container(gap=None):
            st.markdown(f"**{md_text(named)}**")
            point = selectable_chart(
                draw(currency), key=f"{says}_{named}_{clearing.turn()}", alt=f"{says}, {named}"
            )
        if not picked.also:
            picked = _bar(point, currency, *bars)
    return picked


def _bar(point: Point | None, currency: str | None, name: str, labels: Mapping[str, str]) -> Bar:
    if point is None or point.trace > 0:
        return Bar()  # none is selected, or a text beside a bar
    key = str(point.value)
    if key not in labels:
        return Bar()
    also = {name: key, "currency": currency or NO_CURRENCY}
    return Bar(also, f"{labels[key]}, {currency or 'no currency'}")
