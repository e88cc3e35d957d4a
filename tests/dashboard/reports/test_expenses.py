"""Expenses one by one: `tests/dashboard/metrics/expectations/expenses.json` by rows."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    BILLABLE_EXPENSE_AMOUNT,
    EXPENSE_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
)
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS
from dashboard.reports.expenses import expenses_by_category, expenses_table
from dashboard.store.snapshots import Snapshot, Snapshots
from harvest_client.search import parse
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

RECORDS = json.loads(ACCOUNT.read_text("utf-8"))
RECORDS["expenses"][1] |= {
    "notes": "=1+1",
    "receipt": {
        "url": "https://ledger.harvestapp.com/expenses/702/receipt",
        "file_name": "r.pdf",
        "file_size": 1,
        "content_type": "application/pdf",
    },
}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(published(tmp_path_factory.mktemp("spent"), RECORDS, QUARTER.today)) as snapshot:
        yield snapshot


def test_every_expense_is_a_row_the_newest_first(account: Snapshot) -> None:
    frame = expenses_table(account, QUARTER, {}).frame

    assert frame["id"].tolist() == [705, 704, 703, 702, 701]
    row = frame.iloc[3].to_dict()
    assert row["day"].date() == date(2026, 3, 3)
    assert row["client"] == "Acme"
    assert row["project"] == "Website"
    assert row["person"] == "Bo Lind"
    assert row["category"] == "Travel"
    assert (row["amount"], row["currency"]) == (80.0, "EUR")
    assert (row["billable"], row["billed"], row["receipt"]) == (True, False, True)
    assert row["notes"] == "=1+1"
    assert not frame.iloc[0]["receipt"]


def test_rows_add_up_to_the_figures(account: Snapshot) -> None:
    frame = expenses_table(account, QUARTER, {}).frame
    open_ones = frame[frame["billable"] & ~frame["billed"]]

    for metric, rows in (
        (EXPENSE_AMOUNT, frame),
        (BILLABLE_EXPENSE_AMOUNT, frame[frame["billable"]]),
        (UNINVOICED_EXPENSE_AMOUNT, open_ones),
    ):
        figure = query_metrics(account, [metric], scope=QUARTER).frame.set_index("currency")[
            metric.id
        ]
        assert rows.groupby("currency")["amount"].sum().to_dict() == figure.to_dict()
        categories = expenses_by_category(account, QUARTER, {}).frame
        assert categories.groupby("currency")[metric.id].sum().to_dict() == figure.to_dict()


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"eq": {"expense_category.name": "Travel"}}, [705, 702, 701]),
        ({"eq": {"client.name": "Borealis"}}, [704]),
        ({"eq": {"user.name": "Bo Lind"}}, [702]),
        ({"eq": {"project.name": "Brand"}}, [705]),
        ({"eq": {"billable": False}}, [703]),
    ],
)
def test_a_filter_is_followed(account: Snapshot, where: object, ids: list[int]) -> None:
    scope = QUARTER.and_(parse(where, FIELDS))

    assert expenses_table(account, scope, {}).frame["id"].tolist() == ids


def test_what_an_expense_has_not_is_refused(account: Snapshot) -> None:
    by_task = QUARTER.and_(parse({"eq": {"task.id": 1000}}, FIELDS))

    with pytest.raises(MetricError, match="expenses are not recorded per task.id"):
        expenses_table(account, by_task, {})


def test_a_copy_without_records_has_no_receipts_and_says_so(tmp_path: Path) -> None:
    with closing(published(tmp_path, RECORDS, QUARTER.today)) as whole:
        path = whole.path
    path.chmod(0o600)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP SCHEMA records CASCADE")

    with closing(Snapshots(tmp_path / "snapshots", "1").open_current()) as older:
        listing = expenses_table(older, QUARTER, {})

    assert listing.frame["amount"].sum() == 335.75
    assert "receipt" not in listing.frame
    assert listing.notes == ("Receipts and notes are there after the next sync.",)
