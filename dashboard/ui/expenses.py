"""Expenses: over time and by category in one currency, then by category and one by one."""

import streamlit as st

from dashboard.charts.bills import currencies_of, one_currency
from dashboard.charts.frame import Figure
from dashboard.charts.palette import get_theme
from dashboard.charts.spending import spending_by_category, spending_over_time
from dashboard.metrics.answer import QueryResult
from dashboard.metrics.catalog import EXPENSE_AMOUNT
from dashboard.metrics.dimensions import BILLABLE, EXPENSE_CATEGORY, Dimension
from dashboard.metrics.scope import Scope
from dashboard.ui import clearing, data
from dashboard.ui.listing import report_card
from dashboard.ui.narrowing import (
    Narrowing,
    combine,
    row_of_bar,
    selection_from_flag,
    selection_from_row,
)
from dashboard.ui.page_access import fragment
from dashboard.ui.pictures import selectable_chart
from dashboard.ui.question import PageParams
from dashboard.ui.text import md_text

_NO_CURRENCY = "No currency"
_BILLABLE = (True, False)  # as the bars are drawn


@fragment()
def expense_sections(asked: PageParams, step: Dimension) -> None:
    """The charts in one currency, the table by category, and every expense of the selected row."""
    selections = _expense_charts(asked.scope, step)
    row = report_card("expenses_by_category", asked, caption="Select a bar or a row to see it.")
    selections["table"] = (
        selection_from_row(row, (EXPENSE_CATEGORY,), data.get_snapshot()) if row else None
    )
    picked = combine(selections, "_expense_selections")
    report_card(
        "expenses",
        asked.restrict(picked.where if picked else None),
        empty="There are no expenses.",
        says=picked.says if picked else "",
    )


def _expense_charts(scope: Scope, step: Dimension) -> dict[str, Narrowing | None]:
    """Draw both charts and return the selection in each."""
    over_time = data.get_metrics([EXPENSE_AMOUNT], by=[step, BILLABLE], scope=scope)
    by_category = data.get_metrics([EXPENSE_AMOUNT], by=[EXPENSE_CATEGORY, BILLABLE], scope=scope)
    if over_time.frame.empty:
        return {}
    currency = _choose_currency(currencies_of(over_time.frame))
    shown, formats = get_theme(st.context.theme.type), data.get_formats()
    course, rank = st.columns([3, 2])
    with course.container(border=True, height="stretch"):
        st.subheader(f"Expenses per {step.id}{_currency_suffix(currency)}", anchor=False)
        drawn = spending_over_time(over_time, shown, formats, currency=currency)
        of_time = _expense_chart(drawn, over_time, currency)
    with rank.container(border=True, height="stretch"):
        st.subheader(f"What for{_currency_suffix(currency)}", anchor=False)
        drawn = spending_by_category(by_category, shown, formats, currency=currency)
        of_category = _expense_chart(drawn, by_category, currency)
    return {"course": of_time, "rank": of_category}


def _choose_currency(found: list[str | None]) -> str | None:
    """One currency: amounts in several are neither added nor drawn to one scale."""
    if len(found) < 2:
        return found[0] if found else None
    names = [code or _NO_CURRENCY for code in found]
    own = data.get_snapshot().meta.currency
    first = own if own in names else names[0]
    chosen = st.segmented_control(
        "Currency", names, default=first, required=True, key="expense_currency"
    )
    name = chosen if chosen in names else first
    return None if name == _NO_CURRENCY else name


def _currency_suffix(currency: str | None) -> str:
    return md_text(f", {currency}") if currency else ""


def _expense_chart(figure: Figure, answer: QueryResult, currency: str | None) -> Narrowing | None:
    """Draws an answer by something and whether it is billable; what the selected bar counts."""
    dimension = answer.by[0]
    by = "category" if dimension is EXPENSE_CATEGORY else dimension.id
    point = selectable_chart(
        figure,
        key=f"spent_by_{by}_{currency}_{clearing.selection_epoch()}",
        alt=f"Billable and non-billable expenses by {by}",
    )
    if point is None or point.trace >= len(_BILLABLE):
        return None  # none is selected, or a text beside a bar
    rows = one_currency(answer.frame, currency)
    row = row_of_bar(rows, dimension, point.value)
    if row is None:
        return None
    flag = selection_from_flag(_BILLABLE[point.trace])
    fiscal = answer.scope.fiscal_start
    return selection_from_row(row, (dimension,), data.get_snapshot(), fiscal_start=fiscal).and_(
        flag
    )
