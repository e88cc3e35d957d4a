"""Tests of retainers on the sample account, with draws as payments and as lines.

Invoice 6 is a deposit of 5000. Invoice 7 of 16 March has 2000 of work, drawn from it. Without
deposits, EUR 4013.60 are invoiced and 1713.60 are owed. Today is 18 March 2026.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracle.checks import assert_values, make_oracle, ratio
from tests.oracle.metrics import Oracle
from tests.oracle.sample_account import (
    ACME,
    FEBRUARY,
    FIXED,
    MARCH,
    SITE,
    make_account,
    make_invoice,
    make_line_form,
    make_payment,
)

BOTH = pytest.mark.parametrize("draw", ["payment", "line"])


def read_euros(oracle: Oracle, metric_id: str, end: date = MARCH[1]) -> Any:
    """Return the value of a metric in EUR from 1 March, 0 without a key."""
    return oracle.value(metric_id, MARCH[0], end).get(("EUR",), 0)


def make_deposit(state: str, **fields: Any) -> dict[str, Any]:
    """Return a deposit of 800 as invoice 10, due on 15 March."""
    values = {"retainer": {"id": 2}, "lines": [(None, "Service", 800)]} | fields
    return make_invoice(10, ACME, 800, state, "2026-03-10", "2026-03-15", **values)


@BOTH
def test_draw_is_invoiced_but_no_cash(draw: str) -> None:
    oracle = make_oracle(retainer_draw=draw)
    days = (date(2026, 3, 16), date(2026, 3, 16))
    assert_values(oracle.value("invoice_count", *days), {(): 1})
    assert_values(oracle.value("invoiced_amount", *days), {"EUR": 2000})
    assert_values(oracle.value("paid_amount", *days), {})
    assert_values(oracle.value("collection_share", *days), {"EUR": 1})
    assert read_euros(oracle, "retainer_balance_amount", date(2026, 3, 2)) == 0
    assert read_euros(oracle, "retainer_balance_amount", date(2026, 3, 15)) == 5000
    assert read_euros(oracle, "retainer_balance_amount", date(2026, 3, 16)) == 3000
    assert_values(oracle.value("retainer_balance_amount", *FEBRUARY), {})


@pytest.mark.parametrize(("draw", "unpaid"), [("payment", 2000), ("line", 0)])
def test_draw_counts_on_day_of_payment_or_on_issue_date_of_line(draw: str, unpaid: int) -> None:
    account = make_account()
    account["invoice_payments"][6]["paid_date"] = "2026-03-17"
    oracle, day = make_oracle(account, retainer_draw=draw), date(2026, 3, 16)
    owed = read_euros(oracle, "outstanding_amount", day)
    assert float(owed) == pytest.approx(1713.6 + unpaid)
    assert read_euros(oracle, "retainer_balance_amount", day) == 3000 + unpaid
    assert read_euros(oracle, "retainer_balance_amount") == 3000
    account["invoice_payments"][6]["paid_date"] = "2026-03-19"  # after today
    share = make_oracle(account, retainer_draw=draw).value("collection_share", *MARCH)
    collected = {("EUR",): ratio(2340 - unpaid, "4013.6"), ("USD",): ratio(100, 490)}
    assert_values(share, collected)


@BOTH
def test_record_in_one_form_counts_in_both_readings(draw: str) -> None:
    account = make_account()
    account["invoices"][6] |= account["invoices"][6].pop("_line_form")
    del account["invoice_payments"][6]
    oracle = make_oracle(account, retainer_draw=draw)
    assert float(read_euros(oracle, "invoiced_amount")) == 4013.6
    assert read_euros(oracle, "retainer_balance_amount") == 3000
    account = make_account()
    del account["invoices"][6]["_line_form"]
    oracle = make_oracle(account, retainer_draw=draw)
    assert float(read_euros(oracle, "invoiced_amount")) == 4013.6
    assert read_euros(oracle, "retainer_balance_amount") == 3000


@BOTH
def test_unpaid_deposit_is_owed_but_neither_income_nor_liability(draw: str) -> None:
    account = make_account()
    account["invoices"].append(make_deposit("open"))
    oracle, expected = make_oracle(account, retainer_draw=draw), make_oracle(retainer_draw=draw)
    assert float(read_euros(oracle, "outstanding_amount")) == 2513.6  # 1713.60 + 800
    assert read_euros(oracle, "overdue_amount") == 800
    aging = oracle.value("outstanding_amount", *MARCH, by=("age_bucket",))
    assert aging[("1-30", "EUR")] == 800  # due 3 days ago
    assert read_euros(oracle, "retainer_balance_amount") == 3000
    for metric_id in ("invoice_count", "invoiced_amount", "dso", "collection_share"):
        assert oracle.value(metric_id, *MARCH) == expected.value(metric_id, *MARCH)


@BOTH
def test_draft_deposit_is_in_drafts_only(draw: str) -> None:
    account = make_account()
    account["invoices"].append(make_deposit("draft"))
    oracle = make_oracle(account, retainer_draw=draw)
    assert read_euros(oracle, "draft_amount") == 1799  # 999 + 800
    assert float(read_euros(oracle, "outstanding_amount")) == 1713.6


@BOTH
def test_deposit_written_off_in_part_leaves_its_payment_in_retainer(draw: str) -> None:
    account = make_account()
    account["invoices"].append(make_deposit("closed", closed_at="2026-03-12T09:00:00Z"))
    account["invoice_payments"].append(make_payment(10, "2026-03-11", 300))
    oracle = make_oracle(account, retainer_draw=draw)
    assert read_euros(oracle, "write_off_amount") == 570  # 70 of invoice 2 + 800 - 300
    assert read_euros(oracle, "retainer_balance_amount") == 3300
    assert float(read_euros(oracle, "outstanding_amount")) == 1713.6


@BOTH
def test_write_off_leaves_out_drawn_part(draw: str) -> None:
    account, lines = make_account(), [(SITE, "Service", 2500)]
    closed = make_invoice(
        7,
        ACME,
        2500,
        "closed",
        "2026-03-16",
        "2026-03-16",
        lines=lines,
        retainer={"id": 1},
        closed_at="2026-03-17T09:00:00Z",
        _line_form=make_line_form(lines, 2000),
    )
    account["invoices"][6] = closed
    oracle = make_oracle(account, retainer_draw=draw)
    assert read_euros(oracle, "write_off_amount") == 570  # 70 of invoice 2 + 2500 - 2000
    assert float(read_euros(oracle, "invoiced_amount")) == 4513.6  # 4013.60 + 500
    assert read_euros(oracle, "retainer_balance_amount") == 3000
    # (340 + 2000) / 4513.60
    share = oracle.value("collection_share", *MARCH, by=("client",))
    assert_values({(ACME, "EUR"): share[(ACME, "EUR")]}, {(ACME, "EUR"): ratio(2340, "4513.6")})


@BOTH
def test_fixed_fee_is_invoiced_by_lines_drawn_from_retainer(draw: str) -> None:
    account, lines = make_account(), [(FIXED, "Service", 2000)]
    account["invoices"][6] = make_invoice(
        7,
        ACME,
        2000,
        "paid",
        "2026-03-16",
        "2026-03-16",
        lines=lines,
        retainer={"id": 1},
        _line_form=make_line_form(lines, 2000),
    )
    # The draw line is no credit for the project, also where it is on the project.
    account["invoices"][6]["_line_form"]["line_items"][1]["project"] = {"id": FIXED}
    oracle = make_oracle(account, retainer_draw=draw)
    assert read_euros(oracle, "uninvoiced_fees_amount") == 100  # 3000 - 1000 x 0.9 - 2000
    assert read_euros(oracle, "uninvoiced_fees_amount", date(2026, 3, 15)) == 2100
    assert read_euros(oracle, "revenue_amount") == 4180  # 2900 are less than the fee of 3000


@BOTH
def test_invoice_of_retainer_with_time_or_draw_is_no_deposit(draw: str) -> None:
    account = make_account()
    account["invoices"].append(make_deposit("open"))
    account["time_entries"][1]["invoice"] = {"id": 10}
    oracle = make_oracle(account, retainer_draw=draw)
    assert float(read_euros(oracle, "invoiced_amount")) == 4813.6  # 4013.60 + 800
    assert read_euros(oracle, "retainer_balance_amount") == 3000
    account = make_account()
    account["invoices"].append(make_deposit("paid"))
    account["invoice_payments"].append(make_payment(10, "2026-03-12", 800, _draw=True))
    oracle = make_oracle(account, retainer_draw=draw)
    assert float(read_euros(oracle, "invoiced_amount")) == 4813.6
    assert read_euros(oracle, "retainer_balance_amount") == 2200  # 3000 - 800
