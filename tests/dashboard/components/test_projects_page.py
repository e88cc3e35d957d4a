"""The Projects page on the budgets of `tests/dashboard/reports/test_projects.py`."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from dashboard.metrics.scope import Scope
from dashboard.reports.projects import AT_RISK, ON_TRACK, OVER, count_status, projects_table
from dashboard.store.snapshots import open_current
from tests.dashboard.metrics.publishing import published
from tests.dashboard.reports.test_projects import MARCH, RECORDS, TODAY

PERIOD = "2026-03-01..2026-03-31"


@pytest.fixture
def agency(told: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HARVEST_TODAY", TODAY.isoformat())
    published(tmp_path, RECORDS, TODAY).close()
    return told


def opened(app: AppTest, **parameters: str) -> AppTest:
    for name, value in {"period": PERIOD, **parameters}.items():
        app.query_params[name] = value
    app.switch_page("../pages/projects.py").run()
    assert not app.exception
    return app


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def test_figures_are_those_of_the_listing(app: AppTest, agency: Settings) -> None:
    opened(app)

    listing = projects_table(open_current(agency.cache_dir, "1"), MARCH, {})
    assert not app.error
    assert figures(app) == {
        "Budgets": str(len(listing.frame)),
        "Over": str(count_status(listing, OVER)),
        "At risk": str(count_status(listing, AT_RISK)),
        "On track": str(count_status(listing, ON_TRACK)),
        "Out in 30 days": "1",
    }


def test_the_table_has_hours_and_money_apart(app: AppTest, agency: Settings) -> None:
    opened(app)

    table = app.dataframe[0].value
    assert list(table["Project"])[:2] == ["Spent", "Full"]
    assert list(table["Left (hours)"])[:2] == [-2, 0]
    assert list(table[table["Project"] == "Open"]["Left (amount)"]) == [400]


def test_it_follows_the_filter(app: AppTest, agency: Settings) -> None:
    opened(app, where='{"eq": {"client.id": 20}}')

    assert figures(app)["Budgets"] == "1"
    assert list(app.dataframe[0].value["Project"]) == ["Open"]


def test_a_selected_project_shows_its_entries_since_the_budget_began(
    app: AppTest, agency: Settings
) -> None:
    opened(app)
    assert "entries ·" not in captions(app)

    for place, count, hours in ((3, 1, "9.00"), (2, 1, "38.00")):  # Nearly's February, Monthly
        scope = Scope(MARCH.start, MARCH.end, today=TODAY)
        app.session_state[f"projects_{hash(scope.key)}_0_1"] = {
            "selection": {"rows": [place], "columns": [], "cells": []}
        }
        app.run()

        assert not app.exception
        assert f"{count} entries · {hours} hours" in captions(app)

    app.button(key="clear_selection").click().run()

    assert "entries ·" not in captions(app)


def test_filter_on_people_is_not_applied_and_its_chip_says_so(
    app: AppTest, agency: Settings
) -> None:
    opened(app, where='{"in": {"user.id": [1]}}')

    assert not app.error
    assert "not applied here" in app.button(key="chip_people").label
