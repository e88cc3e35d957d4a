"""Uninvoiced amounts per client by age: the older, the stronger the colour."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.formats import Formats
from dashboard.charts.lying import BarSeries, horizontal_bars
from dashboard.charts.palette import DRAFT, Theme
from dashboard.metrics.catalog import Unit

MOST_CLIENTS = 12
_TINTS = (0.12, 0.4, 0.7, 1.0)  # each with the full colour around it, so that all can be seen


def ageing_chart(
    frame: pd.DataFrame,
    ages: tuple[str, ...],
    total: str,
    look: Theme,
    formats: Formats,
    *,
    currency: str | None,
) -> go.Figure:
    """The first `MOST` clients of `frame`, whose rows are of one currency, largest first.

    `ages` are its columns of four ages, youngest first, and `total` the one of their sum.
    """
    top = frame.head(MOST_CLIENTS)
    parts = [
        BarSeries(
            age.removesuffix(" days"), _age_tint(tint), [float(value) for value in top[age]], DRAFT
        )
        for age, tint in zip(ages, _TINTS, strict=True)
    ]
    ids = [None if pd.isna(key) else int(key) for key in top["client_id"]]
    written = [formats.format_headline(value, Unit.MONEY, currency) for value in top[total]]
    labels = [str(label) for label in top["client"]]
    return horizontal_bars(
        labels, parts, written, look, formats, currency=currency, ids=ids,
        showlegend=False, annotations=[_legend_layout(parts)],
    )  # fmt: skip


def _legend_layout(parts: list[BarSeries]) -> dict[str, Any]:
    """In one line: Plotly's own is no wider than the bars, and scrolls where names are long."""
    youngest, *others = (part.name for part in parts)
    marks = [f'<span style="color:{DRAFT}">□</span> {youngest}']
    marks += [
        f'<span style="color:{part.colour}">■</span> {name}'
        for part, name in zip(parts[1:], others, strict=True)
    ]
    return {
        "text": "\u2002".join(marks),
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": 1,
        "xanchor": "right",
        "yanchor": "bottom",
    }


def _age_tint(share: float) -> str:
    red, green, blue = (int(DRAFT[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"
