"""Horizontal bars by client, project, task, person or role, the longest on top."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.beside import bar_labels, label_margin
from dashboard.charts.formats import Formats
from dashboard.charts.frame import bar_series, make_figure
from dashboard.charts.palette import Theme
from dashboard.charts.text import plotly_text
from dashboard.metrics.answer import QueryResult

MOST = 12
_ROW = 27  # pixels of a bar with its gap


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
