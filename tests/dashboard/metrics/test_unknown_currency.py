"""Amounts whose currency nobody tells: counted apart, never lost and never taken for another's.

The account of `tests/dashboard/metrics/account` with the currencies taken out, all or some.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dashboard.metrics.budget_forecast import burn_forecasts
from dashboard.metrics.catalog import (
    BUDGET,
    GROSS_MARGIN_AMOUNT,
    METRICS,
    REVENUE_AMOUNT,
    UNINVOICED_FEES_AMOUNT,
    Unit,
)
from dashboard.metrics.dimensions import CLIENT, CURRENCY
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.metric import metric_facts
from dashboard.reports import LISTINGS
from dashboard.reports.projects import projects_table
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published
from tests.dashboard.reports.test_projects import MARCH, RECORDS


def without_currencies(records: Any) -> Any:
    """The same without a value of any key `currency`."""
    if isinstance(records, dict):
        return {
            name: None if name == "currency" else without_currencies(value)
            for name, value in records.items()
        }
    return [without_currencies(one) for one in records] if isinstance(records, list) else records


@pytest.fixture(scope="module")
def known() -> Any:
    return json.loads(ACCOUNT.read_text("utf-8"))


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory, known: Any) -> Iterator[Snapshot]:
    directory = tmp_path_factory.mktemp("silent")
    with closing(published(directory, without_currencies(known), QUARTER.today)) as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    directory = tmp_path_factory.mktemp("spring")
    with closing(published(directory, without_currencies(RECORDS), MARCH.today)) as snapshot:
        yield snapshot


ADDITIVE = [
    metric
    for metric in METRICS.values()
    if metric.unit is Unit.MONEY and not getattr(metric, "is_mixed", False)
]


@pytest.mark.parametrize("metric", ADDITIVE, ids=lambda metric: metric.id)
def test_amounts_without_a_currency_are_as_many_as_with(
    account: Snapshot, silent: Snapshot, metric: Any
) -> None:
    for by in ([], [CLIENT], [CURRENCY]):
        if by and any(fact not in by[0].facts for fact in metric_facts(metric)):
            continue
        with_codes = query_metrics(account, [metric], by=by, scope=QUARTER).frame[metric.id].sum()
        without = query_metrics(silent, [metric], by=by, scope=QUARTER).frame[metric.id].sum()
        assert without == pytest.approx(with_codes), by


def test_margin_is_unknown_where_neither_currency_is_known(silent: Snapshot) -> None:
    found = query_metrics(silent, [GROSS_MARGIN_AMOUNT], scope=QUARTER)

    assert found.frame["gross_margin_amount"].isna().all()
    assert "unknown for amounts in none: set HARVEST_CURRENCY" in found.notes[0]


def test_budgets_in_money_are_listed_without_a_currency(spring: Snapshot) -> None:
    rows = {
        row["project"]: row for row in projects_table(spring, MARCH, {}).frame.to_dict("records")
    }

    assert rows["Nearly"]["budget_amount"] == 1000
    assert rows["Nearly"]["spent_amount"] == 900
    assert rows["Nearly"]["currency"] is None
    assert {"Nearly", "Slow", "Open"} <= set(rows)
    assert {one.currency for one in burn_forecasts(spring, on=MARCH.last)} == {None, "hours"}
    assert query_metrics(spring, [BUDGET], scope=MARCH).frame["budget"].sum() > 1600


def test_leak_over_budget_knows_what_is_at_stake_without_a_currency(tmp_path: Path) -> None:
    records = without_currencies(RECORDS)
    records["time_entries"] = [
        entry | ({"hours": 20, "rounded_hours": 20} if entry["project"]["id"] == 104 else {})
        for entry in records["time_entries"]
    ]
    with closing(published(tmp_path, records, MARCH.today)) as snapshot:
        frame = LISTINGS["leaks_over_budget"].make(snapshot, MARCH, {}).frame

    (row,) = frame[frame["project_id"] == 104].to_dict("records")
    assert (row["at_stake"], row["budget_amount"], row["currency"]) == (1000, 1000, None)


def test_line_of_an_invoice_without_a_kind_counts_for_its_fee(tmp_path: Path, known: Any) -> None:
    lines = [line for invoice in known["invoices"] for line in invoice["line_items"]]
    bare = json.loads(json.dumps(known))
    for invoice in bare["invoices"]:
        for line in invoice["line_items"]:
            if line["kind"] == "Service":
                line["kind"] = None
    assert lines

    with (
        closing(published(tmp_path / "known", known, QUARTER.today)) as whole,
        closing(published(tmp_path / "bare", bare, QUARTER.today)) as snapshot,
    ):
        for metric in (UNINVOICED_FEES_AMOUNT, REVENUE_AMOUNT):
            expected = query_metrics(whole, [metric], by=[CLIENT], scope=QUARTER).frame
            found = query_metrics(snapshot, [metric], by=[CLIENT], scope=QUARTER).frame
            assert found[metric.id].tolist() == expected[metric.id].tolist()
