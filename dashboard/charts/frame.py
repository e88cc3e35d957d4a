"""Layout shared by all charts, and a series of bars."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.beside import BARS, EDGE
from dashboard.charts.palette import METRIC_COLOURS, Theme
from dashboard.charts.text import plotly_text
from dashboard.metrics.catalog import Metric

Figure = go.Figure


def bar_series(*, metric: Metric, **more: Any) -> dict[str, Any]:
    """One series of bars in the metric's own colour."""
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
    """The traces stacked, with the legend above and nothing that is not read.

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
