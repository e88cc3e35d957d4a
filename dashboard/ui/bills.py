"""Invoices and estimates on their pages: charts per currency, and one client of them alone."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.bills import ageing, currencies, states
from dashboard.charts.palette import look
from dashboard.metrics.catalog import OUTSTANDING_AMOUNT, Metric
from dashboard.metrics.dimensions import AGE_BUCKET, CURRENCY, Dimension, day_label
from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.pictures import picture_config
from dashboard.ui.question import Question
from dashboard.ui.text import md_text
from harvest_client.search import Compare, Operator

AGEING: tuple[list[Metric], list[Dimension]] = ([OUTSTANDING_AMOUNT], [CURRENCY, AGE_BUCKET])
"""What `ageing_card` asks: metrics, and by what."""


def ageing_card(scope: Scope) -> None:
    """What is outstanding, by how late it is."""
    metrics, by = AGEING
    answer = data.ask(metrics, by=by, scope=scope)
    with st.container(border=True, height="stretch"):
        st.subheader("How late it is", anchor=False)
        st.caption(f"Outstanding on {day_label(scope.last)}, by days since it was due.")
        _per_currency(
            answer.frame,
            lambda currency: ageing(answer, currency, look(st.context.theme.type), data.formats()),
            "Outstanding by age",
            "Clients owe nothing.",
        )


def states_card(
    name: str, scope: Scope, colours: Mapping[str, str], *, title: str, caption: str
) -> None:
    """What became of the rows of the listing `name` that were issued in the period."""
    listing = data.ask_listing(name, scope=scope)
    with st.container(border=True, height="stretch"):
        st.subheader(title, anchor=False)
        st.caption(caption)
        _per_currency(
            listing.frame[listing.frame["issued_in_period"]],
            lambda currency: states(
                listing, currency, colours, look(st.context.theme.type), data.formats()
            ),
            title,
            "None was issued in this period.",
        )


def of_client(asked: Question, row: dict[str, Any] | None) -> Question:
    """The question about the client and currency of a selected row; the same without one."""
    if row is None:
        return asked
    for path, value in (("client.id", row["client_id"]), ("client.currency", row["currency"])):
        known = None if pd.isna(value) else value if isinstance(value, str) else int(value)
        asked = asked.narrowed(Compare(Operator.EQ, path, known))
    return asked


def of_client_says(row: dict[str, Any] | None) -> str:
    """Which client that is, as Markdown."""
    if row is None:
        return "Select a client above to see theirs alone."
    return f"Of {md_text(str(row['client']))} alone."


def _per_currency(
    frame: pd.DataFrame, draw: Callable[[str | None], go.Figure], says: str, empty: str
) -> None:
    if frame.empty:
        st.caption(f":material/inbox: {empty}")
    for currency in currencies(frame):
        named = currency or "No currency"
        with st.container(gap=None):
            st.markdown(f"**{md_text(named)}**")
            st.plotly_chart(
                draw(currency),
                theme=None,
                key=f"{says}_{named}",
                config=picture_config(),
                alt=f"{says}, {named}",
            )
