"""Overview: key figures, and what needs attention."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from dashboard.access.rights import Right
from dashboard.charts.bars import MOST, ranking_chart, stacked_chart
from dashboard.charts.formatting import NONE
from dashboard.charts.receivables import MOST_CURRENCIES as CURRENCIES
from dashboard.charts.receivables import receivable_currencies, receivables_chart
from dashboard.charts.theme import get_theme
from dashboard.components import cards, queries
from dashboard.components.action_items import action_items_card
from dashboard.components.chart import static_chart
from dashboard.components.completeness import (
    NotCompared,
    not_compared,
    notes_below,
    without_partial,
)
from dashboard.components.filter_bar import current_comparison, current_params, scope_line
from dashboard.components.queries import Query, prefetch
from dashboard.components.report_table import report_table
from dashboard.components.text import md_text
from dashboard.config.errors import MetricError
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    HOURS,
    NONBILLABLE_HOURS,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    UNINVOICED_AMOUNT,
    UNPRICED_HOURS,
    UTILIZATION,
    Metric,
    Unit,
)
from dashboard.metrics.comparison_period import ComparisonPeriod
from dashboard.metrics.dimensions import USER
from dashboard.metrics.execute import QueryResult, Trend
from dashboard.metrics.period import choose_step
from dashboard.metrics.scope import Scope
from dashboard.reports.overview import (
    OVERVIEW,
    Sources,
    combine_results,
    count_late_invoices,
    of_old,
    values_of,
    visible_groups,
)
from dashboard.reports.projects import PROJECTS, filter_at_risk
from dashboard.reports.table import Table

_CARDS = 6
# In order; those without a meaning under the filter make room for the next.
_SHOWN: tuple[Metric, ...] = (
    HOURS, UTILIZATION, BILLABLE_AMOUNT, UNINVOICED_AMOUNT, OUTSTANDING_AMOUNT, OVERDUE_AMOUNT,
    BILLABLE_SHARE, UNPRICED_HOURS,
)  # fmt: skip
_BUDGETS = 8
_PARTS = (BILLABLE_HOURS, NONBILLABLE_HOURS)


def section_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of the page, slowest first."""
    return [
        _wanted_budgets(scope),
        *(_wanted_group(group, scope) for group in _visible_groups()),
        _wanted_old(scope),
        *cards.comparison_queries(_visible_groups(), scope, compare=current_comparison()),
        _wanted_late(scope),
        queries.metrics_query([UTILIZATION], by=[USER], scope=scope),
    ]


def _visible_groups() -> list[tuple[Metric, ...]]:
    return visible_groups(queries.get_snapshot().viewer)


def _wanted_group(group: tuple[Metric, ...], scope: Scope) -> Query[Trend]:
    # The chart of hours is drawn of the same question as their figures.
    metrics = (*group, *_PARTS) if HOURS in group else group
    return queries.trend_query(metrics, choose_step(scope.start, scope.end), scope=scope)


def _wanted_budgets(scope: Scope) -> Query[Table]:
    return queries.report_query(PROJECTS.id, scope=scope)


def _wanted_old(scope: Scope) -> Query[QueryResult]:
    return queries.metrics_query([UNINVOICED_AMOUNT], scope=of_old(scope))


def _wanted_late(scope: Scope) -> Query[int]:
    return queries.cached_query(
        "late invoices", partial(count_late_invoices, scope=scope), scope=scope
    )


def overview_report(scope: Scope) -> Table:
    """Return the overview's listing, made of what the page asks for anyway."""
    sources = Sources(
        group=lambda metrics: queries.get(_wanted_group(metrics, scope)).total,
        late=lambda: queries.get(_wanted_late(scope)),
        budgets=lambda: queries.get(_wanted_budgets(scope)),
        old=lambda: queries.get(_wanted_old(scope)),
    )
    return queries.get_cached(
        OVERVIEW.id, lambda stored: combine_results(sources, stored.viewer), scope=scope
    )


def figure_cards(scope: Scope) -> None:
    """Draw six figures at most, in one currency; the others are in the notes, never added."""
    listing, compare = overview_report(scope), current_comparison()
    now = values_of(listing)
    labels = dict(zip(listing.frame["metric"], listing.frame["label"], strict=True))
    steps = _by_metric([_wanted_group(group, scope) for group in _visible_groups()])
    before, partial = _values_before(scope, compare)
    codes = _figure_currencies(listing)
    amounts = {
        code: max((abs(v) for key, v in now.items() if key[1] == code), default=0.0)
        for code in codes
        if code is not None
    }
    main = cards.choose_currency(amounts)
    metrics = [metric for metric in _SHOWN if metric.id in labels][:_CARDS]
    with st.grid(min_column_width=cards.WIDTH):
        for metric in metrics:
            currency = main if metric.unit is Unit.MONEY else None
            cards.figure_card(
                metric,
                labels[metric.id],
                currency,
                value=now.get((metric.id, currency)),
                was=cards.first_value(before.get(metric), metric, currency),
                compared=metric in before,
                course=cards.trend_values(steps[metric], metric, currency),
            )
    others = {
        currency: [
            cards.describe(
                metric,
                metric.label,
                currency,
                now.get((metric.id, currency)),
                cards.first_value(before.get(metric), metric, currency),
            )
            for metric in metrics
            if metric.unit is Unit.MONEY
        ]
        for currency in codes
        if currency != main
    }
    cards.draw_notes(others, notes_below([*not_compared(partial), *listing.notes]))


