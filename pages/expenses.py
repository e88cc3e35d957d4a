"""Expenses by time, category and client."""

import streamlit as st

from dashboard.charts.invoices import currencies_of, one_currency
from dashboard.charts.layout import Figure
from dashboard.charts.spending import spending_by_category, spending_over_time
from dashboard.charts.theme import get_theme
from dashboard.components import cards, queries, selection
from dashboard.components.chart import selectable_chart
from dashboard.components.filter_bar import current_comparison, current_params, scope_line
from dashboard.components.page_params import PageParams
from dashboard.components.queries import get, metrics_query, prefetch, report_query, trend_query
from dashboard.components.report_table import report_card
from dashboard.components.selection import (
    Narrowing,
    combine,
    row_of_bar,
    selection_from_flag,
    selection_from_row,
)
from dashboard.components.text import md_text
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_EXPENSE_AMOUNT,
    EXPENSE_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
)
from dashboard.metrics.dimensions import BILLABLE, EXPENSE_CATEGORY, Dimension
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.period import choose_step
from dashboard.metrics.scope import Scope
from dashboard.web.page_access import fragment

_NO_CURRENCY = "No currency"
_BILLABLE = (True, False)  # as the bars are drawn


@fragment()
def expense_sections(params: PageParams, step: Dimension) -> None:
    """The charts in one currency, the table by category, and every expense of the selected row."""
    selections = _expense_charts(params.scope, step)
    row = report_card(
        "expenses_by_category", params, caption="Click a bar or row to list its expenses."
    )
    selections["table"] = (
        selection_from_row(row, (EXPENSE_CATEGORY,), queries.get_snapshot()) if row else None
    )
    picked = combine(selections, "_expense_selections")
    report_card(
        "expenses",
        params.restrict(picked.where if picked else None),
        empty="There are no expenses.",
        says=picked.says if picked else "",
    )


def _expense_charts(scope: Scope, step: Dimension) -> dict[str, Narrowing | None]:
    """Draw both charts and return the selection in each."""
    over_time = queries.get(
        queries.metrics_query([EXPENSE_AMOUNT], by=[step, BILLABLE], scope=scope)
    )
    by_category = queries.get(
        queries.metrics_query([EXPENSE_AMOUNT], by=[EXPENSE_CATEGORY, BILLABLE], scope=scope)
    )
    if over_time.frame.empty:
        return {}
    currency = _choose_currency(currencies_of(over_time.frame))
    shown, formats = get_theme(st.context.theme.type), queries.get_formats()
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


def _choose_currency(matches: list[str | None]) -> str | None:
    """Return one currency: amounts in several are neither added nor drawn to one scale."""
    if len(matches) < 2:
        return matches[0] if matches else None
    names = [code or _NO_CURRENCY for code in matches]
    own = queries.get_snapshot().meta.currency
    first = own if own in names else names[0]
    chosen = st.segmented_control(
        "Currency", names, default=first, required=True, key="expense_currency"
    )
    name = chosen if chosen in names else first
    return None if name == _NO_CURRENCY else name


def _currency_suffix(currency: str | None) -> str:
    return md_text(f", {currency}") if currency else ""


def _expense_chart(figure: Figure, answer: QueryResult, currency: str | None) -> Narrowing | None:
    """Draw an answer by something and whether it is billable; what the selected bar counts."""
    dimension = answer.by[0]
    by = "category" if dimension is EXPENSE_CATEGORY else dimension.id
    point = selectable_chart(
        figure,
        key=f"spent_by_{by}_{currency}_{selection.selection_epoch()}",
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
    return selection_from_row(row, (dimension,), queries.get_snapshot(), fiscal_start=fiscal).and_(
        flag
    )


SPENT = [EXPENSE_AMOUNT, BILLABLE_EXPENSE_AMOUNT, UNINVOICED_EXPENSE_AMOUNT]

params = current_params(load_settings())
scope = params.scope
step = choose_step(scope.start, scope.end)
trend = trend_query(SPENT, step, scope=scope)
prefetch(
    trend,
    *cards.comparison_queries([SPENT], scope, compare=current_comparison()),
    metrics_query([EXPENSE_AMOUNT], by=[step, BILLABLE], scope=scope),
    report_query("expenses_by_category", scope=scope),
    report_query("expenses", scope=scope),
)
scope_line(scope)
cards.kpi_cards((SPENT, get(trend)), compare=current_comparison())
expense_sections(params, step)
