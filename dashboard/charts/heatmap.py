"""Utilization heat map: a row per person, a column per week."""

import math
from datetime import timedelta
from functools import cache
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.formatting import Formats
from dashboard.charts.layout import make_figure
from dashboard.charts.theme import LIGHT, Theme, plotly_text
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.execute import QueryResult

PEOPLE, WEEKS = 40, 53
"""How many are drawn at most; more could not be told apart."""

_ROW = 25  # pixels
_WRITTEN = 6  # weeks up to which a cell is wide enough for its number
_MOST_TICKS = 6
_WEEK = timedelta(weeks=1)
_INKS = (LIGHT.text, "#FFFFFF")
_BRIGHT = 0.2  # luminance from which the dark ink has the better contrast
_CELLS = {
    "zmin": 0,
    "zmax": 1,
    "xgap": 2,
    "ygap": 2,
    "hoverinfo": "skip",
    "hoverongaps": False,
}


def heatmap(answer: QueryResult, look: Theme, formats: Formats) -> go.Figure:
    """Return the first metric of `answer` by person and week as colour, from 0 to 100 % and more.

    The first `PEOPLE` by name of those who have a value at all, and the last `WEEKS`. A cell
    carries its person's id and its week's first day, ISO, for selections.
    """
    person, period = answer.by
    frame = answer.frame[answer.frame[f"{person.id}_id"].notna()]
    ids = people_ids(answer)[:PEOPLE]
    weeks = _all_weeks(frame[period.id])
    columns = zip(*(frame[metric.id].tolist() for metric in answer.metrics), strict=True)
    keys = frame[f"{person.id}_id"].tolist()
    starts = [start.date() for start in frame[period.id].tolist()]
    cells = dict(zip(zip(keys, starts, strict=True), columns, strict=True))
    labels = dict(zip(keys, frame[person.id].tolist(), strict=True))
    names = {key: plotly_text(str(labels[key]), longest=24) for key in ids}
    called = [(plotly_text(answer.label_of(metric)), metric.unit) for metric in answer.metrics]
    heads = [f"Week of {day_label(week)}" for week in weeks]
    written = cache(formats.format_value)  # most weeks of a person are alike
    values: list[list[float | None]] = []
    hovers, marks = [], []
    for place, key in enumerate(ids):
        values.append([])
        for column, (week, head) in enumerate(zip(weeks, heads, strict=True)):
            result = cells.get((key, week))
            share = result[0] if result else math.nan
            values[-1].append(None if math.isnan(share) else share)
            lines = [names[key], head]
            if result is None:
                lines.append("No capacity")
            else:
                lines += [
                    f"{label} {written(value, unit)}"
                    for (label, unit), value in zip(called, result, strict=True)
                ]
            hovers.append("<br>".join(lines))
            marks.append((column, place, [key, week.isoformat()]))
    return make_figure(
        [
            _cell_colours(values, look, formats),
            *(_cell_numbers(values, ink, look, formats) for ink in _INKS),
            _click_targets(marks, hovers, look),
        ],
        look,
        height=max(160, 70 + _ROW * len(ids)),
        xaxis={
            "tickvals": list(range(len(weeks)))[:: -(-len(weeks) // _MOST_TICKS) or 1],
            "ticktext": [
                f"{week.day}<br>{week:%b}" for week in weeks[:: -(-len(weeks) // _MOST_TICKS) or 1]
            ],
            "range": [-0.5, max(len(weeks), 1) - 0.5],
            "tickangle": 0,
            "showgrid": False,
        },
        yaxis={
            "tickvals": list(range(len(ids))),
            "ticktext": [names[key] for key in ids],
            "range": [max(len(ids), 1) - 0.5, -0.5],
            "showgrid": False,
        },
        # A cell is chosen by its middle, however far away that is: the nearest is always its own.
        hovermode="closest",
        hoverdistance=-1,
        showlegend=False,
    )


def people_ids(answer: QueryResult) -> list[int]:
    """The ids of those who have a value of the first metric in some week, in order of names."""
    person = answer.by[0]
    known = answer.frame[answer.frame[answer.metrics[0].id].notna()]
    ids = known[f"{person.id}_id"].dropna()
    return [int(key) for key in dict.fromkeys(ids)]


def _all_weeks(starts: "pd.Series[Any]") -> list[Any]:
    """Return the first days of all weeks from the first to the last, the latest `WEEKS`."""
    if starts.empty:
        return []
    last = starts.max().date()
    weeks = min((last - starts.min().date()) // _WEEK + 1, WEEKS)
    return [last - number * _WEEK for number in reversed(range(weeks))]


def _cell_colours(
    values: list[list[float | None]], look: Theme, formats: Formats
) -> dict[str, Any]:
    steps = len(look.scale) - 1
    return {
        "type": "heatmap",
        "z": values,
        "colorscale": [[place / steps, colour] for place, colour in enumerate(look.scale)],
        "showscale": bool(values),
        "colorbar": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "len": 0.7,
            "thickness": 8,
            "outlinewidth": 0,
            "ypad": 4,
            "xpad": 8,
            "tickvals": [0, 0.5, 1],
            "ticktext": [
                f"{formats.format_number(0)}%", f"{formats.format_number(50)}%",
                f"≥ {formats.format_number(100)}%",
            ],
            "tickangle": 0,
            "tickfont": {"color": look.muted},
        },
        **_CELLS,
    }  # fmt: skip


def _cell_numbers(
    values: list[list[float | None]], ink: str, look: Theme, formats: Formats
) -> dict[str, Any]:
    """The numbers in the cells that are best read in `ink`: a trace has one colour for its text."""
    is_written = bool(values) and len(values[0]) <= _WRITTEN
    return {
        "type": "heatmap",
        "z": values,
        "colorscale": [[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        "showscale": False,
        "text": [
            [
                f"{formats.format_number(value * 100)}%"
                if value is not None and _readable_ink(value, look) == ink
                else ""
                for value in row
            ]
            for row in values
        ]
        if is_written
        else [],
        "texttemplate": "%{text}",
        "textfont": {"color": ink, "size": 11},
        **_CELLS,
    }


def _readable_ink(value: float, look: Theme) -> str:
    """Return the ink that is more readable on the colour of `value`."""
    steps = len(look.scale) - 1
    colour = look.scale[round(min(max(value, 0.0), 1.0) * steps)]
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    bright = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return _INKS[0] if bright > _BRIGHT else _INKS[1]


def _click_targets(marks: list[tuple[int, int, list[Any]]], hovers: list[str], look: Theme) -> Any:
    """Point nobody sees in the middle of the cells: cells themselves cannot be selected."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [column for column, _, _ in marks],
        "y": [place for _, place, _ in marks],
        "customdata": [carried for _, _, carried in marks],
        "hovertext": hovers,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"size": 9, "color": look.text, "opacity": 0},
        "selected": {"marker": {"opacity": 0.9}},
        "unselected": {"marker": {"opacity": 0}},
    }
