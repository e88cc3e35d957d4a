"""Charts on a page: one call for all of them, with the point that is selected."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.charts.layout import Figure


@dataclass(frozen=True, slots=True)
class Point:
    """A selected bar or mark: the number of its trace, and the `customdata` that it carries."""

    trace: int
    value: Any


def static_chart(figure: Figure, *, alt: str) -> None:
    """Draw a figure of which nothing can be selected."""
    st.plotly_chart(figure, theme=None, config=_chart_config(), alt=alt)


def selectable_chart(figure: Figure, *, key: str, alt: str) -> Point | None:
    """Draw a figure and return its selected point, None if none is selected."""
    event: Any = st.plotly_chart(
        figure,
        theme=None,
        key=key,
        on_select="rerun",
        selection_mode="points",
        config=_chart_config(),
        alt=alt,
    )
    points = event["selection"]["points"] if event else []
    if not points:
        return None
    return Point(points[0].get("curve_number", 0), points[0].get("customdata"))


def _chart_config() -> dict[str, Any]:
    """Return Plotly's configuration: a camera while the pointer is over the chart, no more."""
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": st.session_state.get("picture") or "png",
            "filename": "harvest-insights",
            "scale": 2,
        },
    }
