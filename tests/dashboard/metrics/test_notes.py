"""What must be said beside a number is said, and nothing is said where there is no need."""

import copy
import json
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    CAPACITY_HOURS,
    DAYS_TO_PAY,
    EXPENSE_AMOUNT,
    GROSS_MARGIN_AMOUNT,
    HOURS,
    INVOICED_AMOUNT,
    OUTSTANDING_AMOUNT,
    PAID_AMOUNT,
    UTILIZATION,
)
from dashboard.metrics.dimensions import CLIENT, MONTH
from dashboard.metrics.execute import query_metrics, rollup
from dashboard.metrics.scope import FIELDS, Scope
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER, Studio
from tests.dashboard.metrics.publishing import published

RECONSTRUCTED = "Some partial-payment dates are estimated"


def filtered(document: Any) -> Scope:
    return replace(QUARTER, where=parse(document, FIELDS))


def test_a_balance_of_a_day_gone_by_says_that_there_is_no_history(account: Snapshot) -> None:
    notes = query_metrics(
        account, [OUTSTANDING_AMOUNT], scope=replace(QUARTER, end=date(2026, 2, 28))
    ).notes

    assert notes[0] == "Balances are as of 28 Feb 2026."
    assert "Harvest keeps no history" in notes[1]


def test_a_balance_of_a_day_to_come_is_todays_and_says_so(account: Snapshot) -> None:
    ahead = replace(QUARTER, start=date(2026, 4, 1), end=date(2026, 4, 30))

    notes = query_metrics(account, [OUTSTANDING_AMOUNT], scope=ahead).notes

    assert notes[0] == "Balances are as of 31 Mar 2026, today."


def test_a_balance_of_today_needs_no_note_but_its_course_does(account: Snapshot) -> None:
    borealis = filtered({"eq": {"client.id": 20}})

    assert query_metrics(account, [OUTSTANDING_AMOUNT], scope=borealis).notes == ()
    (note,) = query_metrics(account, [OUTSTANDING_AMOUNT], by=[MONTH], scope=borealis).notes
    assert "Harvest keeps no history" in note


def test_payments_that_nobody_told_us_are_marked_as_reconstructed(account: Snapshot) -> None:
    (note,) = query_metrics(account, [PAID_AMOUNT], scope=QUARTER).notes

    assert note.startswith(RECONSTRUCTED)
    assert (
        query_metrics(account, [DAYS_TO_PAY], scope=filtered({"eq": {"invoice.id": 5001}})).notes
        == ()
    )
    assert query_metrics(account, [INVOICED_AMOUNT], scope=QUARTER).notes == ()


@pytest.mark.parametrize("month", [1, 2, 3])
def test_a_payment_outside_the_period_is_not_spoken_of(account: Snapshot, month: int) -> None:
    scope = replace(QUARTER, start=date(2026, month, 1), end=date(2026, month, 28))
    there = account.rows(
        "SELECT 1 FROM payment_facts WHERE is_reconstructed AND day BETWEEN ? AND ?",
        (scope.start, scope.end),
    )

    notes = query_metrics(account, [PAID_AMOUNT], scope=scope).notes

    assert any(note.startswith(RECONSTRUCTED) for note in notes) == bool(there)


def test_without_payments_all_are_made_from_what_invoices_say(tmp_path: Path) -> None:
    records = copy.deepcopy(json.loads(ACCOUNT.read_text("utf-8")))
    records["invoice_payments"] = []

    with closing(published(tmp_path, records, QUARTER.today)) as account:
        owed = query_metrics(account, [OUTSTANDING_AMOUNT], scope=QUARTER).frame
        paid = query_metrics(account, [PAID_AMOUNT], by=[MONTH], scope=QUARTER)

    # Today is right whatever is known; 5001 is paid in March as a whole, and the part of 5002 is
    # dated by the invoice's last change, in March too. Of 5006, 500 of 700 are shown as due.
    assert owed["outstanding_amount"].tolist() == [6404, 2075]
    assert paid.frame["paid_amount"].tolist() == [200, 7390]
    assert paid.notes[0].startswith(RECONSTRUCTED)


