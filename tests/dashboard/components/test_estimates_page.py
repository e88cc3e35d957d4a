"""The estimates page on `tests/dashboard/metrics/account`, on 31 March 2026."""

import json
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from tests.dashboard.components.conftest import in_currency
from tests.dashboard.metrics.conftest import ACCOUNT
from tests.dashboard.metrics.publishing import published as publish_records

LAST = date(2026, 3, 31)


@pytest.fixture
def account(told: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    records = json.loads(ACCOUNT.read_text("utf-8"))
    publish_records(told.cache_dir.parent, records, LAST).close()
    monkeypatch.setenv("HARVEST_TODAY", LAST.isoformat())
    return told


def opened(app: AppTest, **parameters: str) -> AppTest:
    asked = {"period": "2026-01-01..2026-03-31", "compare": "none", **parameters}
    for name, value in asked.items():
        app.query_params[name] = value
    return app.switch_page("../pages/estimates.py").run()


def test_estimates_answers_its_question(app: AppTest, account: Settings) -> None:
    opened(app)

    assert not app.exception
    assert not app.error
    # Accepted 3 of 4; 2300 of 2800 EUR, and all 4000 USD.
    assert [(metric.label, metric.value) for metric in app.metric] == [
        ("Estimates", "4"),
        ("Win rate", "75.0%"),
        ("Estimated", "€3,500"),
        ("Draft estimates", "€750"),
        ("Win rate by amount", "82.1%"),
    ]
    assert in_currency(app, "USD") == (
        "USD: Estimated $4,000 · Draft estimates $0 · Win rate by amount 100.0%"
    )


def test_its_tables_are_the_open_ones_and_all(app: AppTest, account: Settings) -> None:
    opened(app)

    still_open, estimates = (frame.value for frame in app.dataframe)
    assert still_open["Number"].tolist() == ["E-4"]
    assert still_open["Days open"].tolist() == [30]
    assert estimates["Number"].tolist() == ["E-6", "E-5", "E-4", "E-3", "E-2", "E-1"]


def test_a_rate_over_nothing_is_no_zero(app: AppTest, account: Settings) -> None:
    opened(app, period="2026-02-01..2026-02-28")

    assert ("Win rate", "—") in [(metric.label, metric.value) for metric in app.metric]


def test_none_is_said(app: AppTest, account: Settings) -> None:
    opened(app, where='{"eq": {"client.id": 999}}')

    assert not app.exception
    said = "\n".join(caption.value for caption in app.caption)
    assert "No open estimates." in said
    assert "None was issued in this period." in said


def test_a_bar_shows_the_estimates_it_counts(app: AppTest, account: Settings) -> None:
    opened(app)
    point = {"curve_number": 0, "point_index": 2, "customdata": "accepted"}

    app.session_state["Estimates by status_EUR_0"] = {"selection": {"points": [point]}}
    app.run()

    assert not app.exception
    shown = app.dataframe[1].value
    assert shown["State"].unique().tolist() == ["accepted"]
    assert shown["Currency"].unique().tolist() == ["EUR"]
    urls = [block.proto.url for block in app.get("link_button")]
    assert any("estimates.csv" in url and "state=accepted&currency=EUR" in url for url in urls)
    app.button(key="clear_estimates").click().run()
    assert len(app.dataframe[1].value) == 6
