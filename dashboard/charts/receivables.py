"""Charts of receivables: invoices by status, and uninvoiced amounts by age."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.bars import BarSeries, horizontal_bars
from dashboard.charts.formatting import Formats
from dashboard.charts.layout import label_margin, make_figure
from dashboard.charts.theme import BILLABLE, DRAFT, LATE, PAID, Theme, plotly_text
from dashboard.metrics.catalog import Unit
from dashboard.reports.overview import values_of
from dashboard.reports.table import Table

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
    """Return the first `MOST` clients of `frame`, whose rows are of one currency, largest first.

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


MOST_CURRENCIES = 3
"""How many currencies are drawn."""

_STATES = {
    "draft_amount": ("Draft", DRAFT),
    "not_due_amount": ("Sent", BILLABLE),
    "overdue_amount": ("Late", LATE),
    "paid_amount": ("Paid", PAID),
}
_ROW = 27  # pixels of a bar with its gap


def receivable_currencies(listing: Table) -> list[str | None]:
    """The currencies that there are receivables in, in the order of the overview's listing."""
    return list(dict.fromkeys(currency for _, currency in _amounts_by_status(listing)))


def receivables_chart(listing: Table, look: Theme, formats: Formats) -> go.Figure:
    """Return the amounts of the overview's listing by state, of the first `MOST` currencies.

    Bars of one currency share a scale, those of two never do: they must not be compared.
    """
    owed = _amounts_by_status(listing)
    shown = receivable_currencies(listing)[:MOST_CURRENCIES]
    height = len(_STATES) + (1 if len(shown) > 1 else 0)
    rows: dict[str, list[dict[str, Any]]] = {state: [] for state in _STATES}
    labels: list[str] = []
    for place, currency in enumerate(shown):
        if len(shown) > 1:
            labels.append(f"<b>{plotly_text(currency or 'No currency')}</b>")
        amounts = {state: owed.get((state, currency), 0.0) for state in _STATES}
        longest = max(*amounts.values(), 0.0) or 1.0
        for offset, (state, (label, _)) in enumerate(_STATES.items(), start=height - len(_STATES)):
            labels.append(label)
            rows[state].append(
                {
                    "y": place * height + offset,
                    "x": max(amounts[state], 0.0) / longest,
                    "text": formats.format_money(amounts[state], currency),
                }
            )
    written = [row for of in rows.values() for row in of]
    across = [0, 1]
    traces = [
        _status_bars(label, colour, rows[state], look) for state, (label, colour) in _STATES.items()
    ]
    return make_figure(
        traces,
        look,
        height=max(160, 40 + _ROW * len(labels)),
        right=label_margin([row["text"] for row in written], [row["x"] for row in written], across),
        xaxis={"showgrid": False, "showticklabels": False, "range": across},
        yaxis={
            "tickvals": list(range(len(labels))),
            "ticktext": labels,
            "range": [len(labels) - 0.5, -0.5],
            "showgrid": False,
        },
    )


def _status_bars(
    label: str, colour: str, rows: list[dict[str, Any]], look: Theme
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": label,
        "marker": {"color": colour},
        "x": [row["x"] for row in rows],
        "y": [row["y"] for row in rows],
        "text": [row["text"] for row in rows],
        "textposition": "outside",
        "textfont": {"color": look.text},
        "cliponaxis": False,
        "hovertext": [f"{label} {row['text']}" for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }


def _amounts_by_status(listing: Table) -> dict[tuple[str, str | None], float]:
    """By state and currency, of which the listing has a row each."""
    return {key: value for key, value in values_of(listing).items() if key[0] in _STATES}
