"""Bars of what is owed and of what became of invoices: they add up to the figures."""

from datetime import date

import pandas as pd
import pytest

from dashboard.charts.formatting import Formats
from dashboard.charts.invoices import ageing_bars, currencies_of, status_bars
from dashboard.charts.theme import ESTIMATE_STATES, INVOICE_STATES, LATE, LIGHT, SENT
from dashboard.metrics.catalog import OUTSTANDING_AMOUNT
from dashboard.metrics.dimensions import AGE_BUCKET, CURRENCY
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Table

SCOPE = Scope(date(2026, 1, 1), date(2026, 3, 31), today=date(2026, 3, 31))
FORMATS = Formats()
OWED = QueryResult(
    pd.DataFrame(
        [
            ("EUR", "current", 850.0),
            ("EUR", "1-30", 4884.0),
            ("EUR", "90+", 150.0),
            ("EUR", "no due date", 300.0),
            ("USD", "61-90", 2000.0),
            (None, "current", 7.0),
        ],
        columns=["currency", "age_bucket", "outstanding_amount"],
    ),
    (OUTSTANDING_AMOUNT,),
    (CURRENCY, AGE_BUCKET),
    SCOPE,
)
ISSUED = Table(
    pd.DataFrame(
        [
            ("EUR", "paid", 100.0, True),
            ("EUR", "paid", 50.0, True),
            ("EUR", "late", 30.0, True),
            ("EUR", "late", 999.0, False),
            ("EUR", "draft", 5.0, True),
            ("USD", "paid", 8.0, True),
        ],
        columns=["currency", "state", "amount", "issued_in_period"],
    ),
    (),
)


def test_every_bucket_has_its_bar_and_they_add_up() -> None:
    drawn = ageing_bars(OWED, "EUR", LIGHT, FORMATS)

    bar, written = drawn.data
    assert list(bar.x) == [850, 4884, 0, 0, 150, 300]
    assert sum(bar.x) == 6184
    assert len(bar.x) == len(AGE_BUCKET.values)
    assert list(drawn.layout.yaxis.ticktext) == [
        "Not due yet", "1–30 days late", "31–60 days late", "61–90 days late",
        "Over 90 days late", "No due date",
    ]  # fmt: skip
    assert list(bar.marker.color) == [SENT, LATE, LATE, LATE, LATE, SENT]
    assert written.text[1] == "\u00a0€4,884.00"


@pytest.mark.parametrize(("currency", "total"), [("USD", 2000), (None, 7), ("GBP", 0)])
def test_a_currency_is_drawn_alone(currency: str | None, total: float) -> None:
    assert sum(ageing_bars(OWED, currency, LIGHT, FORMATS).data[0].x) == total


def test_states_count_what_was_issued_in_the_period() -> None:
    drawn = status_bars(ISSUED, "EUR", INVOICE_STATES, LIGHT, FORMATS)

    bar, written = drawn.data
    assert list(drawn.layout.yaxis.ticktext) == ["Draft", "Open", "Late", "Paid", "Written off"]
    assert list(bar.x) == [5, 0, 30, 150, 0]
    assert list(bar.marker.color) == list(INVOICE_STATES.values())
    assert written.text[3] == "\u00a0€150.00 · 2"


def test_a_state_has_its_colour_everywhere() -> None:
    for colours in (INVOICE_STATES, ESTIMATE_STATES):
        assert len(set(colours.values())) == len(colours)
    assert INVOICE_STATES["draft"] == ESTIMATE_STATES["draft"]
    assert tuple(ESTIMATE_STATES) == ("draft", "sent", "accepted", "declined")


def test_currencies_are_in_order_none_last() -> None:
    assert currencies_of(OWED.frame) == ["EUR", "USD", None]


def test_a_credit_is_a_bar_to_the_left() -> None:
    frame = OWED.frame.assign(outstanding_amount=-OWED.frame["outstanding_amount"])

    drawn = ageing_bars(QueryResult(frame, OWED.metrics, OWED.by, SCOPE), "EUR", LIGHT, FORMATS)

    assert drawn.layout.xaxis.range[0] == -4884
