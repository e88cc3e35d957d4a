"""Invoices and estimates on their pages: charts per currency, and the rows behind a bar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.bills import AGES, ageing, currencies, states
from dashboard.charts.palette import ESTIMATE_STATES, INVOICE_STATES, look
from dashboard.listings.bars import NO_CURRENCY
from dashboard.metrics.catalog import OUTSTANDING_AMOUNT, Fact, Metric
from dashboard.metrics.completeness import FIRST
from dashboard.metrics.dimensions import AGE_BUCKET, CURRENCY, Dimension, day_label
from dashboard.metrics.period import Period
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.completeness import time_captions
from dashboard.ui.entries import entries_card
from dashboard.ui.listing import listing_card
from dashboard.ui.narrowing import Narrowing
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import picture_config
from dashboard.ui.question import Question
from dashboard.ui.text import md_text
from harvest_client.search import Compare, Operator

AGEING: tuple[list[Metric], list[Dimension]] = ([OUTSTANDING_AMOUNT], [CURRENCY, AGE_BUCKET])
"""What the chart of ages asks: metrics, and by what."""


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


@fragment()
def invoices(asked: Question) -> None:
    """How late they are and what became of them, whom to call, the invoices, the time on one."""
    ages, became = st.columns(2)
    with ages:
        bar = _ageing_card(asked.scope)
    with became:
        bar = bar.and_(
            _states_card(
                "invoices", asked.scope, INVOICE_STATES, title="What became of the invoices",
                caption="Issued in the period, deposits among them: whole amounts, and how many.",
            )
        )  # fmt: skip
    client = listing_card(
        "invoices_to_call",
        asked,
        caption="Per currency, the most overdue first.",
        empty="Clients owe nothing.",
    )
    of = str(client["client"]) if client else ""
    row = listing_card(
        "invoices",
        _of_client(asked, client),
        also=bar.also,
        says=" · ".join(filter(None, (bar.says, of))),
        caption="Issued in the period, or open at its end. Select a bar or a client above to see "
        "theirs alone, an invoice to see the time on it.",
        empty="There is no invoice here.",
    )
    if row is not None:
        _time_on(asked, row)


@fragment()
def estimates(asked: Question) -> None:
    """What became of them, the open ones, and all."""
    became, still_open = st.columns([2, 3])
    with became:
        bar = _states_card(
            "estimates", asked.scope, ESTIMATE_STATES, title="What became of the estimates",
            caption="Issued in the period: amounts, and how many.",
        )  # fmt: skip
    with still_open:
        listing_card("estimates_open", asked, empty="No estimate is open.")
    listing_card(
        "estimates",
        asked,
        also=bar.also,
        says=bar.says,
        caption="Issued or decided in the period, or open. Select a bar above to see its own.",
        empty="None was issued or decided in this period, and none is open.",
    )


def _ageing_card(scope: Scope) -> Bar:
    """What is outstanding, by how late it is; what is selected of it."""
    metrics, by = AGEING
    answer = data.ask(metrics, by=by, scope=scope)
    with st.container(border=True, height="stretch"):
        st.subheader("How late it is", anchor=False)
        st.caption(f"Outstanding on {day_label(scope.last)}, by days since it was due.")
        return _per_currency(
            answer.frame,
            lambda currency: ageing(answer, currency, look(st.context.theme.type), data.formats()),
            "Outstanding by age",
            "Clients owe nothing.",
            ("age", {key: label for key, (label, _) in AGES.items()}),
        )


def _states_card(
    name: str, scope: Scope, colours: Mapping[str, str], *, title: str, caption: str
) -> Bar:
    """What became of the rows of the listing `name` that were issued in the period."""
    listing = data.ask_listing(name, scope=scope)
    labels = {state: f"{state.capitalize()}, issued in the period" for state in colours}
    with st.container(border=True, height="stretch"):
        st.subheader(title, anchor=False)
        st.caption(caption)
        return _per_currency(
            listing.frame[listing.frame["issued_in_period"]],
            lambda currency: states(
                listing, currency, colours, look(st.context.theme.type), data.formats()
            ),
            title,
            "None was issued in this period.",
            ("state", labels),
        )


def _of_client(asked: Question, row: dict[str, Any] | None) -> Question:
    """The question about the client and currency of a selected row; the same without one."""
    if row is None:
        return asked
    for path, value in (("client.id", row["client_id"]), ("client.currency", row["currency"])):
        known = None if pd.isna(value) else value if isinstance(value, str) else int(value)
        asked = asked.narrowed(Compare(Operator.EQ, path, known))
    return asked


def _time_on(asked: Question, row: dict[str, Any]) -> None:
    """The time entries on an invoice, of whenever: those that its viewer sees."""
    today = asked.scope.today
    number = row["id"] if pd.isna(row["number"]) else row["number"]
    on_it = Compare(Operator.EQ, "invoice.id", int(row["id"]))
    first = min(data.first_day(Fact.TIME) or today, today)
    scope = replace(asked.scope, start=first, end=today, where=None)
    whole = replace(asked, period=Period("all"), where=None, scope=scope)
    with st.container(border=True):
        entries_card(whole, Narrowing(on_it, f"Invoice {number}"))
        count, _ = data.ask_entry_count(scope=scope.and_(on_it))
        if not data.snapshot().viewer.sees_everything:
            st.caption("Of work on any day, as far as you may see it.")
        elif count:
            st.caption("Of work on any day, whatever the period above.")
        else:
            st.caption(
                ":material/inbox: No stored time entry says that it is on this invoice: its lines "
                "are of something else, or were written by hand."
            )
        time_captions(replace(scope, start=FIRST))


def _per_currency(
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
