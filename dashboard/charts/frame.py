"""What all charts share: the frame around the marks, and a bar."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.palette import METRIC_COLOURS, Look
from dashboard.charts.text import plotly_text
from dashboard.metrics.catalog import Metric


def bars(*, metric: Metric, **more: Any) -> dict[str, Any]:
    """One series of bars in the metric's own colour."""
    return {
        "type": "bar",
        "name": plotly_text(metric.label.removesuffix(" hours")),
        "marker": {"color": METRIC_COLOURS[metric.id]},
        "hovertemplate": "%{hovertext}<extra></extra>",
        **more,
    }


def beside(
    texts: Sequence[str], ends: Sequence[float], rows: Sequence[int], look: Look
) -> dict[str, Any]:
    """What is written behind lying bars; their own text is lost where the last part is zero."""
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


def figure(
    traces: Sequence[dict[str, Any]],
    look: Look,
    *,
    height: int,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    **layout: Any,
) -> go.Figure:
    """The traces stacked, with the legend above and nothing that is not read.

    Further parts of the `layout` replace those that all charts share.
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
                "barmode": "stack",
                "bargap": 0.3,
                "barcornerradius": 2,
                "height": height,
                "margin": {"l": 0, "r": 8, "t": 32, "b": 0},
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
