"""Expenses: over time and by category in one currency, then by category and one by one."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.palette import look
from dashboard.charts.spending import spending_by_category, spending_over_time
from dashboard.metrics.catalog import EXPENSE_AMOUNT
from dashboard.metrics.dimensions import BILLABLE, EXPENSE_CATEGORY, Dimension
from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.fragments import fragment
from dashboard.ui.listing import listing_card
from dashboard.ui.pictures import picture_config
from dashboard.ui.question import Question
from dashboard.ui.text import md_text
from harvest_client.search import Compare, Operator, all_of


@fragment()
def spent(asked: Question, step: Dimension) -> None:
    """The charts in one currency, the table by category, and every expense of the selected row."""
    _charts(asked.scope, step)
    row = listing_card("expenses_by_category", asked, caption="Select a row to see what is in it.")
    shown, caption = asked, ""
    if row:
        key, currency = row["expense_category_id"], row["currency"]
        category = Compare(Operator.EQ, "expense_category.id", None if pd.isna(key) else int(key))
        paid = Compare(Operator.EQ, "client.currency", currency)
        shown = asked.narrowed(all_of(category, paid))
        caption = md_text(f"Only {row['expense_category']} in {currency}.")
    listing_card("expenses", shown, empty="There are no expenses.", caption=caption)


def _charts(scope: Scope, step: Dimension) -> None:
    over_time = data.ask([EXPENSE_AMOUNT], by=[step, BILLABLE], scope=scope)
    by_category = data.ask([EXPENSE_AMOUNT], by=[EXPENSE_CATEGORY, BILLABLE], scope=scope)
    found = over_time.frame["currency"]
    currencies = sorted({str(one) for one in found.dropna()})
    if found.empty:
        return
    currency = _chosen(currencies)
    shown, formats = look(st.context.theme.type), data.formats()
    course, rank = st.columns([3, 2])
    with course.container(border=True, height="stretch"):
        st.subheader(f"Expenses per {step.id}{_in(currency)}", anchor=False)
        _chart(spending_over_time(over_time, shown, formats, currency=currency), step.id)
    with rank.container(border=True, height="stretch"):
        st.subheader(f"What for{_in(currency)}", anchor=False)
        _chart(spending_by_category(by_category, shown, formats, currency=currency), "category")


def _chosen(currencies: list[str]) -> str | None:
    """One currency: amounts in several are neither added nor drawn to one scale."""
    if len(currencies) < 2:
        return currencies[0] if currencies else None
    own = data.snapshot().meta.currency
    first = own if own in currencies else currencies[0]
    chosen = st.segmented_control(
        "Currency", currencies, default=first, required=True, key="expense_currency"
    )
    return chosen if chosen in currencies else first


def _in(currency: str | None) -> str:
    return md_text(f", {currency}") if currency else ""


def _chart(figure: go.Figure, by: str) -> None:
    st.plotly_chart(
        figure,
        theme=None,
        key=f"spent_by_{by}",
        config=picture_config(),
        alt=f"Billable and non-billable expenses by {by}",
    )
