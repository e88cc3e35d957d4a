"""Invoices of `tests/dashboard/metrics/account` on 31 March 2026, by hand.

| invoice | | due | amount | paid | outstanding |
|---|---|---|---|---|---|
| 2025-2 | EUR | 20 Dec | 150 | | 150, 101 days late |
| 2025-3 | USD | 19 Jan | 2000 | | 2000, 71 days late |
| 2026-1 | EUR | 14 Feb | 1190 | 500 on 10 Feb, 690 on 6 Mar | |
| 2026-2 | EUR | 20 Feb | 220 | | 220, 39 days late |
| 2026-3 | EUR | 3 Mar | 1000 | 400 on 20 Feb | 600, 28 days late |
| 2026-4 | EUR | 17 Mar | 4284 | | 4284, 14 days late |
| 2026-5 | EUR | 31 Mar | 250 | | 250, due today |
| 2026-6 | EUR | 17 Mar | 5000, deposit | 5000 | |
| 2026-7 | USD | 5 Apr | 75 | | 75 |
| 2026-8 | EUR | none | 800 | 800 | |
| 2026-9 | EUR | none | 300 | | 300 |
| 2026-10 | EUR | 14 Apr | 600 | | 600 |
| 2026-11 | EUR | 19 Apr | 999 | draft | |
| 2026-13 | EUR | 20 Jan | −300 | | a credit of 300, never late |

2025-1, of 700, was paid 200 and given up on 5 February.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    CLIENT_CREDIT_AMOUNT,
    DAYS_TO_PAY,
    INVOICED_AMOUNT,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    PAID_AMOUNT,
    Metric,
)
from dashboard.metrics.dimensions import AGE_BUCKET, CLIENT, CURRENCY
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS, Scope
from dashboard.reports import LISTINGS
from dashboard.reports.invoices import STATES
from dashboard.reports.overview import values_of
from dashboard.reports.table import Table
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published

TODAY = QUARTER.today
SCOPES = {
    "the quarter": QUARTER,
    "under way": replace(QUARTER, end=date(2026, 6, 30)),
    "a month": Scope(date(2026, 2, 1), date(2026, 2, 28), today=TODAY),
    "before a payment": Scope(date(2026, 1, 1), date(2026, 2, 4), today=TODAY),
    "last year": Scope(date(2025, 1, 1), date(2025, 12, 31), today=TODAY),
    "all ahead": Scope(date(2026, 5, 1), date(2026, 5, 31), today=TODAY),
    "one client": QUARTER.and_(parse({"eq": {"client.id": 20}}, FIELDS)),
    "open ones": QUARTER.and_(parse({"eq": {"invoice.state": "open"}}, FIELDS)),
    "nothing": QUARTER.and_(parse({"eq": {"client.id": 999}}, FIELDS)),
}
every_scope = pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    records = json.loads(ACCOUNT.read_text("utf-8"))
    records["company"]["base_uri"] = "https://studio.harvestapp.com"
    # One more, dated ahead.
    (last,) = (row for row in records["invoices"] if row["number"] == "2026-10")
    ahead = {"id": 5015, "number": "2026-12", "issue_date": "2026-04-10", "due_date": "2026-05-10"}
    records["invoices"].append({**last, **ahead})
    # A credit note whose due day is long gone, for a client who owes nothing else.
    credit = {"id": 5016, "number": "2026-13", "issue_date": "2026-01-10", "amount": -300}
    credit |= {"due_date": "2026-01-20", "due_amount": -300, "client": {"id": 30, "name": "Acme"}}
    records["invoices"].append({**last, **credit, "line_items": []})
    directory = tmp_path_factory.mktemp("account")
    with closing(published(directory, records, TODAY)) as snapshot:
        yield snapshot


def listed(account: Snapshot, name: str, scope: Scope = QUARTER) -> Table:
    return LISTINGS[name].make(account, scope, {})


def by_number(account: Snapshot, scope: Scope = QUARTER) -> dict[str, dict[str, Any]]:
    frame = listed(account, "invoices", scope).frame
    return {str(row["number"]): dict(row) for _, row in frame.iterrows()}


def figures(account: Snapshot, metric: Metric, scope: Scope) -> dict[Any, float]:
    frame = query_metrics(account, [metric], scope=scope).frame
    found = dict(zip(frame["currency"], frame[metric.id], strict=True))
    return {currency: value for currency, value in found.items() if value}


def sums(frame: pd.DataFrame, column: str) -> dict[Any, float]:
    found = frame.groupby("currency", dropna=False)[column].sum()
    return {str(currency): float(value) for currency, value in found.items() if value}


def test_invoices_are_those_of_the_period_and_those_still_open(account: Snapshot) -> None:
    rows = by_number(account)

    assert list(rows) == [
        "2025-2", "2025-3", "2026-2", "2026-3", "2026-4",  # the latest first
        "2026-11", "2026-10", "2026-9", "2026-8", "2026-7", "2026-6", "2026-5", "2026-1",
        "2026-13",
    ]  # fmt: skip
    assert {number: row["state"] for number, row in rows.items()} == {
        "2025-2": "late", "2025-3": "late", "2026-1": "paid", "2026-2": "late", "2026-3": "late",
        "2026-4": "late", "2026-5": "open", "2026-6": "paid", "2026-7": "open", "2026-8": "paid",
        "2026-9": "open", "2026-10": "open", "2026-11": "draft", "2026-13": "open",
    }  # fmt: skip
    assert [row["days_late"] for row in rows.values()][:5] == [101, 71, 39, 28, 14]
    assert pd.isna(rows["2026-5"]["days_late"])
    row = rows["2026-3"]
    assert (row["amount"], row["paid"], row["outstanding"]) == (1000, 400, 600)
    assert (row["client"], row["currency"]) == ("Acme", "EUR")
    assert (row["issued"], row["due"]) == (pd.Timestamp("2026-02-01"), pd.Timestamp("2026-03-03"))


def test_a_state_is_as_it_was_on_the_day_of_the_balance(account: Snapshot) -> None:
    rows = by_number(account, SCOPES["before a payment"])

    # Given up a day later, and paid in parts later still.
    assert (rows["2025-1"]["state"], rows["2025-1"]["outstanding"]) == ("late", 500)
    assert (rows["2026-1"]["state"], rows["2026-1"]["outstanding"]) == ("open", 1190)


def test_an_invoice_dated_ahead_is_open_but_not_owed_yet(account: Snapshot) -> None:
    row = by_number(account, SCOPES["under way"])["2026-12"]

    assert (row["state"], row["invoiced_amount"], row["outstanding"]) == ("open", 600, 0)


def test_what_was_given_up_is_written_off_from_then_on(account: Snapshot) -> None:
    scope = Scope(date(2025, 11, 1), date(2026, 2, 5), today=TODAY)

    row = by_number(account, scope)["2025-1"]

    assert (row["state"], row["outstanding"]) == ("written off", 0)
    assert (row["paid"], row["written_off"]) == (200, 500)


@every_scope
def test_rows_add_up_to_the_figures(account: Snapshot, scope: Scope) -> None:
    frame = listed(account, "invoices", scope).frame

    assert frame["id"].is_unique
    assert sums(frame, "invoiced_amount") == figures(account, INVOICED_AMOUNT, scope)
    assert sums(frame, "outstanding") == figures(account, OUTSTANDING_AMOUNT, scope)
    assert sums(frame, "overdue") == figures(account, OVERDUE_AMOUNT, scope)
    assert sums(frame, "credit") == figures(account, CLIENT_CREDIT_AMOUNT, scope)
    late = frame[frame["state"] == "late"]
    assert sums(late, "outstanding") == figures(account, OVERDUE_AMOUNT, scope)
    issued = frame[frame["issued_in_period"] & (frame["state"] != "draft")]
    issued = issued[issued["kind"] != "deposit"]
    assert sums(issued, "amount") == figures(account, INVOICED_AMOUNT, scope)


def test_the_quarter_by_hand(account: Snapshot) -> None:
    frame = listed(account, "invoices").frame

    assert sums(frame, "invoiced_amount") == {"EUR": 8644 - 300, "USD": 75}
    assert sums(frame, "outstanding") == {"EUR": 6404, "USD": 2075}
    assert sums(frame, "overdue") == {"EUR": 5254, "USD": 2000}


def test_notes_are_those_of_the_figures(account: Snapshot) -> None:
    scope = SCOPES["a month"]
    metrics = [INVOICED_AMOUNT, OUTSTANDING_AMOUNT, OVERDUE_AMOUNT]

    assert (
        listed(account, "invoices", scope).notes
        == query_metrics(account, metrics, scope=scope).notes
    )
    assert "Balances are as of 28 Feb 2026." in listed(account, "invoices", scope).notes
    assert "Balances are as of 28 Feb 2026." in listed(account, "invoices_to_call", scope).notes


def test_links_lead_to_the_invoice_in_harvest(account: Snapshot) -> None:
    listing = listed(account, "invoices")

    assert [column.id for column in listing.columns if column.is_link] == ["harvest"]
    assert by_number(account)["2026-3"]["harvest"] == (
        "https://studio.harvestapp.com/invoices/5002"
    )


def test_there_is_no_link_without_an_address_in_harvest(tmp_path: Any) -> None:
    records = json.loads(ACCOUNT.read_text("utf-8"))
    records["company"]["base_uri"] = "https://evil.example/.harvestapp.com"
    with closing(published(tmp_path, records, TODAY)) as snapshot:
        listing = listed(snapshot, "invoices")

    assert not any(column.is_link for column in listing.columns)
    assert "harvest" not in listing.frame


@pytest.mark.parametrize("name", ["invoices", "invoices_to_call"])
def test_a_filter_that_invoices_do_not_know_is_refused(account: Snapshot, name: str) -> None:
    scope = QUARTER.and_(parse({"eq": {"user.id": 1}}, FIELDS))

    with pytest.raises(MetricError, match="user.id"):
        listed(account, name, scope)


def test_credit_note_is_neither_late_nor_on_the_list_of_whom_to_call(account: Snapshot) -> None:
    row = by_number(account)["2026-13"]

    assert (row["kind"], row["state"], row["outstanding"]) == ("credit note", "open", 0)
    assert (row["credit"], row["overdue"]) == (300, 0)
    assert pd.isna(row["days_late"])
    assert 30 not in listed(account, "invoices_to_call").frame["client_id"].tolist()


@every_scope
def test_overview_counts_as_many_overdue_invoices_as_there_are_late_ones(
    account: Snapshot, scope: Scope
) -> None:
    late = (listed(account, "invoices", scope).frame["state"] == "late").sum()

    assert values_of(listed(account, "overview", scope))["overdue_invoices", None] == late


def test_who_to_call_first(account: Snapshot) -> None:
    frame = listed(account, "invoices_to_call").frame

    columns = ["client_id", "currency", "overdue", "outstanding", "late_invoices", "days_late"]
    found = frame[columns].astype(object).where(frame[columns].notna(), None)
    assert found.to_numpy().tolist() == [
        [10, "EUR", 5254, 6404, 4, 101],
        [20, "USD", 2000, 2000, 1, 71],
        [10, "USD", 0, 75, 0, None],
    ]
    assert frame["oldest_due"].tolist()[:2] == [
        pd.Timestamp("2025-12-20"), pd.Timestamp("2026-01-19"),
    ]  # fmt: skip
    # 200 × 39 + 500 × 26 + 690 × 50 + 400 × 19 + 5000 × 15 days, over 6790.
    assert frame["days_to_pay"].tolist()[0] == pytest.approx(137900 / 6790)
    assert frame["days_to_pay"].isna().tolist() == [False, True, True]


@every_scope
def test_calls_add_up_and_agree_with_the_invoices(account: Snapshot, scope: Scope) -> None:
    frame = listed(account, "invoices_to_call", scope).frame

    assert sums(frame, "outstanding") == figures(account, OUTSTANDING_AMOUNT, scope)
    assert sums(frame, "overdue") == figures(account, OVERDUE_AMOUNT, scope)
    invoices = listed(account, "invoices", scope).frame
    assert frame["late_invoices"].sum() == (invoices["state"] == "late").sum()


def test_usual_days_are_those_of_the_year_before(account: Snapshot) -> None:
    scope = SCOPES["a month"]
    year = replace(scope, start=date(2025, 3, 1))

    frame = listed(account, "invoices_to_call", scope).frame

    wanted = query_metrics(account, [DAYS_TO_PAY], by=[CLIENT], scope=year).frame
    assert frame["days_to_pay"].tolist()[0] == wanted[DAYS_TO_PAY.id].tolist()[0]


@every_scope
def test_bars_have_the_rows_they_count(account: Snapshot, scope: Scope) -> None:
    whole = listed(account, "invoices", scope).frame
    bars = query_metrics(
        account, (OUTSTANDING_AMOUNT,), by=[CURRENCY, AGE_BUCKET], scope=scope
    ).frame

    for bar in bars.to_dict("records"):
        also = {"age": bar["age_bucket"], "currency": bar["currency"]}
        rows = LISTINGS["invoices"].make(account, scope, also).frame
        assert rows["outstanding"].sum() == pytest.approx(bar["outstanding_amount"])
    for state in STATES:
        rows = LISTINGS["invoices"].make(account, scope, {"state": state}).frame
        counted = whole[(whole["state"] == state) & whole["issued_in_period"]]
        assert rows["id"].tolist() == counted["id"].tolist()


@pytest.mark.parametrize("also", [{"age": "30"}, {"state": "closed"}])
def test_a_bar_that_there_is_not_is_refused(account: Snapshot, also: dict[str, str]) -> None:
    with pytest.raises(MetricError, match="There is no"):
        LISTINGS["invoices"].make(account, QUARTER, also)


def test_what_was_selected_is_said_with_the_rows(account: Snapshot) -> None:
    also = {"age": "1-30", "currency": "EUR"}

    notes = LISTINGS["invoices"].make(account, QUARTER, also).notes

    assert "Only those of age 1-30, currency EUR, as selected." in notes


def test_aging_is_the_table_above_by_days_past_due(account: Snapshot) -> None:
    frame = listed(account, "aging").frame

    assert sums(frame, "current") == {"EUR": 850, "USD": 75}  # due today is not overdue
    assert sums(frame, "no due date") == {"EUR": 300}
    assert sums(frame, "1-30") == {"EUR": 4884}
    assert sums(frame, "31-60") == {"EUR": 220}
    assert sums(frame, "61-90") == {"USD": 2000}
    assert sums(frame, "90+") == {"EUR": 150}
    assert not frame.duplicated(["client", "client_id", "currency"]).any()


@every_scope
def test_aging_adds_up_to_outstanding(account: Snapshot, scope: Scope) -> None:
    frame = listed(account, "aging", scope).frame

    assert sums(frame, OUTSTANDING_AMOUNT.id) == pytest.approx(
        figures(account, OUTSTANDING_AMOUNT, scope)
    )


@every_scope
def test_months_add_up_to_invoiced_and_paid(account: Snapshot, scope: Scope) -> None:
    frame = listed(account, "invoices_by_month", scope).frame

    for metric in (INVOICED_AMOUNT, PAID_AMOUNT):
        assert sums(frame, metric.id) == pytest.approx(figures(account, metric, scope))


def test_last_month_has_the_balance_at_the_end_of_the_period(account: Snapshot) -> None:
    frame = listed(account, "invoices_by_month").frame

    march = frame[frame["month"].astype(str).str.startswith("2026-03")]
    assert sums(march, OUTSTANDING_AMOUNT.id) == figures(account, OUTSTANDING_AMOUNT, QUARTER)
