"""Pages over days that are not stored: a line says so, and nothing is compared with them."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from dashboard.metrics.metric import Fact
from dashboard.reports import LISTINGS
from dashboard.web.menu import MENU, UNFILTERED
from tests.dashboard.components.test_pages import captions, figures
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

RECORDS = json.loads(ACCOUNT.read_text("utf-8"))
TIME = "Time entries before 1 Mar 2026 are not stored"
EXPENSES = "Expenses before 1 Mar 2026 are not stored"
PAGES = [entry.name for entry in MENU if entry.name not in UNFILTERED]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The account of the quarter, of which days before March are not stored."""
    directory = tmp_path_factory.mktemp("since-march")
    published(directory, RECORDS, QUARTER.today, since=date(2026, 3, 1)).close()
    return directory


@pytest.fixture
def since_march(
    app: AppTest, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    shutil.copytree(store, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("HARVEST_TODAY", "2026-03-31")
    app.query_params["period"] = "2026-01-01..2026-03-31"
    return app


def lines(app: AppTest) -> str:
    """The text of a page that is not small."""
    return "\n".join(line.value.replace("\\", "") for line in app.markdown)


@pytest.mark.parametrize("page", PAGES)
def test_page_over_earlier_days_says_since_when_it_is_complete(
    since_march: AppTest, page: str
) -> None:
    since_march.switch_page(f"../pages/{page}.py").run()

    assert not since_march.exception
    facts = LISTINGS[page].facts
    of_time = facts & {Fact.TIME, Fact.CAPACITY, Fact.BUDGETS}
    assert (TIME in lines(since_march)) == (bool(of_time) and page != "projects")
    assert (EXPENSES in lines(since_march)) == (Fact.EXPENSES in facts)


@pytest.mark.parametrize("page", ["hours", "expenses"])
def test_page_over_all_time_says_since_when_it_is_complete(since_march: AppTest, page: str) -> None:
    since_march.query_params["period"] = "all"

    since_march.switch_page(f"../pages/{page}.py").run()

    assert "before 1 Mar 2026 are not stored" in lines(since_march)


@pytest.mark.parametrize("page", PAGES)
def test_page_over_stored_days_says_nothing(since_march: AppTest, page: str) -> None:
    since_march.query_params["period"] = "2026-03-01..2026-03-31"

    since_march.switch_page(f"../pages/{page}.py").run()

    assert not since_march.exception
    assert TIME not in lines(since_march)
    assert EXPENSES not in lines(since_march)


def test_badge_over_earlier_days_says_since_when_it_is_complete(since_march: AppTest) -> None:
    since_march.switch_page("../pages/hours.py").run()

    assert "Time report: complete since 1 Mar 2026 only" in captions(since_march)


def test_figures_are_not_compared_with_days_that_are_not_stored(since_march: AppTest) -> None:
    since_march.query_params["period"] = "2026-03-01..2026-03-31"

    since_march.switch_page("../pages/hours.py").run()

    assert [metric.delta for metric in since_march.metric] == [""] * len(since_march.metric)
    assert "Hours, Billable hours" in captions(since_march).replace("\\", "")
    assert "not compared with an earlier period" in captions(since_march)
    since_march.switch_page("../pages/invoices.py").run()
    assert "not compared with" not in captions(since_march)
    assert any(metric.delta for metric in since_march.metric)


@pytest.mark.parametrize(
    ("period", "in_line"), [("2026-03-01..2026-03-31", 0), ("2026-01-01..2026-03-31", 1)]
)
def test_reason_for_not_comparing_is_said_once(
    since_march: AppTest, period: str, in_line: int
) -> None:
    since_march.query_params["period"] = period

    since_march.switch_page("../pages/overview.py").run()

    assert captions(since_march).count("not compared with an earlier period") == 1
    assert lines(since_march).count(TIME) == in_line
    assert captions(since_march).count(TIME) == 1 - in_line


def test_days_of_which_nothing_is_stored_have_no_figure(since_march: AppTest) -> None:
    since_march.query_params["period"] = "2026-01-01..2026-01-31"

    since_march.switch_page("../pages/expenses.py").run()

    # What is uninvoiced is stored whatever its day.
    assert figures(since_march) == [
        ("Expenses", "—"), ("Billable expenses", "—"), ("Uninvoiced expenses", "€0"),
    ]  # fmt: skip


def test_empty_page_over_earlier_days_does_not_say_that_there_are_none(
    since_march: AppTest,
) -> None:
    since_march.query_params["period"] = "2026-01-01..2026-01-31"

    since_march.switch_page("../pages/hours.py").run()

    assert "There are none stored in this period" in captions(since_march)


def test_data_page_says_which_records_are_complete_since_when(
    since_march: AppTest, told: Settings
) -> None:
    since_march.switch_page("../pages/data.py").run()

    assert "Time Entries and Expenses since 1 Mar 2026; else all history" in lines(since_march)
