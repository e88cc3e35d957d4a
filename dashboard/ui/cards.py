"""A figure as a card, and what it is in other currencies as a line below: never added."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from dashboard.charts.formats import NONE
from dashboard.metrics.catalog import Metric, Unit
from dashboard.ui import data
from dashboard.ui.text import md_text

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
    formats, was = data.get_formats(), _round_to_nothing(was, metric)
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
    """The same in a few words, such as "Paid $7,390 (+3.1%)"."""
    formats, was = data.get_formats(), _round_to_nothing(was, metric)
    change = formats.format_change(value, was, metric.unit, currency)
    written = f"{label} {formats.format_headline(value, metric.unit, currency)}"
    return f"{written} ({change})" if change else written


def currency_caption(currency: str | None, figures: Iterable[str]) -> None:
    """Draw the figures in another currency than that of the cards."""
    st.caption(md_text(f"{currency or 'No currency'}: {' · '.join(figures)}"))


def account_currency_first(currencies: Iterable[str | None]) -> list[str | None]:
    """Each once: the account's own, then by name, then none; [None] where there are none."""
    own = data.get_snapshot().meta.currency
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
