"""Lying bars of amounts in one currency, in parts, with what they come to written behind them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.beside import bar_labels, label_margin
from dashboard.charts.formats import Formats
from dashboard.charts.frame import make_figure
from dashboard.charts.palette import Theme
from dashboard.charts.text import plotly_text
from dashboard.metrics.catalog import Unit

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
    """A bar per label, the first on top, with `written` behind it; it carries its id.

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
