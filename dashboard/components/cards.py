"""Cards of key figures, each with its change and its trend."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.charts.formatting import NONE
from dashboard.components import queries
from dashboard.components.completeness import (
    NotCompared,
    not_compared,
    notes_below,
    without_partial,
)
from dashboard.components.queries import Query
from dashboard.components.text import md_text
from dashboard.config.errors import MetricError
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import Fact, Metric, Unit
from dashboard.metrics.comparison_period import ComparisonPeriod
from dashboard.metrics.execute import QueryResult, Trend
from dashboard.metrics.fact_filters import split_filter, unsupported_filter_error
from dashboard.metrics.metric import metric_facts
from dashboard.metrics.permissions import hidden_notice
from dashboard.metrics.scope import Scope

_LEAST = 0.005  # hours, or units of a currency
WIDTH = 152  # pixels at least: six beside each other on a desk, two on a telephone


def metric_card(label: str, value: str, *, doc: str, **more: Any) -> None:
    """`value` under its name, which is whole however narrow the card; `more` as `st.metric`."""
    with st.container(border=True, height="stretch", gap="xxsmall"):
        st.caption(md_text(label), help=doc)
        st.metric(label, value, label_visibility="collapsed", height="stretch", **more)


def figure_card(
    metric: Metric,
    label: str,
    currency: str | None,
    *,
    value: float | None,
    was: float | None,
    compared: bool,
    course: Sequence[float] | None,
) -> None:
    """A metric with its change since it `was`, where that is `compared`, and its course in time."""
    formats, was = queries.get_formats(), _round_to_nothing(was, metric)
    change = formats.format_change(value, was, metric.unit, currency) if compared else None
    rose = _change_direction(value, was) if change else 0
    metric_card(
        label,
        formats.format_headline(value, metric.unit, currency),
        doc=metric.doc,
        delta=(change or NONE) if compared else None,
        delta_arrow={1: "up", -1: "down"}.get(rose, "off"),
        delta_color={1: "green", -1: "red"}.get(rose * metric.good, "gray"),
        chart_data=course if course and len(course) > 1 else None,
        chart_type="line" if metric.unit is Unit.SHARE else "area",
    )


def describe(
    metric: Metric, label: str, currency: str | None, value: float | None, was: float | None
) -> str:
    """Return the same in a few words, such as "Paid $7,390 (+3.1%)"."""
    formats, was = queries.get_formats(), _round_to_nothing(was, metric)
    change = formats.format_change(value, was, metric.unit, currency)
    written = f"{label} {formats.format_headline(value, metric.unit, currency)}"
    return f"{written} ({change})" if change else written


def currency_caption(currency: str | None, figures: Iterable[str]) -> None:
    """Draw the figures in another currency than that of the cards."""
    st.caption(md_text(f"{currency or 'No currency'}: {' · '.join(figures)}"))


def account_currency_first(currencies: Iterable[str | None]) -> list[str | None]:
    """Return each once: the account's own, then by name, then none; [None] where there are none."""
    own = queries.get_snapshot().meta.currency
    return sorted(set(currencies), key=lambda one: (one != own, one is None, one or "")) or [None]


def _round_to_nothing(was: float | None, metric: Metric) -> float | None:
    """Return 0 for what is written as 0.00: a percentage of it would be a million and mean nothing.

    A share is compared in points, however small it was.
    """
    is_nothing = was is not None and metric.unit is not Unit.SHARE and abs(was) < _LEAST
    return 0.0 if is_nothing else was


def _change_direction(now: float | None, before: float | None) -> int:
    if now is None or before is None or math.isnan(now) or math.isnan(before):
        return 0
    return (now > before) - (now < before)


def supported_groups(groups: Sequence[Sequence[Metric]], scope: Scope) -> list[list[Metric]]:
    """The groups without what is hidden or has no meaning under the filter, empty ones left out.

    Why they are missing is written where this is called.
    """
    every = [metric for group in groups for metric in group]
    for sentence in hidden_notice(queries.get_snapshot().viewer, every):
        st.caption(md_text(sentence))
    groups = [queries.visible_to_viewer(group) for group in groups]
    missing: dict[Metric, str] = {}
    for metric in (metric for group in groups for metric in group):
        for fact in sorted(metric_facts(metric)):
            try:
                _check_supported(metric, fact, scope)
            except MetricError as error:
                missing.setdefault(metric, f"{error} {error.remedy}")
    for sentence in dict.fromkeys(missing.values()):
        st.caption(md_text(sentence))
    remaining = [[metric for metric in group if metric not in missing] for group in groups]
    return [group for group in remaining if group]


def _check_supported(metric: Metric, fact: Fact, scope: Scope) -> None:
    rest = split_filter(fact, scope.where).rest
    if rest and fact is not Fact.CAPACITY:
        raise unsupported_filter_error(metric.label, fact, rest)


Values = dict[str | None, dict[str, list[float]]]
"""Of an answer: by currency, which is None where there is no money, and by the metric's id."""


