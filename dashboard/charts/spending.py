"""Expenses in one currency over time and by category, billable or not."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.bars import BarSeries, horizontal_bars, time_axis
from dashboard.charts.formatting import Formats
from dashboard.charts.layout import make_figure
from dashboard.charts.theme import BILLABLE, NONBILLABLE, Theme
from dashboard.metrics.catalog import EXPENSE_AMOUNT, Unit
from dashboard.metrics.execute import QueryResult

MOST = 12
_PARTS = {"Billable": BILLABLE, "Non-billable": NONBILLABLE}


def spending_over_time(
    answer: QueryResult, look: Theme, formats: Formats, *, currency: str | None
) -> go.Figure:
    """Expenses by a period and `billable`, on top of each other; other currencies are left out."""
    period = answer.by[0]
    table = _amount_table(answer, currency, period.id)
    starts = [day.date() for day in table.index]
    days = [day.isoformat() for day in starts]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": name,
            "marker": {"color": colour},
            "x": days,
            "customdata": days,
            "y": table[name].tolist(),
            "hovertemplate": "%{hovertext}<extra></extra>",
            "hovertext": [
                f"{formats.format_day(start)}<br>{name} "
                + formats.format_value(value, Unit.MONEY, currency)
                for start, value in zip(starts, table[name], strict=True)
            ],
        }
        for name, colour in _PARTS.items()
    ]
    return make_figure(
        traces,
        look,
        height=320,
        xaxis=time_axis(period, days),
        yaxis={"showgrid": True, "rangemode": "tozero", "nticks": 5, "tickformat": ","},
        separators=formats.separators,
    )


def spending_by_category(
    answer: QueryResult, look: Theme, formats: Formats, *, currency: str | None
) -> go.Figure:
    """Expenses by category and `billable`, the highest first; other currencies are left out."""
    entity = answer.by[0]
    frame = answer.frame
    names = dict(zip(frame[f"{entity.id}_id"].fillna(-1), frame[entity.id], strict=True))
    table = _amount_table(answer, currency, f"{entity.id}_id")
    totals = table.sum(axis=1).sort_values(ascending=False, kind="stable")[:MOST]
    table = table.loc[totals.index]
    return horizontal_bars(
        [str(names[key]) for key in table.index],
        [BarSeries(name, colour, table[name].tolist()) for name, colour in _PARTS.items()],
        _format_amounts(totals.tolist(), formats, currency),
        look,
        formats,
        currency=currency,
        ids=[None if key == -1 else int(key) for key in table.index],
    )


def _amount_table(answer: QueryResult, currency: str | None, rows: str) -> pd.DataFrame:
    frame = answer.frame
    known = frame["currency"].isna() if currency is None else frame["currency"] == currency
    frame = frame[known]
    keys = frame[rows].fillna(-1) if rows.endswith("_id") else frame[rows]
    table = frame.assign(key=keys).pivot_table(
        index="key", columns="billable", values=EXPENSE_AMOUNT.id, aggfunc="sum", fill_value=0.0
    )
    return table.reindex(columns=list(_PARTS), fill_value=0.0).astype(float)


def _format_amounts(values: Sequence[float], formats: Formats, currency: str | None) -> list[str]:
    return [formats.format_headline(value, Unit.MONEY, currency) for value in values]
