"""Expenses: over time and by category in one currency, then by category and one by one."""

import streamlit as st

from dashboard.charts.bills import currencies, of_currency
from dashboard.charts.frame import Figure
from dashboard.charts.palette import look
from dashboard.charts.spending import spending_by_category, spending_over_time
from dashboard.metrics.answer import Answer
from dashboard.metrics.catalog import EXPENSE_AMOUNT
from dashboard.metrics.dimensions import BILLABLE, EXPENSE_CATEGORY, Dimension
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.listing import listing_card
from dashboard.ui.narrowing import Narrowing, combine, of_flag, of_row, row_of_bar
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import selectable_chart
from dashboard.ui.question import Question
from dashboard.ui.text import md_text

_NO_CURRENCY = "No currency"
_BILLABLE = (True, False)  # as the bars are drawn


@fragment()
def spent(asked: Question, step: Dimension) -> None:
    """The charts in one currency, the table by category, and every expense of the selected row."""
    selections = _charts(asked.scope, step)
    row = listing_card("expenses_by_category", asked, caption="Select a bar or a row to see it.")
    selections["table"] = of_row(row, (EXPENSE_CATEGORY,), data.snapshot()) if row else None
    picked = combine(selections, "_expense_selections")
    listing_card(
        "expenses",
        asked.narrowed(picked.where if picked else None),
        empty="There are no expenses.",
        says=picked.says if picked else "",
    )


def _charts(scope: Scope, step: Dimension) -> dict[str, Narrowing | None]:
    """Draw both charts and return the selection in each."""
    over_time = data.ask([EXPENSE_AMOUNT], by=[step, BILLABLE], scope=scope)
    by_category = data.ask([EXPENSE_AMOUNT], by=[EXPENSE_CATEGORY, BILLABLE], scope=scope)
    if over_time.frame.empty:
        return {}
    currency = _chosen(currencies(over_time.frame))
    shown, formats = look(st.context.theme.type), data.formats()
    course, rank = st.columns([3, 2])
    with course.container(border=True, height="stretch"):
        st.subheader(f"Expenses per {step.id}{_in(currency)}", anchor=False)
        drawn = spending_over_time(over_time, shown, formats, currency=currency)
        of_time = _chart(drawn, over_time, currency)
    with rank.container(border=True, height="stretch"):
        st.subheader(f"What for{_in(currency)}", anchor=False)
        drawn = spending_by_category(by_category, shown, formats, currency=currency)
        of_category = _chart(drawn, by_category, currency)
    return {"course": of_time, "rank": of_category}


def _chosen(found: list[str | None]) -> str | None:
    """One currency: amounts in several are neither added nor drawn to one scale."""
    if len(found) < 2:
        return found[0] if found else None
    names = [code or _NO_CURRENCY for code in found]
    own = data.snapshot().meta.currency
    first = own if own in names else names[0]
    chosen = st.segmented_control(
        "Currency", names, default=first, required=True, key="expense_currency"
    )
    name = chosen if chosen in names else first
    return None if name == _NO_CURRENCY else name


def _in(currency: str | None) -> str:
    return md_text(f", {currency}") if currency else ""


def _chart(figure: Figure, answer: Answer, currency: str | None) -> Narrowing | None:
    """Draws an answer by something and whether it is billable; what the selected bar counts."""
    dimension = answer.by[0]
    by = "category" if dimension is EXPENSE_CATEGORY else dimension.id
    point = selectable_chart(
        figure,
        key=f"spent_by_{by}_{currency}_{clearing.turn()}",
        alt=f"Billable and non-billable expenses by {by}",
    )
    if point is None or point.trace >= len(_BILLABLE):
        return None  # none is selected, or a text beside a bar
    rows = of_currency(answer.frame, currency)
    row = row_of_bar(rows, dimension, point.value)
    if row is None:
        return None
    flag = of_flag(_BILLABLE[point.trace])
    fiscal = answer.scope.fiscal_start
    return of_row(row, (dimension,), data.snapshot(), fiscal_start=fiscal).and_(flag)
