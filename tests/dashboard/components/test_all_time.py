"""All time on pages, in files and on the command line: every kind of record, no slip of the pen."""

import copy
import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.components.downloads import export_file
from dashboard.config.settings import Settings
from dashboard.config.settings import load_settings as load_settings
from dashboard.store.snapshots import Snapshot
from tests.dashboard.components.test_pages import PAGES, captions
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published
from tests.dashboard.reports.test_projects import MARCH
from tests.dashboard.reports.test_projects import RECORDS as BUDGETS

# One of each kind that is older or newer than every time entry, and two slips of the pen.
MORE: dict[str, list[dict[str, Any]]] = {
    "invoices": [
        {"id": 9001, "number": "OLD-1", "issue_date": "2019-03-01", "amount": 500},
        {"id": 9002, "number": "NEW-1", "issue_date": "2027-02-01", "amount": 700},
        {"id": 9003, "number": "FAR-1", "issue_date": "2206-01-05", "amount": 900},
    ],
    "expenses": [{"id": 9101, "spent_date": "2018-05-05", "total_cost": 33}],
    "time_entries": [{"id": 9201, "spent_date": "0026-03-01", "hours": 5, "rounded_hours": 5}],
}
NOTE = (
    "2 records are dated outside 1990–2031, so all time goes without: 1 time entry (0026-03-01),"
    " 1 invoice (2206-01-05). Correct the dates in Harvest."
)


def records() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ACCOUNT.read_text("utf-8"))
    for entity, rows in MORE.items():
        like = {**found[entity][0], "state": "draft"} if entity == "invoices" else found[entity][0]
        found[entity] += [copy.deepcopy(like) | row for row in rows]
    return found


@pytest.fixture
def account(told: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshot]:
    monkeypatch.setenv("HARVEST_TODAY", QUARTER.today.isoformat())
    with closing(published(tmp_path, records(), QUARTER.today)) as snapshot:
        yield snapshot


def export_rows(name: str, snapshot: Snapshot) -> tuple[list[dict[str, str]], str]:
    file = export_file(name, {"period": "all"}, load_settings(), snapshot)
    table, _, about = b"".join(file.chunks).decode("utf-8-sig").partition("\r\n\r\n")
    return list(csv.DictReader(io.StringIO(table, newline=""))), about


def test_file_of_all_time_has_invoices_before_and_after_every_time_entry(account: Snapshot) -> None:
    rows, about = export_rows("invoices.csv", account)

    numbers = {row["number"] for row in rows}
    assert {"OLD-1", "NEW-1"} <= numbers
    assert NOTE in about


def test_file_of_all_time_has_expenses_before_every_time_entry(account: Snapshot) -> None:
    rows, about = export_rows("expenses.csv", account)

    assert "2018-05-05" in {row["day"] for row in rows}
    assert "2018-05-05 to 2027-02-01" in about
    assert NOTE in about


@pytest.mark.parametrize(
    "page", ["overview", "hours", "utilization", "invoices", "expenses", "wip"]
)
def test_page_of_all_time_names_records_dated_outside(
    app: AppTest, account: Snapshot, page: str
) -> None:
    app.query_params["period"] = "all"

    app.switch_page(f"../pages/{page}.py").run()

    assert not app.exception
    assert captions(app).replace("\\", "").count(NOTE) == 1


def test_page_of_other_period_is_silent_about_records_dated_outside(
    app: AppTest, account: Snapshot
) -> None:
    app.query_params["period"] = "2026-01-01..2026-03-31"

    app.switch_page("../pages/hours.py").run()

    assert "are dated outside" not in captions(app)


def test_data_page_names_records_dated_outside(app: AppTest, account: Snapshot) -> None:
    app.switch_page("../pages/data.py").run()

    assert not app.exception
    assert captions(app).replace("\\", "").count(NOTE) == 1


def test_report_of_all_days_names_records_dated_outside(
    account: Snapshot, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "invoiced_amount", "--from", "2018-05-05", "--to", "2027-02-01"]) == 0
    whole = capfd.readouterr().err
    assert main(["report", "invoiced_amount", "--from", "2019-01-01", "--to", "2027-02-01"]) == 0
    part = capfd.readouterr().err

    assert NOTE in whole
    assert "are dated outside" not in part


def test_entries_of_a_budget_are_shown_beside_an_entry_of_year_26(
    app: AppTest, told: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVEST_TODAY", MARCH.today.isoformat())
    budgets: dict[str, Any] = dict(BUDGETS)
    stray = budgets["time_entries"][0] | {"id": 99_001, "spent_date": "0026-03-01"}
    more = budgets | {"time_entries": [*budgets["time_entries"], stray]}
    published(tmp_path, more, MARCH.today).close()
    app.query_params["period"] = "2026-03-01..2026-03-31"
    app.switch_page("../pages/projects.py").run()

    app.session_state[f"projects_{hash(MARCH.key)}_0_1"] = {
        "selection": {"rows": [0], "columns": [], "cells": []}
    }
    app.run()

    assert not app.exception
    assert not app.error
    assert "entries ·" in captions(app)


@pytest.mark.parametrize("day", ["0206-03-31", "9999-12-31"])
def test_no_page_is_stretched_or_broken_by_one_entry_of_a_far_year(
    app: AppTest, told: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: str
) -> None:
    monkeypatch.setenv("HARVEST_TODAY", QUARTER.today.isoformat())
    found: dict[str, Any] = json.loads(ACCOUNT.read_text("utf-8"))
    found["time_entries"].append(found["time_entries"][0] | {"id": 9301, "spent_date": day})
    with closing(published(tmp_path, found, QUARTER.today)) as snapshot:
        for name in ("hours.csv", "overview.csv", "utilization.csv", "leaks.csv", "projects.csv"):
            _, about = export_rows(name, snapshot)
            assert "2026-12-31" in about
    app.query_params["period"] = "all"

    for page in PAGES:
        app.switch_page(f"../{page}").run()

        assert not app.exception
        assert not app.error
