"""The page of leaks: what is ranked, and the rows behind what is selected."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from dashboard.exports.export import table_names
from dashboard.reports.leaks.summary import KINDS
from tests.dashboard.components.conftest import HOSTILE, TWO_WEEKS, publish
from tests.dashboard.metrics.conftest import TWO_WEEKS as SCOPE


def opened(app: AppTest, **parameters: str) -> AppTest:
    for name, value in parameters.items():
        app.query_params[name] = value
    app.switch_page("../pages/leaks.py").run()
    assert not app.exception
    return app


def titles(app: AppTest) -> list[str]:
    return [one.value for one in app.subheader]


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption).replace("\\", "")


def test_leaks_are_ranked_and_the_first_is_shown(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS)

    ranked, rows = (frame.value for frame in app.dataframe)
    # Hand-worked in tests/dashboard/reports/test_leaks.py.
    assert ranked["Leak"].tolist() == [
        "Missing timesheets", "Missing timesheets", "Billable hours without a rate",
        "Billable hours without a rate", "Missing timesheets",
    ]  # fmt: skip
    at_stake = ranked["At stake"].tolist()
    assert at_stake[:4] == pytest.approx([2175.12, 564.32, 300, 42.14], abs=0.005)
    assert math.isnan(at_stake[4])
    assert titles(app)[-2:] == ["Revenue leaks", "Missing timesheets"]
    assert rows["Person"].tolist()[-1] == "Cleo Idle"


def test_a_selected_kind_shows_its_rows(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS)
    key = f"leaks_{hash(SCOPE.key)}_0_1"
    app.session_state[key] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    app.run()

    assert not app.exception
    assert titles(app)[-1] == "Billable hours without a rate"
    assert app.dataframe[1].value["Hours"].tolist() == [2.5, 0.5]


def test_a_filter_that_a_kind_cannot_follow_is_said(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS, where='{"eq": {"client.id": 20}}')

    assert "Missing timesheets cannot be filtered by client.id" in captions(app)
    assert app.dataframe[0].value["Leak"].tolist() == ["Billable hours without a rate"]


def test_nothing_lost_is_said(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS, where='{"eq": {"client.id": 999}}')

    assert "No leaks found" in captions(app)
    assert not app.dataframe


def test_every_kind_has_files(app: AppTest, published: Settings) -> None:
    assert {"leaks", *(leak.listing for leak in KINDS)} <= set(table_names())


def test_names_are_no_markup(app: AppTest, told: Settings) -> None:
    name = HOSTILE["markdown"].replace("'", "''")
    publish(
        told.cache_dir, sql=f"UPDATE users SET name = '{name}'; UPDATE projects SET name = '{name}'"
    )

    opened(app, period=TWO_WEEKS)

    assert "evil.example" not in captions(app)
    assert not [one for one in app.markdown if "](https://evil" in one.value]
