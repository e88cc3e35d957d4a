"""Invoices by status: a bar per status, each currency on its own scale."""

from typing import Any

import plotly.graph_objects as go

from dashboard.charts.beside import label_margin
from dashboard.charts.formats import Formats
from dashboard.charts.frame import make_figure
from dashboard.charts.palette import BILLABLE, DRAFT, LATE, PAID, Theme
from dashboard.charts.text import plotly_text
from dashboard.listings.listing import Table
from dashboard.listings.overview import values_of

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
    """The amounts of the overview's listing by state, of the first `MOST` currencies.

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
