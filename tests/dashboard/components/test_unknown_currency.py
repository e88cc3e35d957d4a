"""Pages of an account whose currencies nobody tells, all of them or some."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published
from tests.dashboard.metrics.test_unknown_currency import without_currencies

KNOWN = json.loads(ACCOUNT.read_text("utf-8"))
PAGES = (
    "overview", "hours", "utilization", "projects", "wip", "profitability", "invoices", "expenses",
    "estimates", "leaks", "data",
)  # fmt: skip


def opened(app: AppTest, directory: Path, records: Any, page: str) -> AppTest:
    published(directory, records, QUARTER.today).close()
    app.query_params["period"] = "2026-01-01..2026-03-31"
    app.switch_page(f"../pages/{page}.py").run()
    return app


@pytest.fixture
def app_of_march(app: AppTest, told: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("HARVEST_TODAY", "2026-03-31")
    return app


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_where_no_currency_is_known(
    app_of_march: AppTest, tmp_path: Path, page: str
) -> None:
    app = opened(app_of_march, tmp_path, without_currencies(KNOWN), page)

    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_where_some_currencies_are_known(
    app_of_march: AppTest, tmp_path: Path, page: str
) -> None:
    records = {
        name: without_currencies(rows) if name in ("company", "invoices") else rows
        for name, rows in KNOWN.items()
    }
    records["clients"] = [KNOWN["clients"][0], *without_currencies(KNOWN["clients"][1:])]

    app = opened(app_of_march, tmp_path, records, page)

    assert not app.exception
    assert not app.error


def test_expenses_without_a_currency_can_be_drawn_beside_others(
    app_of_march: AppTest, tmp_path: Path
) -> None:
    records = json.loads(json.dumps(KNOWN)) | {"company": without_currencies(KNOWN["company"])}
    for rows in (records["expenses"], records["projects"]):
        for row in rows:
            if row["client"]["id"] == 20:
                row["client"]["currency"] = None
    for client in records["clients"]:
        if client["id"] == 20:
            client["currency"] = None
    app = opened(app_of_march, tmp_path, records, "expenses")

    control = app.segmented_control(key="expense_currency")
    assert control.options == ["EUR", "No currency"]
    control.set_value("No currency").run()

    assert not app.exception
    assert "What for" in [one.value for one in app.subheader]