def _values_before(
    scope: Scope, compare: ComparisonPeriod
) -> tuple[dict[Metric, cards.Values], list[NotCompared]]:
    """Return the values of each metric in the period before, and why some are not compared."""
    result: dict[Metric, cards.Values] = {}
    partial: list[NotCompared] = []
    for wanted in cards.comparison_queries(_visible_groups(), scope, compare=compare):
        with suppress(MetricError):
            answer = queries.get(wanted)
            labels = {metric: metric.label for metric in answer.metrics}
            was, lacking = without_partial(answer, labels)
            # Most earlier work is invoiced by now, so there is nothing to compare with.
            compared = [metric for metric in was.metrics if metric is not UNINVOICED_AMOUNT]
            result |= dict.fromkeys(compared, cards.values_by_currency(was))
            partial += lacking
    return result, partial


def _by_metric(wanted: Sequence[Query[Any]]) -> dict[Metric, cards.Values]:
    """The values of each metric, or their courses; without those that the filter leaves none."""
    result: dict[Metric, cards.Values] = {}
    for item in wanted:
        with suppress(MetricError):
            made: QueryResult | Trend = queries.get(item)
            answer = made.steps if isinstance(made, Trend) else made
            result |= dict.fromkeys(answer.metrics, cards.values_by_currency(answer))
    return result


def hours_card(scope: Scope) -> None:
    """Billable and non-billable hours over time."""
    step = choose_step(scope.start, scope.end)
    st.subheader(f"Hours per {step.id}", anchor=False)
    with _show_card_error():
        steps = queries.get(_wanted_group(_visible_groups()[0], scope)).steps
        answer = replace(steps, metrics=_PARTS)
        if answer.frame.empty:
            st.caption(":material/inbox: No time entries match.")
            return
        static_chart(
            stacked_chart(answer, get_theme(st.context.theme.type), queries.get_formats()),
            alt=f"Billable and non-billable hours by {step.id}",
        )


def receivables_card(scope: Scope) -> None:
    """Draw invoices by status, per currency."""
    st.subheader("Invoices by status", anchor=False)
    if not queries.visible_to_viewer([OUTSTANDING_AMOUNT]):
        st.caption(f":material/lock: Not visible to you. It needs {Right.INVOICES}.")
        return
    table = overview_report(scope)
    several = receivable_currencies(table)
    if not several:
        st.caption(":material/inbox: No data for this period.")
        return
    static_chart(
        receivables_chart(table, get_theme(st.context.theme.type), queries.get_formats()),
        alt="Amounts of invoices that are draft, sent, late and paid",
    )
    rest = ", ".join(currency or NONE for currency in several[CURRENCIES:])
    st.caption(
        "Draft and paid: in the period. Open and overdue: as of 20 Nov 2026."
        + (md_text(f" Also in {rest}: see the file of the overview.") if rest else "")
    )


def budgets_card(scope: Scope) -> None:
    """The budgets that are over or at risk."""
    st.subheader("Budgets at risk", anchor=False)
    with _show_card_error():
        table = filter_at_risk(queries.get(_wanted_budgets(scope)))
        if table.frame.empty:
            st.caption(":material/check_circle: All budgets are on track.")
            return
        first = replace(table, frame=table.frame.head(_BUDGETS))
        report_table(first, key="attention", alt="Budgets at risk", select=False)
        if len(table.frame) > _BUDGETS:
            st.caption(f"The first {_BUDGETS} of {len(table.frame)}; see Project budgets for all.")


def utilization_card(scope: Scope) -> None:
    """Draw utilization by person; people without capacity have no share."""
    st.subheader("Utilization by person", anchor=False)
    with _show_card_error():
        answer = queries.get(queries.metrics_query([UTILIZATION], by=[USER], scope=scope))
        some = answer.frame.dropna(subset=[UTILIZATION.id])
        if some.empty:
            st.caption(":material/inbox: No capacity in this selection.")
            return
        static_chart(
            ranking_chart(
                replace(answer, frame=some), get_theme(st.context.theme.type), queries.get_formats()
            ),
            alt="Utilization by person",
        )
        if len(some) > MOST:
            st.caption(f"The first {MOST} of {len(some)}; see Utilization for all.")


@contextmanager
def _show_card_error() -> Iterator[None]:
    """Return in the card why it has no answer under the filter; the others stay."""
    try:
        yield
    except MetricError as error:
        st.caption(md_text(f"{error} {error.remedy}"))


def _figure_currencies(listing: Table) -> list[str | None]:
    """Return the currencies of the figures, the account's own first; None where there are none."""
    lines = zip(listing.frame["unit"].tolist(), listing.frame["currency"].tolist(), strict=True)
    return cards.account_currency_first(
        currency if isinstance(currency, str) else None
        for unit, currency in lines
        if unit == Unit.MONEY
    )


params = current_params(load_settings())
scope = params.scope
prefetch(*section_queries(scope))
scope_line(scope)

figure_cards(scope)
with st.container(border=True):
    action_items_card(params, overview_report(scope))

course, bills = st.columns([2, 1])
with course.container(border=True, height="stretch"):
    hours_card(scope)
with bills.container(border=True, height="stretch"):
    receivables_card(scope)

budgets, people = st.columns([3, 2])
with budgets.container(border=True, height="stretch"):
    budgets_card(scope)
with people.container(border=True, height="stretch"):
    utilization_card(scope)
