"""Expenses, on the account of `tests/dashboard/metrics/account`."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from tests.dashboard.components.conftest import in_currency
from tests.dashboard.components.test_pages import captions, figures
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

RECORDS = json.loads(ACCOUNT.read_text("utf-8"))
PAGE = "../pages/expenses.py"


def test_figures_are_those_of_the_metrics(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    assert not quarter.exception
    assert not quarter.error
    # As `expectations/expenses.json` works out.
    assert figures(quarter) == [
        ("Expenses", "€276"),
        ("Billable expenses", "€246"),
        ("Uninvoiced expenses", "€125"),
    ]
    assert in_currency(quarter, "USD") == (
        "USD: Expenses $60 · Billable expenses $60 · Uninvoiced expenses $60"
    )


def test_every_expense_is_in_a_category_and_in_the_list(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    by_category, one_by_one = (frame.value for frame in quarter.dataframe)
    assert by_category["Expenses"].tolist() == [30, 60, 245.75]
    assert one_by_one["Amount"].tolist() == [45.25, 60, 30, 80, 120.5]


def test_one_currency_is_drawn_at_a_time(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()
    titles = [one.value for one in quarter.subheader]
    assert "What for\\, EUR" in titles

    quarter.segmented_control(key="expense_currency").set_value("USD").run()

    assert not quarter.exception
    assert "What for\\, USD" in [one.value for one in quarter.subheader]


def selected(app: AppTest, chart: str, customdata: object, curve: int = 0) -> AppTest:
    point = {"curve_number": curve, "point_index": 0, "customdata": customdata}
    app.session_state[f"spent_by_{chart}"] = {"selection": {"points": [point]}}
    return app.run()


def test_a_selected_bar_shows_the_expenses_it_counts(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    selected(quarter, "category_EUR_0", 1)
    assert quarter.dataframe[1].value["Category"].unique().tolist() == ["Travel"]
    assert quarter.dataframe[1].value["Amount"].tolist() == [45.25, 80.0, 120.5]

    selected(quarter, "week_EUR_0", "2026-03-02")
    assert quarter.dataframe[1].value["Amount"].tolist() == [80.0]

    assert not quarter.exception
    quarter.button(key="clear_expenses").click().run()
    assert len(quarter.dataframe[1].value) == 5


def test_a_selected_row_shows_its_expenses_in_its_currency(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    quarter.session_state[f"expenses_by_category_{hash(QUARTER.key)}_0_1"] = {
        "selection": {"rows": [1], "columns": [], "cells": []}
    }
    quarter.run()

    assert quarter.dataframe[1].value["Amount"].tolist() == [60.0]
    assert "USD" in quarter.button(key="clear_expenses").label


def test_a_filter_on_categories_is_followed(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    quarter.text_input(key="where").set_value('{"eq": {"expense_category.name": "Travel"}}').run()

    assert not quarter.error
    assert figures(quarter)[0] == ("Expenses", "€246")


def test_an_account_without_records_spent_nothing(
    app: AppTest, told: Settings, tmp_path: Path
) -> None:
    published(tmp_path, {"company": RECORDS["company"]}, QUARTER.today).close()

    app.switch_page(PAGE).run()

    assert not app.exception
    assert not app.error
    assert "There are no expenses" in captions(app)
