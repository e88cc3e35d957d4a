"""Uninvoiced work, on the account of `tests/dashboard/metrics/account`."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from tests.dashboard.components.conftest import in_currency
from tests.dashboard.components.test_pages import captions, figures
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

RECORDS = json.loads(ACCOUNT.read_text("utf-8"))
PAGE = "../pages/wip.py"


def test_figures_are_those_of_the_metrics(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    assert not quarter.exception
    assert not quarter.error
    # As `expectations/wip.json` and `expenses.json` work out.
    assert figures(quarter) == [
        ("Uninvoiced amount", "€865"),
        ("Uninvoiced expenses", "€125"),
        ("Uninvoiced hours", "20.50"),
        ("Uninvoiced fixed fees", "€5,800"),
    ]
    assert in_currency(quarter, "USD") == ("USD: Uninvoiced amount $660 · Uninvoiced expenses $60")


def test_a_row_has_its_ages_and_fees_are_apart(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    by_age, fees, _ = (frame.value for frame in quarter.dataframe)
    assert by_age["Uninvoiced amount"].tolist() == [865.25, 660]
    assert by_age["0–30 days"].tolist() == [465.25, 660]
    assert by_age["31–60 days"].tolist() == [400, 0]
    assert fees["Uninvoiced fixed fees"].sum() == 5800
    # Only what is billable and not billed.
    assert "6 entries · 20.50 hours" in captions(quarter)


def test_older_work_is_counted_at_a_click(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()
    assert "1 Jan 2026 – 31 Mar 2026" in captions(quarter)

    quarter.button(key="all_time").click().run()

    assert figures(quarter)[0] == ("Uninvoiced amount", "€965")
    assert "all_time" not in [button.key for button in quarter.button]


def test_a_selected_project_shows_its_entries(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    quarter.segmented_control(key="wip_by").set_value("Project").run()

    frame = quarter.dataframe[0].value
    assert frame["Project"].tolist() == ["Website (Acme)", "Brand", "Website (Borealis)"]


def test_what_cannot_follow_a_filter_is_left_out_and_said(quarter: AppTest) -> None:
    quarter.switch_page(PAGE).run()

    quarter.text_input(key="where").set_value('{"eq": {"user.id": 1}}').run()

    assert not quarter.error
    assert "Uninvoiced fixed fees" not in dict(figures(quarter))
    assert "a fixed fee is not recorded per user" in captions(quarter).replace("\\", "")


def test_an_account_without_records_has_nothing_uninvoiced(
    app: AppTest, told: Settings, tmp_path: Path
) -> None:
    published(tmp_path, {"company": RECORDS["company"]}, QUARTER.today).close()

    app.switch_page(PAGE).run()

    assert not app.exception
    assert not app.error
    assert "Nothing uninvoiced in this period" in captions(app)
