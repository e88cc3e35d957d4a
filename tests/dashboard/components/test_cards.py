"""The change on a card: of the period before, and none where there was next to nothing."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from tests.dashboard.components.conftest import TWO_WEEKS, publish
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

# What the studio has in the two weeks before TWO_WEEKS: 7 hours on 31 December.
BEFORE = "UPDATE time_facts SET rounded_hours = {hours}, rounded_amount = {amount} WHERE id = 11"


def changes(app: AppTest, page: str = "hours", period: str = TWO_WEEKS) -> dict[str, str]:
    app.query_params["period"] = period
    app.switch_page(f"../pages/{page}.py").run()
    assert not app.exception
    return {metric.label: metric.delta for metric in app.metric}


def test_card_shows_change_since_period_before(app: AppTest, told: Settings) -> None:
    publish(told.cache_dir, sql=BEFORE.format(hours=10, amount=960))

    found = changes(app)

    assert found["Hours"] == "+165.0%"  # 26.5 after 10
    assert found["Billable amount"] == "−50.0%"  # 480 after 960


@pytest.mark.parametrize("least", ["0", "0.000001", "0.004"])
def test_card_shows_no_percentage_of_next_to_nothing(
    app: AppTest, told: Settings, least: str
) -> None:
    publish(told.cache_dir, sql=BEFORE.format(hours=least, amount=least))

    found = changes(app)

    assert "%" not in found["Hours"]
    assert "%" not in found["Billable amount"]


def test_card_shows_no_change_since_what_is_unknown(
    app: AppTest, told: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVEST_TODAY", QUARTER.today.isoformat())
    records = json.loads(ACCOUNT.read_text("utf-8"))
    (before,) = (row for row in records["time_entries"] if row["spent_date"] < "2026")
    before["cost_rate"] = None
    published(tmp_path, records, QUARTER.today).close()

    found = changes(app, "profitability", "2026-01-01..2026-03-31")

    assert found["Cost"] == "—"
    assert found["Revenue"].startswith("+")


def test_card_shows_no_change_since_share_of_nothing(app: AppTest, told: Settings) -> None:
    publish(told.cache_dir, sql="DELETE FROM time_facts WHERE id = 11")

    assert changes(app)["Billable share"] == "—"
