"""The Overview page: its figures are the metrics', whatever the filter leaves of them."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.formatting import Formats
from dashboard.config.settings import Settings
from dashboard.metrics.catalog import METRICS, Unit
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports.overview import overview_table
from dashboard.store.snapshots import Snapshot, open_current
from tests.dashboard.metrics.publishing import published
from tests.dashboard.reports.test_projects import MARCH, RECORDS, TODAY

PERIOD = "2026-03-01..2026-03-31"


def invoice(id: int, state: str, amount: float, due: str | None, **more: Any) -> dict[str, Any]:
    dollars = id >= 20
    plain = {
        "id": id,
        "number": str(id),
        "client": {"id": 20 if dollars else 10, "name": ""},
        "currency": "USD" if dollars else "EUR",
        "state": state,
        "amount": amount,
        "due_amount": amount,
        "issue_date": "2026-03-02",
        "due_date": due,
        "created_at": "2026-03-02T09:00:00Z",
        "updated_at": "2026-03-02T09:00:00Z",
    }
    return plain | more


# Due on 27 March, the day of the balances, is not late.
INVOICES = [
    invoice(1, "open", 100, "2026-03-26"),
    invoice(2, "open", 40, "2026-03-27"),
    invoice(3, "draft", 7, "2026-03-30"),
    invoice(
        4, "paid", 60, "2026-03-09", due_amount=0, paid_date="2026-03-10",
        paid_at="2026-03-10T09:00:00Z",
    ),
    invoice(20, "open", 250, "2026-03-20"),
]  # fmt: skip
# 1 January is more than 60 days before 27 March, 2 February is not.
OLD = {
    "id": 900, "spent_date": "2026-01-01", "user": {"id": 1, "name": ""},
    "client": {"id": 10, "name": ""}, "project": {"id": 114, "name": ""},
    "task": {"id": 1, "name": ""}, "hours": 3, "rounded_hours": 3, "billable": True,
    "budgeted": False, "billable_rate": 50, "is_billed": False, "is_running": False,
}  # fmt: skip


@pytest.fixture
def agency(told: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HARVEST_TODAY", TODAY.isoformat())
    entries = [*RECORDS["time_entries"], OLD]
    published(tmp_path, {**RECORDS, "time_entries": entries, "invoices": INVOICES}, TODAY).close()
    return told


@pytest.fixture
def snapshot(agency: Settings) -> Any:
    found = open_current(agency.cache_dir, "1")
    yield found
    found.close()


def opened(app: AppTest, **parameters: str) -> AppTest:
    for name, value in {"period": PERIOD, **parameters}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value == "Overview"
    return app


def figures(app: AppTest) -> list[tuple[str, str]]:
    return [(metric.label, metric.value) for metric in app.metric]


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption).replace("\\", "")


def listed(snapshot: Snapshot, scope: Scope = MARCH) -> dict[tuple[str, str | None], float]:
    frame = overview_table(snapshot, scope, {}).frame
    return {
        (row["metric"], row["currency"] if isinstance(row["currency"], str) else None): row["value"]
        for row in frame.to_dict("records")
    }


def test_every_figure_equals_the_metric(snapshot: Snapshot) -> None:
    found = listed(snapshot)
    asked = {name for name, _ in found if name in METRICS}

    assert {"hours", "utilization", "billable_amount", "overdue_amount", "paid_amount"} <= asked
    for name in asked:
        metric = METRICS[name]
        for row in query_metrics(snapshot, [metric], scope=MARCH).frame.to_dict("records"):
            assert found[name, row.get("currency")] == pytest.approx(row[name])


def test_what_needs_somebody_by_hand(snapshot: Snapshot) -> None:
    found = listed(snapshot)

    assert found["overdue_invoices", None] == 2
    assert found["overdue_amount", "EUR"] == 100
    assert found["not_due_amount", "EUR"] == 40
    assert found["not_due_amount", "USD"] == 0
    assert found["overdue_amount", "USD"] == 250
    assert found["draft_amount", "EUR"] == 7
    assert found["paid_amount", "EUR"] == 60
    assert found["projects_over_budget", None] == 1
    assert found["projects_at_risk", None] == 4
    assert found["uninvoiced_old_amount", "EUR"] == 150


def test_what_is_old_is_so_whatever_the_period(snapshot: Snapshot) -> None:
    week = Scope(date(2026, 3, 23), date(2026, 3, 27), today=TODAY)

    assert listed(snapshot, week)["uninvoiced_old_amount", "EUR"] == 150


def test_the_screen_shows_the_listing_in_one_currency_and_writes_the_others(
    app: AppTest, snapshot: Snapshot
) -> None:
    opened(app)

    found, formats = listed(snapshot), Formats()
    assert figures(app) == [
        ("Hours", formats.format_headline(found["hours", None], Unit.HOURS)),
        ("Utilization", formats.format_headline(found["utilization", None], Unit.SHARE)),
        ("Billable amount", "€12,855"),
        ("Uninvoiced amount", "€12,855"),
        ("Outstanding", "€140"),
        ("Overdue", "€100"),
    ]
    assert found["billable_amount", "EUR"] == found["uninvoiced_amount", "EUR"] == 12855
    assert (
        "USD: Billable amount $100 · Uninvoiced amount $100 · Outstanding $250 · Overdue $250"
        in captions(app)
    )


def test_what_needs_somebody_links_to_its_page(app: AppTest, agency: Settings) -> None:
    opened(app)

    links = {
        re.sub(r"\\", "", link.proto.label): (link.proto.page, link.proto.query_string)
        for link in app.get("page_link")
    }
    assert {label: page for label, (page, _) in links.items()} == {
        "2 overdue invoices": "invoices",
        "1 project over budget": "projects",
        "Uninvoiced over 60 days": "wip",
    }
    assert "period=all" in links["Uninvoiced over 60 days"][1]
    assert "€100 · $250" in captions(app)


def test_what_a_filter_leaves_no_meaning_is_left_out_and_said(
    app: AppTest, agency: Settings
) -> None:
    opened(app, where='{"eq": {"user.id": 1}}')

    assert [label for label, _ in figures(app)] == [
        "Hours", "Utilization", "Billable amount", "Uninvoiced amount", "Billable share",
        "Billable hours without rate",
    ]  # fmt: skip
    assert "Outstanding cannot be filtered by user.id" in captions(app)
    assert "Budget cannot be filtered by user.id" in captions(app)


def test_an_account_without_records_needs_nobody(
    app: AppTest, told: Settings, tmp_path: Path
) -> None:
    published(tmp_path, {}, date(2026, 1, 15)).close()

    opened(app)

    assert dict(figures(app))["Utilization"] == "—"
    assert dict(figures(app))["Hours"] == "0.00"
    assert "Nothing needs attention." in captions(app)
