"""Margins by client and project: `tests/dashboard/metrics/expectations/profit.json` by rows."""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    COST_AMOUNT,
    EXPENSE_AMOUNT,
    GROSS_MARGIN_AMOUNT,
    REVENUE_AMOUNT,
)
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS
from dashboard.reports.profitability import profitability_by_project, profitability_table
from dashboard.reports.table import Table
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

RECORDS = json.loads(ACCOUNT.read_text("utf-8"))


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(published(tmp_path_factory.mktemp("profit"), RECORDS, QUARTER.today)) as snapshot:
        yield snapshot


def row(frame: pd.DataFrame, client: int, currency: str) -> pd.Series:
    found = frame[(frame["client_id"] == client) & (frame["currency"] == currency)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_row_is_revenue_less_cost_and_expenses(account: Snapshot) -> None:
    listing = profitability_table(account, QUARTER, {})

    acme = row(listing.frame, 10, "EUR")
    assert acme["gross_margin_amount"] == 9980
    assert acme["revenue_amount"] - acme["cost_amount"] - acme["expense_amount"] == 9980
    assert row(listing.frame, 30, "EUR")["margin_share"] == pytest.approx(0.925)
    assert "Cost is in EUR, so gross margin is unknown for amounts in USD." in listing.notes


def test_cost_of_who_pays_in_another_currency_is_a_row_without_a_margin(account: Snapshot) -> None:
    frame = profitability_table(account, QUARTER, {}).frame

    paid, cost = row(frame, 20, "USD"), row(frame, 20, "EUR")
    assert paid["revenue_amount"] == 660
    assert math.isnan(paid["gross_margin_amount"])
    assert math.isnan(paid["cost_amount"])
    assert cost["cost_amount"] == 200
    assert cost["client"] == "Borealis"
    assert math.isnan(cost["gross_margin_amount"])
    assert math.isnan(cost["margin_share"])


@pytest.mark.parametrize("make", [profitability_table, profitability_by_project])
def test_rows_add_up_to_the_figures(account: Snapshot, make: Callable[..., Table]) -> None:
    frame = make(account, QUARTER, {}).frame

    for metric in (REVENUE_AMOUNT, EXPENSE_AMOUNT):
        figure = query_metrics(account, [metric], scope=QUARTER).frame.set_index("currency")[
            metric.id
        ]
        assert frame.groupby("currency")[metric.id].sum().to_dict() == figure.to_dict()
    cost = query_metrics(account, [COST_AMOUNT], scope=QUARTER).frame[COST_AMOUNT.id].item()
    assert frame[COST_AMOUNT.id].sum() == cost
    margin = query_metrics(account, [GROSS_MARGIN_AMOUNT], scope=QUARTER).frame.set_index(
        "currency"
    )
    euro = frame[frame["currency"] == "EUR"]
    assert euro[GROSS_MARGIN_AMOUNT.id].sum() == margin.loc["EUR", GROSS_MARGIN_AMOUNT.id]


def test_without_a_known_cost_there_is_no_margin(account: Snapshot) -> None:
    day = replace(QUARTER, start=date(2026, 3, 16), end=date(2026, 3, 16))

    acme = row(profitability_table(account, day, {}).frame, 10, "EUR")

    assert acme["revenue_amount"] == 100
    assert acme["cost_coverage"] == 0
    assert math.isnan(acme["gross_margin_amount"])
    assert math.isnan(acme["margin_share"])


def test_what_a_fee_cannot_follow_is_refused(account: Snapshot) -> None:
    by_person = QUARTER.and_(parse({"eq": {"user.id": 1}}, FIELDS))

    with pytest.raises(MetricError, match="a fixed fee is not recorded per user.id"):
        profitability_table(account, by_person, {})
