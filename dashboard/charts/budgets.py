"""Share of each budget used, beside the share of its time passed."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.formatting import NONE, Formats
from dashboard.charts.layout import bar_labels, label_margin, make_figure
from dashboard.charts.theme import BILLABLE, LATE, Theme, plotly_text
from dashboard.reports.projects import OVER
from dashboard.reports.table import Table

MOST = 15
_ROW = 27  # pixels of a bar with its gap
_ALL = 1.0  # the whole budget
_PAST = 1.02  # of the longest bar: half a mark of time passed stands beyond its end
_FAR = 2.0  # share beyond which bars are cut: one that is overrun ten times would hide the others


def budgets_chart(listing: Table, look: Theme, formats: Formats) -> go.Figure:
    """The first `MOST` rows of the listing of projects as bars, red where more is used than was.

    A line on a bar marks the time passed, where it is known. A bar carries its project's id.
    """
    frame = listing.frame.head(MOST)
    rows = [dict(row) for row in frame.to_dict("records")]
    marked = [place for place, row in enumerate(rows) if not pd.isna(row["time_passed"])]
    lengths = [_bar_length(row) for row in rows]
    # A line of the time passed may stand between a bar's end and its share.
    written = [f"\u00a0{formats.format_share(row['used'])}" for row in rows]
    traces = [
        _budget_bars(
            "Within budget", BILLABLE, rows, [row["status"] != OVER for row in rows], formats
        ),
        _budget_bars("Over budget", LATE, rows, [row["status"] == OVER for row in rows], formats),
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Time passed",
            "x": [rows[place]["time_passed"] for place in marked],
            "y": marked,
            "marker": {
                "symbol": "line-ns",
                "size": 17,
                "color": look.text,
                "line": {"width": 3, "color": look.text},
            },
            "hoverinfo": "skip",
            "showlegend": bool(marked),
        },
        bar_labels(written, lengths, list(range(len(rows))), look),
    ]
    longest = max([_ALL, *lengths])
    across = [0, longest * _PAST]
    return make_figure(
        traces,
        look,
        height=max(160, 84 + _ROW * len(rows)),
        right=label_margin(written, lengths, across),
        xaxis={
            "range": across,
            "tickformat": ".0%",
            "tickvals": [0, 0.5, 1] if longest < 1.5 else [0, 1, 2],
            "tickangle": 0,
            "showgrid": True,
        },
        # Rows are numbered: two that share a name stay two bars.
        yaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": [plotly_text(str(row["project"]), longest=24) for row in rows],
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
        },
        shapes=[
            {
                "type": "line",
                "x0": _ALL,
                "x1": _ALL,
                "y0": 0,
                "y1": 1,
                "yref": "y domain",
                "layer": "below",
                "line": {"color": look.muted, "width": 1, "dash": "dot"},
            }
        ],
    )


def _budget_bars(
    name: str, colour: str, rows: list[dict[Any, Any]], shown: list[bool], formats: Formats
) -> dict[str, Any]:
    places = [place for place, here in enumerate(shown) if here]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "marker": {"color": colour},
        "x": [_bar_length(rows[place]) for place in places],
        "y": places,
        "customdata": [int(rows[place]["project_id"]) for place in places],
        "hovertext": [_budget_text(rows[place], formats) for place in places],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": bool(places),
    }


def _bar_length(row: dict[Any, Any]) -> float:
    return 0.0 if pd.isna(row["used"]) else min(max(float(row["used"]), 0.0), _FAR)


def _budget_text(row: dict[Any, Any], formats: Formats) -> str:
    passed = NONE if pd.isna(row["time_passed"]) else formats.format_share(row["time_passed"])
    lines = [
        f"{plotly_text(str(row['project']))} · {row['status']}",
        f"Budget used {formats.format_share(row['used'])}",
        f"Time passed {passed}",
        f"Left {remaining(row, formats)}",
    ]
    return "<br>".join(lines)


def remaining(row: dict[Any, Any], formats: Formats) -> str:
    """Return the remaining budget of a row, in its own unit."""
    if pd.isna(row["currency"]):
        return f"{formats.format_hours(row['remaining_hours'])} hours"
    return formats.format_money(row["remaining_amount"], row["currency"])
