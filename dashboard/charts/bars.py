"""Bar charts: stacked over time, ranked, and horizontal in parts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.formatting import Formats
from dashboard.charts.layout import bar_labels, bar_series, label_margin, make_figure
from dashboard.charts.theme import BILLABLE, LATE, Theme, plotly_text
from dashboard.metrics.catalog import COST_COVERAGE, GROSS_MARGIN_AMOUNT, MARGIN_SHARE, Unit
from dashboard.metrics.dimensions import Dimension
from dashboard.metrics.execute import QueryResult

_ROW = 27  # pixels of a bar with its gap
_ONE = {"showlegend": False, "top": 4}


@dataclass(frozen=True, slots=True)
class BarSeries:
    """One part of every bar: `values` in the order of the bars, and what they are called."""

    name: str
    colour: str | Sequence[str]
    values: Sequence[float]
    outline: str | None = None


def horizontal_bars(
    labels: Sequence[str],
    parts: Sequence[BarSeries],
    written: Sequence[str],
    look: Theme,
    formats: Formats,
    *,
    currency: str | None,
    ids: Sequence[int | None],
    **layout: Any,
) -> go.Figure:
    """Return a bar per label, the first on top, with `written` behind it; it carries its id.

    `labels` may be any text of Harvest. What is below 0 goes to the left, what is not known has no
    length. `layout` as in `figure`.
    """
    rows = list(range(len(labels)))
    texts = [plotly_text(label, longest=24) for label in labels]
    traces = [_bar_traces(part, texts, rows, ids, formats, currency) for part in parts]
    # Parts above and below 0 lie on both sides of it: their sum would be shorter than the bars.
    ends = [sum(max(value, 0.0) for value in _known_values(parts, row)) for row in rows]
    starts = [sum(min(value, 0.0) for value in _known_values(parts, row)) for row in rows]
    across = _axis_range(starts, ends)
    return make_figure(
        [*traces, bar_labels(written, ends, rows, look)],
        look,
        height=max(140, 60 + _ROW * len(rows)),
        xaxis={"showgrid": False, "showticklabels": False, "range": across},
        # Rows are numbered: two that share a name stay two bars.
        yaxis={"tickvals": rows, "ticktext": texts, "autorange": "reversed", "showgrid": False},
        right=label_margin(written, ends, across),
        **{**(_ONE if len(parts) == 1 else {}), **layout},
    )


def _bar_traces(
    part: BarSeries,
    labels: Sequence[str],
    rows: Sequence[int],
    ids: Sequence[int | None],
    formats: Formats,
    currency: str | None,
) -> dict[str, Any]:
    line = {"color": part.outline, "width": 1} if part.outline else {"width": 0}
    return {
        "type": "bar",
        "orientation": "h",
        "name": part.name,
        "marker": {"color": part.colour, "line": line},
        "x": list(part.values),
        "y": rows,
        "customdata": list(ids),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hovertext": [
            f"{label}<br>{part.name} {formats.format_value(value, Unit.MONEY, currency)}"
            for label, value in zip(labels, part.values, strict=True)
        ],
    }


def _known_values(parts: Sequence[BarSeries], row: int) -> list[float]:
    return [part.values[row] for part in parts if not math.isnan(part.values[row])]


def _axis_range(starts: list[float], ends: list[float]) -> list[float]:
    lowest, highest = min([*starts, 0.0]), max([*ends, 0.0])
    return [lowest - 0.04 * (highest - lowest), highest] if lowest else [0.0, highest or 1.0]


BEST, WORST = 8, 6


def margins_chart(
    frame: pd.DataFrame, entity: str, look: Theme, formats: Formats, *, currency: str | None
) -> go.Figure:
    """Known margins of `frame`, whose rows are of one currency, the highest first.

    Of many only the best and the worst. Behind a bar is its share of the revenue, and in brackets
    how much of the cost is known where not all is, both in whole percents. `entity` is the column
    of names, beside it its ids.
    """
    if len(frame) > BEST + WORST:
        frame = pd.concat([frame.head(BEST), frame.tail(WORST)])
    values = [float(value) for value in frame[GROSS_MARGIN_AMOUNT.id]]
    colours = [LATE if value < 0 else BILLABLE for value in values]
    part = BarSeries(GROSS_MARGIN_AMOUNT.label, colours, values)
    written = [_margin_text(row, formats, currency) for row in frame.to_dict("records")]
    ids = [None if pd.isna(key) else int(key) for key in frame[f"{entity}_id"]]
    labels = [str(label) for label in frame[entity]]
    return horizontal_bars(labels, [part], written, look, formats, currency=currency, ids=ids)


def _margin_text(row: Any, formats: Formats, currency: str | None) -> str:
    parts = [formats.format_headline(row[GROSS_MARGIN_AMOUNT.id], Unit.MONEY, currency)]
    if row[MARGIN_SHARE.id] == row[MARGIN_SHARE.id]:
        parts.append(f"{formats.format_number(row[MARGIN_SHARE.id] * 100)}%")
    if row[COST_COVERAGE.id] < 1:
        # Not rounded up: 99.6 % are not all.
        return (
            f"{' · '.join(parts)} ({formats.format_number(min(row[COST_COVERAGE.id] * 100, 99))}%)"
        )
    return " · ".join(parts)


MOST = 12
# pixels of a bar with its gap


def ranking_chart(answer: QueryResult, look: Theme, formats: Formats) -> go.Figure:
    """The metrics of `answer` side by side per entity of its one dimension; the first `MOST`.

    A bar carries its entity's id for selections, None for time without one.
    """
    (entity,) = answer.by
    names = [metric.id for metric in answer.metrics]
    # Of what is not known there is no total.
    totals = answer.frame[names].sum(axis=1, min_count=1)
    # Longest first; equal ones stay in the order of their names.
    top = answer.frame.loc[totals.sort_values(ascending=False, kind="stable").index[:MOST]]
    ids = [None if pd.isna(key) else int(key) for key in top[f"{entity.id}_id"]]
    labels = [plotly_text(str(label), longest=24) for label in top[entity.id]]
    sums = [formats.format_value(total, answer.metrics[0].unit) for total in totals[top.index]]
    lengths = totals[top.index].fillna(0).tolist()
    rows = list(range(len(labels)))
    across = [0, max([*lengths, 0.0]) or 1]
    traces = [
        bar_series(
            metric=metric,
            x=(values := top[metric.id].tolist()),
            y=rows,
            orientation="h",
            customdata=ids,
            hovertext=[
                f"{label}<br>{plotly_text(answer.label_of(metric))}"
                f" {formats.format_value(value, metric.unit)}"
                for label, value in zip(labels, values, strict=True)
            ],
        )
        for metric in answer.metrics
    ]
    return make_figure(
        [*traces, bar_labels(sums, lengths, rows, look)],
        look,
        height=max(140, 60 + _ROW * len(rows)),
        xaxis={"showgrid": False, "showticklabels": False, "range": across},
        # Rows are numbered: two that share a name stay two bars.
        yaxis={"tickvals": rows, "ticktext": labels, "autorange": "reversed", "showgrid": False},
        right=label_margin(sums, lengths, across),
    )


_TICKS = {"day": "%-d %b", "week": "%-d %b", "month": "%b %Y", "quarter": "%b %Y", "year": "%Y"}

_MOST_TICKS = 8


def stacked_chart(answer: QueryResult, look: Theme, formats: Formats) -> go.Figure:
    """Return the metrics of `answer` on top of each other per period of its one dimension.

    Periods without time stay empty. A bar carries its period's first day, ISO, for selections.
    """
    (period,) = answer.by
    starts = [day.date() for day in answer.frame[period.id]]
    days = [day.isoformat() for day in starts]
    traces = [
        bar_series(
            metric=metric,
            x=days,
            y=(values := answer.frame[metric.id].tolist()),
            customdata=days,
            hovertext=[
                f"{formats.format_day(start)}<br>{plotly_text(answer.label_of(metric))}"
                f" {formats.format_value(value, metric.unit)}"
                for start, value in zip(starts, values, strict=True)
            ],
        )
        for metric in answer.metrics
    ]
    return make_figure(
        traces,
        look,
        height=430,
        xaxis=time_axis(period, days),
        yaxis={"showgrid": True, "rangemode": "tozero", "nticks": 5, "tickformat": ","},
        separators=formats.separators,
    )


def time_axis(period: Dimension, days: Sequence[str]) -> dict[str, Any]:
    """Return the axis of bars that begin on `days`, ISO. Plotly itself would mark Sundays."""
    return {
        "type": "date",
        "tickformat": _TICKS[period.id],
        "tickvals": list(days[:: -(-len(days) // _MOST_TICKS) or 1]),
        "showgrid": False,
    }