def kpi_cards(*groups: tuple[Sequence[Metric], Trend], compare: ComparisonPeriod) -> None:
    """Draw a card per metric, amounts in one currency, and the notes of their results.

    A switch selects the currency where there are several. Every group is one query over a scope
    of its own.
    """
    currency = choose_currency(_largest_amounts(groups))
    notes: list[str] = []
    partial: list[NotCompared] = []
    others: dict[str | None, list[str]] = {}
    with st.grid(min_column_width=WIDTH):
        for group, course in groups:
            now, steps = values_by_currency(course.total), values_by_currency(course.steps)
            labels = {metric: course.total.label_of(metric) for metric in group}
            wanted = comparison_queries([group], course.total.scope, compare=compare)
            before: Values | None = None
            compared: tuple[Metric, ...] = ()
            if wanted:
                answer, why = without_partial(queries.get(wanted[0]), labels)
                before, compared = values_by_currency(answer), answer.metrics
                partial += why
            several = account_currency_first(now)
            main = currency if currency in several else several[0]
            rest = [code for code in several if code != main]
            for metric, label in labels.items():
                figure_card(
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
                    describe(
                        metric,
                        label,
                        currency,
                        first_value(now, metric, currency),
                        first_value(before, metric, currency),
                    )
                    for metric, label in labels.items()
                )
            notes += course.total.notes
    draw_notes(others, notes_below([*not_compared(partial), *notes]))


def choose_currency(amounts: Mapping[str, float]) -> str | None:
    """Draw the currency switch, and return the currency of the cards.

    `amounts` has the largest amount of each currency. The first currency is the account's own,
    unless all its amounts are 0 and others are not.
    """
    names = [code for code in account_currency_first(amounts) if code is not None]
    if not names:
        return None
    if not amounts[names[0]]:
        names.sort(key=lambda code: -amounts[code])
    if len(names) == 1:
        return names[0]
    chosen = st.segmented_control(
        "Currency",
        names,
        default=names[0],
        required=True,
        key=f"card_currency_{'_'.join(names)}",
        label_visibility="collapsed",
    )
    return chosen or names[0]


def _largest_amounts(groups: Sequence[tuple[Sequence[Metric], Trend]]) -> dict[str, float]:
    largest: dict[str, float] = {}
    for _, course in groups:
        for code, columns in values_by_currency(course.total).items():
            if code is None:
                continue
            known = (abs(v) for column in columns.values() for v in column if not math.isnan(v))
            largest[code] = max(largest.get(code, 0.0), max(known, default=0.0))
    return largest


def draw_notes(others: dict[str | None, list[str]], notes: Sequence[str]) -> None:
    """Draw the figures in other currencies and the notes, folded where there are several lines."""
    count = len(others) + len(notes)
    if not count:
        return
    place = st.container(gap=None)
    if count > 1:
        label = "note" if len(notes) == 1 else "notes"
        parts = ["Other currencies"] if others else []
        parts += [f"{len(notes)} {label}"] if notes else []
        place = st.expander(" · ".join(parts), icon=":material/info:")
    with place:
        for currency in account_currency_first(others) if others else ():
            currency_caption(currency, others[currency])
        for note in notes:
            st.caption(md_text(note))


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
    return [queries.earlier_query(group, scope=before) for group in groups]


def values_by_currency(answer: QueryResult) -> Values:
    """Return the values of each metric by currency, in the order of rows."""
    frame = answer.frame
    metrics = {metric.id: frame[metric.id].tolist() for metric in answer.metrics}
    if "currency" not in frame:
        return {None: metrics}
    places: dict[str | None, list[int]] = {}
    for place, currency in enumerate(frame["currency"].tolist()):
        places.setdefault(currency if isinstance(currency, str) else None, []).append(place)
    return {
        currency: {id: [column[place] for place in result] for id, column in metrics.items()}
        for currency, result in places.items()
    } or {None: {id: [] for id in metrics}}


def earlier_scope(scope: Scope, compare: ComparisonPeriod) -> Scope:
    """Return the comparison period of `scope`, by the account's holidays."""
    return compare.earlier_scope(scope, load_settings().calendar.holidays)


def supported_metrics(metrics: Sequence[Metric], scope: Scope) -> list[Metric]:
    """The metrics that are visible and have a meaning under the filter; says why others are not."""
    for sentence in hidden_notice(queries.get_snapshot().viewer, metrics):
        st.caption(md_text(sentence))
    metrics = queries.visible_to_viewer(metrics)
    try:
        split_filter(Fact.CAPACITY, scope.where)
    except MetricError as error:
        st.caption(md_text(f"{error} {error.remedy}"))
        return [metric for metric in metrics if Fact.CAPACITY not in metric_facts(metric)]
    return list(metrics)


def first_value(values: Values | None, metric: Metric, currency: str | None) -> float | None:
    """The first value of a metric in a currency, that of a total; None where there is none."""
    result = values.get(currency, {}).get(metric.id) if values else None
    return result[0] if result else None


def trend_values(steps: Values, metric: Metric, currency: str | None) -> list[float]:
    """Return the values of a course that are known."""
    result = steps.get(currency, {}).get(metric.id, [])
    return [value for value in result if not math.isnan(value)]
