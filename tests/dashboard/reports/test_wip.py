"""Uninvoiced work by age, by hand: see `tests/dashboard/metrics/expectations/wip.json`."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    UNINVOICED_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
    UNINVOICED_FEES_AMOUNT,
    UNINVOICED_HOURS,
)
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS, RoundingBasis
from dashboard.reports.table import Table
from dashboard.reports.wip import AGES, uninvoiced_table, wip_by_project, wip_fees
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

RECORDS = json.loads(ACCOUNT.read_text("utf-8"))
FROM_DECEMBER = replace(QUARTER, start=date(2025, 12, 1))


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(published(tmp_path_factory.mktemp("wip"), RECORDS, QUARTER.today)) as snapshot:
        yield snapshot


def test_an_amount_is_in_the_column_of_its_age(account: Snapshot) -> None:
    frame = uninvoiced_table(account, FROM_DECEMBER, {}).frame

    # Today's 100 and 3 x 80 + 80 + 45.25 of March; 400 of February; 100 of December.
    rows = frame[["client", "currency", *AGES, "uninvoiced_amount"]].values.tolist()
    assert rows == [
        ["Acme (10)", "EUR", 465.25, 400, 0, 100, 965.25],
        ["Borealis", "USD", 660, 0, 0, 0, 660],
    ]


@pytest.mark.parametrize("make", [uninvoiced_table, wip_by_project])
@pytest.mark.parametrize("basis", RoundingBasis)
def test_ages_add_up_to_the_row_and_rows_to_the_figure(
    account: Snapshot, make: Callable[..., Table], basis: RoundingBasis
) -> None:
    scope = replace(FROM_DECEMBER, basis=basis)

    frame = make(account, scope, {}).frame

    whole = frame["uninvoiced_amount"].tolist()
    assert frame[list(AGES)].sum(axis=1).tolist() == pytest.approx(whole)
    for metric in (UNINVOICED_AMOUNT, UNINVOICED_EXPENSE_AMOUNT):
        figure = query_metrics(account, [metric], scope=scope).frame.set_index("currency")[
            metric.id
        ]
        assert frame.groupby("currency")[metric.id].sum().to_dict() == figure.to_dict()
    hours = query_metrics(account, [UNINVOICED_HOURS], scope=scope).frame
    assert frame[UNINVOICED_HOURS.id].sum() == hours[UNINVOICED_HOURS.id].item()


def test_fees_are_apart_and_add_up_to_their_figure(account: Snapshot) -> None:
    frame = wip_fees(account, QUARTER, {}).frame
    whole = query_metrics(account, [UNINVOICED_FEES_AMOUNT], scope=QUARTER).frame

    assert sorted(frame[UNINVOICED_FEES_AMOUNT.id]) == [400, 5400]
    assert frame[UNINVOICED_FEES_AMOUNT.id].sum() == whole[UNINVOICED_FEES_AMOUNT.id].item()


def test_a_filter_is_followed_or_refused(account: Snapshot) -> None:
    usd = QUARTER.and_(parse({"eq": {"client.currency": "USD"}}, FIELDS))
    task = QUARTER.and_(parse({"eq": {"task.id": 1000}}, FIELDS))

    assert uninvoiced_table(account, usd, {}).frame["client"].tolist() == ["Borealis"]
    with pytest.raises(MetricError, match="expenses are not recorded per task.id"):
        uninvoiced_table(account, task, {})


def test_nothing_uninvoiced_has_no_rows(tmp_path: Path) -> None:
    with closing(published(tmp_path, {"company": RECORDS["company"]}, QUARTER.today)) as empty:
        assert uninvoiced_table(empty, QUARTER, {}).frame.empty
        assert wip_fees(empty, QUARTER, {}).frame.empty
