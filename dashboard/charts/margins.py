"""Gross margins by client or project, the highest and the lowest."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.formats import Formats
from dashboard.charts.lying import BarSeries, horizontal_bars
from dashboard.charts.palette import BILLABLE, LATE, Theme
from dashboard.metrics.catalog import (
    COST_COVERAGE,
    GROSS_MARGIN_AMOUNT,
    MARGIN_SHARE,
    Unit,
)

BEST, WORST = 8, 6


def margins_chart(
    frame: pd.DataFrame, entity: str, look: Theme, formats: Formats, *, currency: str | None
) -> go.Figure:
    """Known margins of `frame`, whose rows are of one currency, the highest first.

    Of many only the best and the worst. Behind a bar is its share of the revenue, and in brackets
    how much of the cost is known where not all is, both in whole percents. `entity` is the column
    of names, beside it its ids.
    """
    if len(frame) > BEST + WORST:
        frame = pd.concat([frame.head(BEST), frame.tail(WORST)])
    values = [float(value) for value in frame[GROSS_MARGIN_AMOUNT.id]]
    colours = [LATE if value < 0 else BILLABLE for value in values]
    part = BarSeries(GROSS_MARGIN_AMOUNT.label, colours, values)
    written = [_margin_text(row, formats, currency) for row in frame.to_dict("records")]
    ids = [None if pd.isna(key) else int(key) for key in frame[f"{entity}_id"]]
    labels = [str(label) for label in frame[entity]]
    return horizontal_bars(labels, [part], written, look, formats, currency=currency, ids=ids)


def _margin_text(row: Any, formats: Formats, currency: str | None) -> str:
    parts = [formats.format_headline(row[GROSS_MARGIN_AMOUNT.id], Unit.MONEY, currency)]
    if row[MARGIN_SHARE.id] == row[MARGIN_SHARE.id]:
        parts.append(f"{formats.format_number(row[MARGIN_SHARE.id] * 100)}%")
    if row[COST_COVERAGE.id] < 1:
        # Not rounded up: 99.6 % are not all.
        return (
            f"{' · '.join(parts)} ({formats.format_number(min(row[COST_COVERAGE.id] * 100, 99))}%)"
        )
    return " · ".join(parts)
