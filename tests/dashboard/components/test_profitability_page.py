"""Profitability, on the account of `tests/dashboard/metrics/account`."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from tests.dashboard.components.conftest import in_currency
from tests.dashboard.components.test_pages import captions, figures
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

RECORDS = json.loads(ACCOUNT.read_text("utf-8"))
PAGE = "../pages/profitability.py"


def test_figures_are_those_of_the_metrics(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    assert not quarter.exception
    assert not quarter.error
    # As `expectations/profit.json` works out; the margin beside how much of the cost is known,
    # here for EUR clients: 15 of 19.5 hours.
    assert figures(quarter) == [
        ("Revenue", "€11,586"),
        ("Cost", "€790"),
        ("Gross margin", "€10,720"),
        ("Margin", "92.5%"),
        ("Cost coverage", "76.9%"),
    ]
    assert in_currency(quarter, "USD") == "USD: Revenue $660"
    assert "gross margin is unknown for amounts in USD" in captions(quarter)
    assert "known for 76.9 % of the hours" in captions(quarter).replace("\\", "")
    assert "Margin and cost coverage are of clients who pay in EUR" in captions(quarter)


def test_the_table_is_by_client_or_by_project(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()
    clients = quarter.dataframe[0].value
    assert clients["Client"].tolist() == ["Acme (10)", "Acme (30)", "Borealis", "Borealis"]
    assert clients["Gross margin"].tolist()[:2] == [9980, 740]
    assert clients["Gross margin"].isna().tolist() == [False, False, True, True]

    quarter.segmented_control(key="profit_by").set_value("Project").run()

    assert not quarter.exception
    assert "Project" in quarter.dataframe[0].value


@pytest.mark.parametrize(
    ("by", "key", "says", "entries"),
    [("client", 30, "Acme (30)", 1), ("project", 100, "Acme (10) · Website (Acme)", 5)],
)
def test_a_selected_bar_shows_its_entries(
    quarter: AppTest, by: str, key: int, says: str, entries: int
) -> None:
    quarter.switch_page(PAGE).run()
    quarter.segmented_control(key="profit_by").set_value(by.capitalize()).run()
    point = {"curve_number": 0, "point_index": 0, "customdata": key}

    quarter.session_state[f"margins_{by}_0"] = {"selection": {"points": [point]}}
    quarter.run()

    assert not quarter.exception
    assert quarter.button(key="clear_selection").label.replace("\\", "") == says
    assert f"{entries} entries ·" in captions(quarter)
    quarter.button(key="clear_selection").click().run()
    assert "clear_selection" not in [button.key for button in quarter.button]


def test_where_no_cost_is_known_no_margin_is_shown(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    quarter.text_input(key="period").set_value("2026-03-16..2026-03-16").run()

    shown = dict(figures(quarter))
    assert shown["Gross margin"] == "—"
    assert shown["Margin"] == "—"
    assert shown["Cost coverage"] == "0.0%"
    assert "No margin is known" in captions(quarter)


def test_an_account_without_records_earns_nothing(
    app: AppTest, told: Settings, tmp_path: Path
) -> None:
    published(tmp_path, {"company": RECORDS["company"]}, QUARTER.today).close()

    app.switch_page(PAGE).run()

    assert not app.exception
    assert not app.error
    assert "No revenue or cost in this period" in captions(app)