def test_a_margin_says_whose_cost_is_unknown(account: Snapshot) -> None:
    only_ada = query_metrics(
        account, [GROSS_MARGIN_AMOUNT], scope=filtered({"eq": {"client.id": 30}})
    ).notes
    dollars = query_metrics(
        account, [GROSS_MARGIN_AMOUNT], scope=filtered({"eq": {"client.id": 20}})
    ).notes

    assert only_ada == ()
    assert dollars == ("Cost is in EUR, so gross margin is unknown for amounts in USD.",)


@pytest.mark.parametrize(("symbol", "share"), [(".", "81.6 %"), (",", "81,6 %")])
def test_a_share_is_written_as_the_account_writes_numbers(
    tmp_path: Path, symbol: str, share: str
) -> None:
    records = json.loads(ACCOUNT.read_text("utf-8"))
    records["company"]["decimal_symbol"] = symbol

    with closing(published(tmp_path, records, QUARTER.today)) as snapshot:
        notes = query_metrics(snapshot, [GROSS_MARGIN_AMOUNT], scope=QUARTER).notes

    assert notes[-1].endswith(f"known for {share} of the hours.")


def test_where_nobody_tells_the_currency_of_cost_a_margin_says_how_to(tmp_path: Path) -> None:
    records = json.loads(ACCOUNT.read_text("utf-8"))
    del records["company"]["currency"]

    with closing(published(tmp_path, records, QUARTER.today)) as silent:
        found = query_metrics(silent, [GROSS_MARGIN_AMOUNT], scope=QUARTER)
    with closing(published(tmp_path, records, QUARTER.today, currency="EUR")) as told:
        again = query_metrics(told, [GROSS_MARGIN_AMOUNT], scope=QUARTER)

    assert found.frame["gross_margin_amount"].isna().all()
    assert "unknown for amounts in EUR, USD: set HARVEST_CURRENCY" in found.notes[0]
    assert again.frame["gross_margin_amount"].tolist()[0] == 10720


def test_a_filter_that_one_of_several_facts_does_not_know_is_refused(account: Snapshot) -> None:
    on_task = filtered({"eq": {"task.id": 1000}})

    query_metrics(account, [HOURS], scope=on_task)
    with pytest.raises(MetricError, match="Gross margin cannot be filtered by task.id"):
        query_metrics(account, [GROSS_MARGIN_AMOUNT], scope=on_task)
    with pytest.raises(MetricError, match=r"Hours cannot be filtered by invoice\.state"):
        query_metrics(account, [HOURS], scope=filtered({"eq": {"invoice.state": "open"}}))
    either = filtered({"or": [{"eq": {"client.id": 10}}, {"eq": {"task.id": 1000}}]})
    with pytest.raises(MetricError, match=r"expenses are not recorded per task\.id"):
        query_metrics(account, [EXPENSE_AMOUNT], scope=either)


def test_capacity_beside_amounts_of_invoices_in_several_currencies_is_refused(
    account: Snapshot,
) -> None:
    with pytest.raises(MetricError, match=r"amounts in several \(EUR, USD\)"):
        query_metrics(account, [INVOICED_AMOUNT, CAPACITY_HOURS], scope=QUARTER)


def test_a_balance_has_no_subtotal_over_periods(account: Snapshot) -> None:
    with pytest.raises(MetricError, match="no sum over periods"):
        rollup(account, [OUTSTANDING_AMOUNT], CLIENT, MONTH, QUARTER)
    frame = rollup(account, [OUTSTANDING_AMOUNT], MONTH, CLIENT, QUARTER).frame
    assert frame[frame["level"] == 0]["outstanding_amount"].tolist() == [
        2060, 2000, 5944, 2000, 6404, 2075,
    ]  # fmt: skip


def test_a_copy_from_before_a_fact_was_kept_says_what_to_do(studio_after: Studio) -> None:
    old = studio_after("")

    query_metrics(old, [UTILIZATION], scope=replace(QUARTER, start=date(2026, 1, 5)))
    with pytest.raises(MetricError, match="needs a newer sync") as raised:
        query_metrics(old, [INVOICED_AMOUNT], scope=QUARTER)
    assert raised.value.remedy == "Sync once more."
