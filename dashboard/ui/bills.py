"""Invoices and estimates on their pages: charts per currency, and the rows behind a bar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.bills import currencies, states
from dashboard.charts.palette import look
from dashboard.listings.bars import NO_CURRENCY
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.pictures import picture_config
from dashboard.ui.text import md_text


@dataclass(frozen=True, slots=True)
class Bar:
    """What a selected bar counts: parameters of the listing, and how to say it."""

    also: dict[str, str] = field(default_factory=dict)
    says: str = ""

    def and_(self, other: "Bar") -> "Bar":
        """What both count; in two currencies nothing is."""
        both = self.also | other.also
        named = [one.also["currency"] for one in (self, other) if one.also]
        if named:
            both["currency"] = ",".join(dict.fromkeys(named))
        return Bar(both, " · ".join(filter(None, (self.says, other.says))))


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
    draw: Callable[[str | None], go.Figure],
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
            event: Any = st.plotly_chart(
                draw(currency),
                theme=None,
                key=f"{says}_{named}_{clearing.turn()}",
                on_select="rerun",
                selection_mode="points",
                config=picture_config(),
                alt=f"{says}, {named}",
            )
        if not picked.also:
            picked = _bar(event, currency, *bars)
    return picked


def _bar(event: Any, currency: str | None, name: str, labels: Mapping[str, str]) -> Bar:
    points = event["selection"]["points"]
    if not points or points[0]["curve_number"] > 0:
        return Bar()  # none is, or a text beside a bar
    key = str(points[0].get("customdata"))
    if key not in labels:
        return Bar()
    also = {name: key, "currency": currency or NO_CURRENCY}
    return Bar(also, f"{labels[key]}, {currency or 'no currency'}")
