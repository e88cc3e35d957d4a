"""Shares and paces of amounts below zero: credit notes, refunds, corrections."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import MONTH
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from tests.dashboard.metrics.agency_rows import (
    CLIENTS,
    COMPANY,
    TASKS,
    entries,
    invoice,
    payments,
    person,
    project,
)
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 2, 28)
# In January more was taken back than earned, in February it was the other way round.
RECORDS: dict[str, Any] = {
    "company": COMPANY,
    "clients": CLIENTS,
    "tasks": TASKS,
    "users": [person(1, "Ada", 40)],
    "projects": [project(100, "Website", "none")],
    "time_entries": [
        {**row, "cost_rate": 40}
        for row in entries(("2026-01-12", 1, 100, 1, 5, 100), ("2026-02-12", 1, 100, 1, 5, 100))
    ],
    "expenses": [
        {"id": 1, "spent_date": "2026-01-15", "project": {"id": 100, "name": ""},
         "total_cost": -1500, "billable": True},
    ],
    "invoices": [
        invoice(1, -800, issue_date="2026-01-05"),
        invoice(2, 1000, issue_date="2026-02-05", due_date="2026-03-05"),
    ],
    "invoice_payments": payments((1, "2026-01-20", -100), (2, "2026-02-10", 400)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "january", "february"),
    [
        ("margin_share", None, 300 / 500),
        ("dso", None, 600 / 1000 * 28),
        ("days_to_pay", None, 5),
        ("collection_share", None, 400 / 1000),
    ],
)
def test_ratio_over_less_than_nothing_is_empty(
    tmp_path: Path, metric: str, january: float | None, february: float
) -> None:
    with closing(published(tmp_path, RECORDS, TODAY, paid=[1, 2])) as snapshot:
        scope = Scope(date(2026, 1, 1), TODAY, today=TODAY)
        frame = query_metrics(snapshot, [METRICS[metric]], by=[MONTH], scope=scope).frame

    found = [None if value != value else value for value in frame[metric]]
    assert found == pytest.approx([january, february])


def test_margin_may_be_a_loss(tmp_path: Path) -> None:
    records = {**RECORDS, "expenses": []}
    records["time_entries"] = [{**row, "cost_rate": 150} for row in RECORDS["time_entries"]]
    with closing(published(tmp_path, records, TODAY)) as snapshot:
        scope = Scope(date(2026, 1, 1), TODAY, today=TODAY)
        (value,) = query_metrics(snapshot, [METRICS["margin_share"]], scope=scope).frame[
            "margin_share"
        ]

    assert value == pytest.approx(-0.5)
