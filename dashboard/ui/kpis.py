"""The figures on top of a page: each with its change and its course."""

import math
from collections.abc import Sequence

import streamlit as st

from dashboard.config import load_settings
from dashboard.errors import MetricError
from dashboard.metrics.against import ComparisonPeriod
from dashboard.metrics.answer import QueryResult
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.facts import split_filter
from dashboard.metrics.metric import metric_facts
from dashboard.metrics.pivot import Trend
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import hidden_notice
from dashboard.ui import cards, data
from dashboard.ui.completeness import NotCompared, not_compared, notes_below, without_partial
from dashboard.ui.kept import Query
from dashboard.ui.text import md_text

Values = dict[str | None, dict[str, list[float]]]
"""Of an answer: by currency, which is None where there is no money, and by the metric's id."""


def kpi_cards(*groups: tuple[Sequence[Metric], Trend], compare: ComparisonPeriod) -> None:
    """A card per metric, money in the account's currency; a line per other currency below.

    Every group is one question, metrics that may stand beside each other, over a scope of its own.
    """
    notes: list[str] = []
    partial: list[NotCompared] = []
    others: dict[str | None, list[str]] = {}
    with st.grid(min_column_width=cards.WIDTH):
        for group, course in groups:
            now, steps = values_by_currency(course.total), values_by_currency(course.steps)
            labels = {metric: course.total.label_of(metric) for metric in group}
            wanted = comparison_queries([group], course.total.scope, compare=compare)
            before: Values | None = None
            compared: tuple[Metric, ...] = ()
            if wanted:
                answer, why = without_partial(data.get(wanted[0]), labels)
                before, compared = values_by_currency(answer), answer.metrics
                partial += why
            main, *rest = cards.account_currency_first(now)
            for metric, label in labels.items():
                cards.figure_card(
                    metric,
                    label,
                    main,
                    value=first_value(now, metric, main),
                    was=first_value(before, metric, main),
                    compared=metric in compared,
                    course=trend_values(steps, metric, main),
                )
            for currency in rest:
                others.setdefault(currency, []).extend(
                    cards.describe(
                        metric,
                        label,
                        currency,
                        first_value(now, metric, currency),
                        first_value(before, metric, currency),
                    )
                    for metric, label in labels.items()
                )
            notes += course.total.notes
    with st.container(gap=None):
        for currency in cards.account_currency_first(others) if others else ():
            cards.currency_caption(currency, others[currency])
        for note in notes_below([*not_compared(partial), *notes]):
            st.caption(note)


def nonzero_metrics(metrics: Sequence[Metric], course: Trend) -> list[Metric]:
    """Return those of the metrics that are not 0 over the whole scope, in some currency."""
    frame = course.total.frame
    return [metric for metric in metrics if (frame[metric.id].fillna(0) != 0).any()]


def comparison_queries(
    groups: Sequence[Sequence[Metric]], scope: Scope, *, compare: ComparisonPeriod
) -> list[Query[QueryResult]]:
    """Return the queries of `kpis` for the comparison period."""
    if not compare:
        return []
    before = earlier_scope(scope, compare)
    return [data.earlier_query(group, scope=before) for group in groups]


def values_by_currency(answer: QueryResult) -> Values:
    """The values of each metric by currency, in the order of rows."""
    frame = answer.frame
    metrics = {metric.id: frame[metric.id].tolist() for metric in answer.metrics}
    if "currency" not in frame:
        return {None: metrics}
    places: dict[str | None, list[int]] = {}
    for place, currency in enumerate(frame["currency"].tolist()):
        places.setdefault(currency if isinstance(currency, str) else None, []).append(place)
    return {
        currency: {id: [column[place] for place in found] for id, column in metrics.items()}
        for currency, found in places.items()
    } or {None: {id: [] for id in metrics}}


def earlier_scope(scope: Scope, compare: ComparisonPeriod) -> Scope:
    """Return the comparison period of `scope`, by the account's holidays."""
    return compare.earlier_scope(scope, load_settings().calendar.holidays)


def supported_metrics(metrics: Sequence[Metric], scope: Scope) -> list[Metric]:
    """The metrics that are visible and have a meaning under the filter; says why others are not."""
    for sentence in hidden_notice(data.get_snapshot().viewer, metrics):
        st.caption(md_text(sentence))
    metrics = data.visible_to_viewer(metrics)
    try:
        split_filter(Fact.CAPACITY, scope.where)
    except MetricError as error:
        st.caption(md_text(f"{error} {error.remedy}"))
        return [metric for metric in metrics if Fact.CAPACITY not in metric_facts(metric)]
    return list(metrics)


def first_value(values: Values | None, metric: Metric, currency: str | None) -> float | None:
    """The first value of a metric in a currency, that of a total; None where there is none."""
    found = values.get(currency, {}).get(metric.id) if values else None
    return found[0] if found else None


def trend_values(steps: Values, metric: Metric, currency: str | None) -> list[float]:
    """The values of a course that are known."""
    found = steps.get(currency, {}).get(metric.id, [])
    return [value for value in found if not math.isnan(value)]
