"""The figures on top of a page: each with its change and its course."""

import math
from collections.abc import Sequence

import streamlit as st

from dashboard.config import settings
from dashboard.errors import MetricError
from dashboard.metrics.against import Against
from dashboard.metrics.answer import Answer
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.facts import followed
from dashboard.metrics.metric import facts
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import hidden
from dashboard.ui import cards, data
from dashboard.ui.kept import Wanted
from dashboard.ui.text import md_text


def kpis(*groups: tuple[Sequence[Metric], Answer], scope: Scope, compare: Against) -> None:
    """A card per metric, money in the account's currency; a line per other currency below.

    Every group is one question, metrics that may stand beside each other, with the same by the
    steps of the small charts.
    """
    notes: list[str] = []
    others: dict[str | None, list[str]] = {}
    with st.grid(min_column_width=cards.WIDTH):
        for group, steps in groups:
            now = data.ask(group, scope=scope)
            before = data.ask(group, scope=earlier(scope, compare)) if compare else None
            main, *rest = _currencies(now)
            for metric in group:
                _card(metric, main, now, before, steps)
            for currency in rest:
                others.setdefault(currency, []).extend(_words(group, currency, now, before))
            notes += now.notes
    with st.container(gap=None):
        for currency in cards.own_first(others) if others else ():
            cards.line(currency, others[currency])
        for note in dict.fromkeys(notes):
            st.caption(note)


def wanted_ahead(
    groups: Sequence[Sequence[Metric]], scope: Scope, *, compare: Against
) -> list[Wanted[Answer]]:
    """What `kpis` will ask."""
    scopes = [scope, earlier(scope, compare)] if compare else [scope]
    return [data.wanted(group, scope=each) for group in groups for each in scopes]


def earlier(scope: Scope, compare: Against) -> Scope:
    """What `scope` is compared with, by the account's holidays."""
    return compare.scope(scope, settings().calendar.holidays)


def answerable(metrics: Sequence[Metric], scope: Scope) -> list[Metric]:
    """The metrics that are visible and have a meaning under the filter; says why others are not."""
    for sentence in hidden(data.snapshot().viewer, metrics):
        st.caption(md_text(sentence))
    metrics = data.may_see(metrics)
    try:
        followed(Fact.CAPACITY, scope.where)
    except MetricError as error:
        st.caption(md_text(f"{error} {error.remedy}"))
        return [metric for metric in metrics if Fact.CAPACITY not in facts(metric)]
    return list(metrics)


def _card(
    metric: Metric,
    currency: str | None,
    now: Answer,
    before: Answer | None,
    steps: Answer,
) -> None:
    cards.figure_card(
        metric,
        now.label(metric),
        currency,
        value=_value(now, metric, currency),
        was=_value(before, metric, currency) if before else None,
        compared=before is not None,
        course=_course(steps, metric, currency),
    )


def _words(
    group: Sequence[Metric], currency: str | None, now: Answer, before: Answer | None
) -> list[str]:
    return [
        cards.in_words(
            metric,
            now.label(metric),
            currency,
            _value(now, metric, currency),
            _value(before, metric, currency) if before else None,
        )
        for metric in group
    ]


def _currencies(answer: Answer) -> list[str | None]:
    if "currency" not in answer.frame:
        return [None]
    return cards.own_first(_known(currency) for currency in answer.frame["currency"])


def _value(answer: Answer, metric: Metric, currency: str | None) -> float | None:
    values = _of(answer, metric, currency)
    return values[0] if values else None


def _course(answer: Answer, metric: Metric, currency: str | None) -> list[float]:
    return [value for value in _of(answer, metric, currency) if not math.isnan(value)]


def _of(answer: Answer, metric: Metric, currency: str | None) -> list[float]:
    values: list[float] = answer.frame[metric.id].tolist()
    if "currency" not in answer.frame:
        return values
    currencies = map(_known, answer.frame["currency"])
    return [value for value, found in zip(values, currencies, strict=True) if found == currency]


def _known(currency: object) -> str | None:
    return currency if isinstance(currency, str) else None
