"""The figures on top of a page: each with its change and its course."""

import math
from collections.abc import Sequence

import streamlit as st

from dashboard.charts.formats import NONE
from dashboard.config import settings
from dashboard.errors import MetricError
from dashboard.metrics.against import Against
from dashboard.metrics.answer import Answer
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.facts import followed
from dashboard.metrics.metric import facts
from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.kept import Wanted
from dashboard.ui.text import md_text

_CARD = 152  # pixels: six beside each other on a desk, two on a telephone


def kpis(*groups: tuple[Sequence[Metric], Answer], scope: Scope, compare: Against) -> None:
    """A card per metric, and per currency where it is money.

    Every group is one question, metrics that may stand beside each other, with the same by the
    steps of the small charts.
    """
    notes: list[str] = []
    with st.grid(min_column_width=_CARD):
        for group, steps in groups:
            now = data.ask(group, scope=scope)
            before = data.ask(group, scope=earlier(scope, compare)) if compare else None
            for metric in group:
                for currency in _currencies(now):
                    _card(metric, currency, now, before, steps)
            notes += now.notes
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
    """The metrics that have a meaning under the scope's filter; says why others have none."""
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
    formats = data.formats()
    value = _value(now, metric, currency)
    was = _value(before, metric, currency) if before else None
    change = formats.change(value, was, metric.unit) if before else None
    better = _direction(value, was) * metric.good
    st.metric(
        now.label(metric),
        formats.headline(value, metric.unit, currency),
        delta=(change or NONE) if before else None,
        delta_arrow={1: "up", -1: "down"}.get(_direction(value, was) if change else 0, "off"),  # type: ignore[arg-type]
        delta_color={1: "green", -1: "red"}.get(better if change else 0, "gray"),  # type: ignore[arg-type]
        help=metric.doc,
        border=True,
        chart_data=_course(steps, metric, currency),
        chart_type="area" if metric.unit != "share" else "line",
        height="stretch",
    )


def _currencies(answer: Answer) -> list[str | None]:
    if "currency" not in answer.frame:
        return [None]
    return [_known(currency) for currency in answer.frame["currency"]] or [None]


def _value(answer: Answer, metric: Metric, currency: str | None) -> float | None:
    values = _of(answer, metric, currency)
    return values[0] if values else None


def _course(answer: Answer, metric: Metric, currency: str | None) -> list[float] | None:
    values = [value for value in _of(answer, metric, currency) if not math.isnan(value)]
    return values if len(values) > 1 else None


def _of(answer: Answer, metric: Metric, currency: str | None) -> list[float]:
    values: list[float] = answer.frame[metric.id].tolist()
    if "currency" not in answer.frame:
        return values
    currencies = map(_known, answer.frame["currency"])
    return [value for value, found in zip(values, currencies, strict=True) if found == currency]


def _known(currency: object) -> str | None:
    return currency if isinstance(currency, str) else None


def _direction(now: float | None, before: float | None) -> int:
    if now is None or before is None or math.isnan(now) or math.isnan(before):
        return 0
    return (now > before) - (now < before)
