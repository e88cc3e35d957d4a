"""Bars over time, one colour per part."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.formats import Formats
from dashboard.charts.frame import bar_series, make_figure
from dashboard.charts.palette import Theme
from dashboard.charts.text import plotly_text
from dashboard.metrics.answer import QueryResult
from dashboard.metrics.dimensions import Dimension

_TICKS = {"day": "%-d %b", "week": "%-d %b", "month": "%b %Y", "quarter": "%b %Y", "year": "%Y"}

_MOST_TICKS = 8


def stacked_chart(answer: QueryResult, look: Theme, formats: Formats) -> go.Figure:
    """The metrics of `answer` on top of each other per period of its one dimension.

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
    """The axis of bars that begin on `days`, ISO. Plotly itself would mark Sundays."""
    return {
        "type": "date",
        "tickformat": _TICKS[period.id],
        "tickvals": list(days[:: -(-len(days) // _MOST_TICKS) or 1]),
        "showgrid": False,
    }
