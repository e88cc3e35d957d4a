"""Estimates of `tests/dashboard/metrics/account` on 31 March 2026, by hand.

| estimate | | issued | amount | |
|---|---|---|---|---|
| E-1 | EUR | 1 Dec | 300 | accepted 10 Jan |
| E-2 | EUR | 5 Jan | 500 | declined 20 Mar |
| E-3 | EUR | 10 Feb | 2000 | accepted 2 Mar |
| E-4 | EUR | 1 Mar | 1000 | sent, 30 days ago |
| E-5 | USD | 3 Mar | 4000 | accepted 25 Mar |
| E-6 | EUR | 10 Mar | 750 | draft |
"""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    DRAFT_ESTIMATE_AMOUNT,
    ESTIMATE_AMOUNT,
    ESTIMATE_COUNT,
    WIN_RATE,
    WIN_RATE_AMOUNT,
    Metric,
)
from dashboard.metrics.dimensions import CURRENCY, ESTIMATE_STATE
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS, Scope
from dashboard.reports import LISTINGS
from dashboard.reports.table import Table
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

TODAY = QUARTER.today
SCOPES = {
    "the quarter": QUARTER,
    "a month": Scope(date(2026, 3, 1), date(2026, 3, 31), today=TODAY),
    "before anything was decided": Scope(date(2025, 12, 1), date(2025, 12, 31), today=TODAY),
    "one client": QUARTER.and_(parse({"eq": {"client.id": 20}}, FIELDS)),
    "one state": QUARTER.and_(parse({"eq": {"estimate.state": "accepted"}}, FIELDS)),
    "nothing": QUARTER.and_(parse({"eq": {"client.id": 999}}, FIELDS)),
}
every_scope = pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    records = json.loads(ACCOUNT.read_text("utf-8"))
    records["company"]["base_uri"] = "https://studio.harvestapp.com"
    directory = tmp_path_factory.mktemp("account")
    with closing(published(directory, records, TODAY)) as snapshot:
        yield snapshot


def listed(account: Snapshot, name: str = "estimates", scope: Scope = QUARTER) -> Table:
    return LISTINGS[name].make(account, scope, {})


def figures(account: Snapshot, metric: Metric, scope: Scope) -> dict[Any, float]:
    frame = query_metrics(account, [metric], scope=scope).frame
    found = dict(zip(frame["currency"], frame[metric.id], strict=True))
    return {currency: value for currency, value in found.items() if value}


def sums(frame: pd.DataFrame, column: str) -> dict[Any, float]:
    found = frame.groupby("currency", dropna=False)[column].sum()
    return {str(currency): float(value) for currency, value in found.items() if value}


def test_estimates_are_those_issued_decided_or_open(account: Snapshot) -> None:
    frame = listed(account).frame

    columns = ["number", "state", "amount", "currency"]
    assert frame[columns].to_numpy().tolist() == [
        ["E-6", "draft", 750, "EUR"],
        ["E-5", "accepted", 4000, "USD"],
        ["E-4", "sent", 1000, "EUR"],
        ["E-3", "accepted", 2000, "EUR"],
        ["E-2", "declined", 500, "EUR"],
        ["E-1", "accepted", 300, "EUR"],
    ]
    assert frame["age"].tolist()[2] == 30
    assert frame["age"].notna().sum() == 1
    assert frame["decided"].tolist()[4] == pd.Timestamp("2026-03-20")
    assert frame["issued_in_period"].tolist() == [True] * 5 + [False]


def test_the_open_ones_stay_until_they_are_decided(account: Snapshot) -> None:
    later = Scope(date(2026, 3, 15), date(2026, 3, 31), today=TODAY)
    before = Scope(date(2026, 1, 1), date(2026, 2, 28), today=TODAY)

    frame = listed(account, "estimates_open", later).frame

    assert frame[["number", "age"]].to_numpy().tolist() == [["E-4", 30]]
    assert listed(account, "estimates_open", before).frame.empty


@every_scope
def test_rows_add_up_to_the_figures(account: Snapshot, scope: Scope) -> None:
    frame = listed(account, scope=scope).frame

    assert frame["id"].is_unique
    assert sums(frame, "estimated_amount") == figures(account, ESTIMATE_AMOUNT, scope)
    assert sums(frame, "draft_amount") == figures(account, DRAFT_ESTIMATE_AMOUNT, scope)
    offered = frame["issued_in_period"] & (frame["state"] != "draft")
    (counted,) = query_metrics(account, [ESTIMATE_COUNT], scope=scope).frame["estimate_count"]
    assert offered.sum() == counted


@every_scope
def test_rows_make_the_win_rates(account: Snapshot, scope: Scope) -> None:
    frame = listed(account, scope=scope).frame

    (rate,) = query_metrics(account, [WIN_RATE], scope=scope).frame["win_rate"]
    decided = frame[frame["decided_in_period"]]
    won = (decided["state"] == "accepted").sum() / len(decided) if len(decided) else float("nan")
    assert rate == pytest.approx(won, nan_ok=True)
    by_amount = query_metrics(account, [WIN_RATE_AMOUNT], scope=scope).frame
    accepted, whole = sums(frame, "accepted_amount"), sums(frame, "decided_amount")
    for currency, share in zip(by_amount["currency"], by_amount["win_rate_amount"], strict=True):
        expected = accepted.get(currency, 0.0) / whole[currency] if currency in whole else None
        assert pd.isna(share) if expected is None else share == pytest.approx(expected)


def test_states_are_those_of_the_dimension(account: Snapshot) -> None:
    metrics = [ESTIMATE_AMOUNT, DRAFT_ESTIMATE_AMOUNT]
    wanted = query_metrics(account, metrics, by=[CURRENCY, ESTIMATE_STATE], scope=QUARTER).frame
    frame = listed(account).frame
    frame = frame[frame["issued_in_period"]]

    found = frame.groupby(["currency", "state"])["amount"].sum().to_dict()

    assert found == {
        (row["currency"], row["estimate_state"]): row["estimate_amount"]
        + row["draft_estimate_amount"]
        for _, row in wanted.fillna(0).iterrows()
    }


def test_links_lead_to_the_estimate_in_harvest(account: Snapshot) -> None:
    assert listed(account).frame["harvest"].tolist()[0] == (
        "https://studio.harvestapp.com/estimates/805"
    )


@pytest.mark.parametrize("name", ["estimates", "estimates_open"])
def test_a_filter_that_estimates_do_not_know_is_refused(account: Snapshot, name: str) -> None:
    scope = QUARTER.and_(parse({"eq": {"project.id": 1}}, FIELDS))

    with pytest.raises(MetricError, match="project.id"):
        listed(account, name, scope)
