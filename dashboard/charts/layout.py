"""Layout shared by all charts, and a series of bars."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.theme import METRIC_COLOURS, Theme, plotly_text
from dashboard.metrics.catalog import Metric

EDGE = 8  # pixels between a plot and the edge of its chart
BARS = 24  # pixels that bars keep, whatever is written
_TELEPHONE = 170  # pixels that the longest labels leave beside them
_WIDTHS = {
    **dict.fromkeys("0123456789", 7.5),
    **dict.fromkeys(".,:·'’ \u00a0\u202f", 3.6),
    **dict.fromkeys("()", 4.4),
    **dict.fromkeys("%M₩—", 12.0),
}  # pixels at the font size of the charts
_WIDTH = 8.6  # of other characters of numbers and currencies


def bar_labels(
    texts: Sequence[str], ends: Sequence[float], rows: Sequence[int], look: Theme
) -> dict[str, Any]:
    """The texts at the `ends` of bars; their own text is lost where the last part is zero."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(ends),
        "y": list(rows),
        "text": [f"\u00a0{text}" for text in texts],
        "textposition": "middle right",
        "textfont": {"color": look.text},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def label_margin(texts: Sequence[str], ends: Sequence[float], across: Sequence[float]) -> int:
    """Pixels to leave on the right of an axis from one end of `across` to the other.

    They are those of a telephone: where there is more width, a text needs no more than there.
    """
    first, last = across
    needed = float(EDGE)
    for text, end in zip(texts, ends, strict=True):
        part = (end - first) / (last - first)
        if part > 0:
            # What is left of the width is shared by this part of the plot and the text behind it.
            needed = max(needed, _TELEPHONE - (_TELEPHONE - _text_width(text)) / part)
    return math.ceil(min(needed, _TELEPHONE - BARS))


def _text_width(text: str) -> float:
    return EDGE + sum(_WIDTHS.get(character, _WIDTH) for character in text)


Figure = go.Figure


def bar_series(*, metric: Metric, **more: Any) -> dict[str, Any]:
    """Return one series of bars in the metric's own colour."""
    return {
        "type": "bar",
        "name": plotly_text(metric.label.removesuffix(" hours")),
        "marker": {"color": METRIC_COLOURS[metric.id]},
        "hovertemplate": "%{hovertext}<extra></extra>",
        **more,
    }


def make_figure(
    traces: Sequence[dict[str, Any]],
    look: Theme,
    *,
    height: int,
    top: int = 32,
    right: int = EDGE,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    **layout: Any,
) -> go.Figure:
    """Return the traces stacked, with the legend above and nothing that is not read.

    `top` and `right` are pixels around the plot. Further parts of the `layout` replace those that
    all charts share.
    """
    axis = {
        "fixedrange": True,
        "automargin": True,
        "zeroline": False,
        "gridcolor": look.grid,
        "linecolor": look.grid,
        "tickfont": {"color": look.muted},
    }
    return go.Figure(
        {
            "data": list(traces),
            "layout": {
                # Without this, seven kilobytes of Plotly's own template go with every figure.
                "template": {},
                # On top of each other, what is below 0 on the other side of it.
                "barmode": "relative",
                "bargap": 0.3,
                "barcornerradius": 2,
                "height": height,
                "margin": {"l": 0, "r": right, "t": top, "b": 0},
                # Plotly would rather cut labels than have a plot of less than 64 pixels.
                "minreducedwidth": BARS,
                "font": {"family": "Inter, sans-serif", "size": 12, "color": look.text},
                "paper_bgcolor": "rgba(0,0,0,0)",
                "plot_bgcolor": "rgba(0,0,0,0)",
                "hoverlabel": {
                    "bgcolor": look.raised,
                    "bordercolor": look.grid,
                    "font": {"color": look.text},
                },
                "legend": {
                    "orientation": "h",
                    "x": 0,
                    "y": 1,
                    "yanchor": "bottom",
                    "traceorder": "normal",
                    "itemclick": False,
                    "itemdoubleclick": False,
                },
                "dragmode": False,
                "clickmode": "event+select",
                "xaxis": {**axis, **xaxis},
                "yaxis": {**axis, **yaxis},
                **layout,
            },
        },
        # Four fifths of the time that a figure takes; the tests do it instead.
        _validate=False,
    )
