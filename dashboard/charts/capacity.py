"""Available hours: the difference to the target per person, the largest on top."""

import plotly.graph_objects as go

from dashboard.charts.formatting import Formats
from dashboard.charts.layout import bar_labels, label_margin, make_figure
from dashboard.charts.theme import BILLABLE, Theme, plotly_text
from dashboard.metrics.metric import Unit
from dashboard.reports.table import Table

MOST = 12
_ROW = 27  # pixels of a bar with its gap


def capacity_chart(listing: Table, look: Theme, formats: Formats) -> go.Figure:
    """Return the first `MOST` people of the listing `utilization` with room, in its order.

    A bar carries its person's id for selections.
    """
    frame = listing.frame
    top = frame[frame["room_hours"] > 0].head(MOST)
    labels = [plotly_text(str(name), longest=24) for name in top["user"]]
    hours = top["room_hours"].astype(float).tolist()
    rows = list(range(len(labels)))
    hovers = [
        f"{label}<br>Room {formats.format_hours(result)}"
        f"<br>Utilization {formats.format_value(actual, Unit.SHARE)}"
        f" of {formats.format_value(target, Unit.SHARE)}"
        for label, result, actual, target in zip(
            labels, hours, top["utilization"], top["target"], strict=True
        )
    ]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": hours,
        "y": rows,
        "customdata": [int(key) for key in top["user_id"]],
        "hovertext": hovers,
        "hovertemplate": "%{hovertext}<extra></extra>",
        # Hollow: these are hours that could be billable and are not.
        "marker": {"color": f"{BILLABLE}33", "line": {"color": BILLABLE, "width": 1.5}},
    }
    written = [formats.format_hours(result) for result in hours]
    across = [0, max([*hours, 0.0]) or 1]
    return make_figure(
        [trace, bar_labels(written, hours, rows, look)],
        look,
        height=max(120, 40 + _ROW * len(rows)),
        top=8,
        right=label_margin(written, hours, across),
        xaxis={"showgrid": False, "showticklabels": False, "range": across},
        yaxis={"tickvals": rows, "ticktext": labels, "autorange": "reversed", "showgrid": False},
        showlegend=False,
    )
