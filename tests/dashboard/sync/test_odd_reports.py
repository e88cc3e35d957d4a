"""Odd rows of Harvest's reports end neither a sync nor a comparison."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.reconciliation.check import check_account
from tests.dashboard.sync.agency import TODAY, Copy
from tests.dashboard.sync.odd_agency import OddAgency

ODD = ["1e12", "1e30", "1e999999", "-1e999999", "NaN", '"x"', "[]", "null"]


@pytest.mark.parametrize("value", ODD)
def test_odd_budget_report_ends_no_sync(tmp_path: Path, value: str) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct", start=date(2026, 6, 1))
    agency.odd["results", None] = {"budget_spent": value}

    copy.sync()

    assert copy.stored("SELECT count(*) FROM budget_reports WHERE account_id = ?") == [(0,)]


def test_budget_report_with_rows_of_no_project_ends_no_sync(tmp_path: Path) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct", start=date(2026, 6, 1))
    agency.odd["results", None] = {"project_id": "null"}

    copy.sync()

    assert copy.stored("SELECT count(*) FROM budget_reports WHERE account_id = ?") == [(0,)]


@pytest.mark.parametrize("value", ["1e30", "1e999999", "NaN"])
def test_odd_time_report_ends_no_comparison(tmp_path: Path, value: str) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    agency.odd["results", None] = {"total_hours": value}
    snapshot = copy.snapshot()

    with copy.client() as harvest:
        found = check_account(snapshot, harvest, date(2026, 1, 1), TODAY, today=TODAY)

    snapshot.close()
    assert any(one.refused for one in found.compared)
