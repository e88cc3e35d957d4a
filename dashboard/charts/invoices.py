"""Outstanding amounts by age, and invoices or estimates by status: a figure per currency."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.formatting import Formats
from dashboard.charts.layout import bar_labels, label_margin, make_figure
from dashboard.charts.theme import LATE, PAID, SENT, Theme, plotly_text
from dashboard.metrics.catalog import INVOICED_AMOUNT, OUTSTANDING_AMOUNT, PAID_AMOUNT
from dashboard.metrics.dimensions import AGE_BUCKET, MONTH, period_label
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.metric import Unit
from dashboard.reports.table import Table

_ROW = 27  # pixels of a bar with its gap
AGES = {
    "current": ("Not due yet", SENT),
    "1-30": ("1–30 days late", LATE),
    "31-60": ("31–60 days late", LATE),
    "61-90": ("61–90 days late", LATE),
    "90+": ("Over 90 days late", LATE),
    "no due date": ("No due date", SENT),
}
"""Buckets with what they are called and drawn in, the least late first."""


def ageing_bars(
    answer: QueryResult, currency: str | None, look: Theme, formats: Formats
) -> go.Figure:
    """Outstanding per bucket of an answer by currency and age; all buckets, also empty ones.

    The bars add up to what is outstanding in `currency`; their custom data is the bucket.
    """
    frame = one_currency(answer.frame, currency)
    result = dict(zip(frame[AGE_BUCKET.id], frame[OUTSTANDING_AMOUNT.id], strict=True))
    values = [float(result.get(bucket, 0.0)) for bucket in AGES]
    return _make_bars(
        list(AGES),
        [label for label, _ in AGES.values()],
        values,
        [formats.format_value(value, Unit.MONEY, currency) for value in values],
        [colour for _, colour in AGES.values()],
        look,
    )


def months_chart(table: Table, currency: str | None, look: Theme, formats: Formats) -> go.Figure:
    """Invoiced and paid amounts beside each other per month of a table, in one currency."""
    frame = one_currency(table.frame, currency)
    months = [pd.Timestamp(month).date() for month in frame[MONTH.id]]
    traces = []
    for metric, colour in ((INVOICED_AMOUNT, SENT), (PAID_AMOUNT, PAID)):
        amounts = [float(amount) for amount in frame[metric.id]]
        traces.append(
            {
                "type": "bar",
                "name": metric.label,
                "marker": {"color": colour},
                "x": [month.isoformat() for month in months],
                "y": amounts,
                "hovertext": [
                    f"{period_label(MONTH, month)}<br>{metric.label} "
                    + formats.format_value(amount, Unit.MONEY, currency)
                    for month, amount in zip(months, amounts, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return make_figure(
        traces,
        look,
        height=260,
        barmode="group",
        xaxis={"type": "date", "dtick": "M1" if len(months) <= 12 else "M3", "tickformat": "%b %Y"},
        yaxis={"separatethousands": True},
    )


def status_bars(
    listing: Table,
    currency: str | None,
    colours: Mapping[str, str],
    look: Theme,
    formats: Formats,
) -> go.Figure:
    """Amount and number of what was issued in the period, per state of `colours`, in its order.

    The custom data of a bar is its state.
    """
    frame = listing.frame
    rows = zip(
        *(frame[name].tolist() for name in ("currency", "issued_in_period", "state", "amount")),
        strict=True,
    )
    parts: dict[str, list[float]] = {state: [] for state in colours}
    for of, is_issued, state, amount in rows:
        if is_issued and state in parts and (of if isinstance(of, str) else None) == currency:
            parts[state].append(amount)
    # An amount that is not known is in no sum, which the notes say.
    sums = [math.fsum(item for item in part if not math.isnan(item)) for part in parts.values()]
    return _make_bars(
        list(colours),
        [state.capitalize() for state in colours],
        sums,
        [
            f"{formats.format_value(total, Unit.MONEY, currency)} · {len(part)}"
            for total, part in zip(sums, parts.values(), strict=True)
        ],
        list(colours.values()),
        look,
    )


def currencies_of(frame: pd.DataFrame) -> list[str | None]:
    """Return the currencies of rows, in order; None, where there are rows without one, last."""
    matches = [
        item if isinstance(item, str) else None for item in frame["currency"].drop_duplicates()
    ]
    return sorted(matches, key=lambda one: (one is None, one or ""))


def one_currency(frame: pd.DataFrame, currency: str | None) -> pd.DataFrame:
    """Return the rows in one currency; None is those without."""
    result = frame["currency"]
    return frame[result.isna() if currency is None else result == currency]


def _make_bars(
    keys: Sequence[str],
    labels: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    colours: Sequence[str],
    look: Theme,
) -> go.Figure:
    rows = list(range(len(labels)))
    written = [plotly_text(text) for text in texts]
    ends = [max(value, 0.0) for value in values]
    across = [min([*values, 0.0]), max(ends) or 1]
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": list(values),
        "y": rows,
        "customdata": list(keys),
        "marker": {"color": list(colours)},
        "hovertext": [
            f"{plotly_text(label)}<br>{text}" for label, text in zip(labels, written, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }
    return make_figure(
        [bar, bar_labels(written, ends, rows, look)],
        look,
        height=16 + _ROW * len(rows),
        top=8,
        right=label_margin(written, ends, across),
        xaxis={"showgrid": False, "showticklabels": False, "range": across},
        yaxis={
            "tickvals": rows,
            "ticktext": [plotly_text(label) for label in labels],
            "autorange": "reversed",
            "showgrid": False,
        },
    )
