"""Tests of the oracle on one tiny account whose values are worked out by hand.

Today is Wednesday, 18 March 2026.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.catalogue import BALANCES, FACTS, MARGINS, METRICS, supported_dimensions
from tests.oracle.checks import assert_values, make_oracle, ratio
from tests.oracle.facts import Row, age_bucket
from tests.oracle.metrics import Key
from tests.oracle.periods import TIME_DIMENSIONS, Calendar
from tests.oracle.readings import parse_number, round_money, to_decimal
from tests.oracle.sample_account import (
    ACME,
    ADA,
    APP,
    BEN,
    BIRCH,
    DEE,
    DEVELOPMENT,
    FEBRUARY,
    FIXED,
    INTERNAL,
    KOBE,
    MARCH,
    SITE,
    TODAY,
    make_account,
    make_entry,
    make_expense,
    make_invoice,
    make_user,
)

#: Metric, dimensions, values of March 2026 (to date where the metric says so).
CASES: list[tuple[str, tuple[str, ...], dict[Any, Any]]] = [
    # 1.25 + 1.25 + 3 + 2 + 4 + 1.5 + 3 x 8 + 5 + 0.5 + 1.5 + 16; rounding the sum gives 59.75
    ("hours", (), {(): 60}),
    # Cyd 5; Dee 4; Ben 3 + 24; Ada 2.5 + 2 + 1.5 + 0.5 + 1.5 + 16. Ada is an Analyst first
    ("hours", ("role",), {"Analyst": 24, "Designer": 5, None: 31}),
    # 20 March lies ahead of today; 18 to 1 days old is the rest
    ("hours", ("age_bucket",), {"current": 16, "1-30": 44}),
    # 2 x 1.1 in the place of 2 x 1.25
    ("raw_hours", (), {(): "59.7"}),
    # 2.5 + 3 + 2 (fixed fee) + 4 (rate 0) + 5 + 0.5 + 1.5
    ("billable_hours", (), {(): "18.5"}),
    # 1.5 + 24 + 16
    ("nonbillable_hours", (), {(): "41.5"}),
    # 18.5 / 60
    ("billable_share", (), {(): ratio("18.5", 60)}),
    # EUR 2.5 x 100 + 5 x 60 + 0.5 x 100; USD 3 x 80; JPY 1.5 x 1000.5. The fixed fee is left out
    ("billable_amount", (), {"EUR": 600, "USD": 240, "JPY": "1500.75"}),
    # Dee's entry with rate 0
    ("unpriced_hours", ("user",), {DEE: 4}),
    # EUR 600 / (2.5 + 5 + 0.5); USD 240 / 3, without the 4 h of rate 0; JPY 1500.75 / 1.5
    ("average_rate", (), {"EUR": 75, "USD": 80, "JPY": "1000.5"}),
    # EUR 600 / (8 + 1.5 + 40 of leave); USD 240 / (3 + 4)
    ("effective_rate", (), {"EUR": ratio(600, "49.5"), "USD": ratio(240, 7), "JPY": "1000.5"}),
    # (2.5 + 2 + 1.5 + 0.5 + 1.5) x 50 + 5 x 20, all in EUR; no or zero rates are unknown
    ("cost_amount", (), {"EUR": 500}),
    (
        "cost_amount",
        ("user",),
        {(1, "EUR"): 400, (2, "EUR"): None, (3, "EUR"): 100, (4, "EUR"): None},
    ),
    # 18.5 - 1.25 invoiced
    ("uninvoiced_hours", (), {(): "17.25"}),
    # EUR 600 - 125 + expense 40; USD 240, its expense is invoiced
    ("uninvoiced_amount", (), {"EUR": 515, "USD": 240, "JPY": "1500.75"}),
    # FIXED 3000 - 1000 x 0.9; UNDATED 500 - 600 x 0.9 is not below 0
    ("uninvoiced_fees_amount", ("project",), {(FIXED, "EUR"): 2100}),
    # Ada 40 + 32 (holiday) + 3 x 6; Ben 0 + 4 x 4.8 + 3 x 4.8; Dee 4.
    # Ada's week of the 16th: 4 x 8 - 8 = 24 of 32 are left, 8 x 24 / 32 = 6 a day
    ("capacity_hours", ("user",), {ADA: 90, BEN: "33.6", DEE: 4}),
    # Ben's week of the 2nd: 5 x 4.8 - 3 x 8 = 0, not 2 x 4.8 = 9.6
    (
        "capacity_hours",
        ("contractor", "week"),
        {
            (False, date(2026, 3, 2)): 44,
            (False, date(2026, 3, 9)): 32,
            (False, date(2026, 3, 16)): 18,
            (True, date(2026, 3, 9)): "19.2",
            (True, date(2026, 3, 16)): "14.4",
        },
    ),
    # 13 weekdays to date: 13 x 8 + 13 x 4.8 + 4
    ("gross_capacity_hours", (), {(): "170.4"}),
    # 18.5 - 5 of Cyd, who has no capacity, / (90 + 33.6 + 4)
    ("utilization", (), {(): ratio("13.5", "127.6")}),
    # (60 - 40 of leave - 5) / 127.6
    ("total_utilization", (), {(): ratio(15, "127.6")}),
    # (60 - 16 ahead of today - 5) / 170.4
    ("harvest_utilization", (), {(): ratio(39, "170.4")}),
    # 60 - 24 - 16
    ("worked_hours", (), {(): 20}),
    # SITE 20 + APP 10, the task without a number adds none; SHOP has no number at all
    ("budget", (), {"hours": 30, "EUR": 1000}),
    # SITE 2.5 + 5 + 0.5, February is another month; APP 3; FIXED 2 x 110 + 40
    ("budget_spent", (), {"hours": 11, "EUR": 260}),
    # 30 - 11; 1000 - 260
    ("budget_remaining", (), {"hours": 19, "EUR": 740}),
    # 8 / 20; 3 / 10; 260 / 1000
    (
        "budget_used_share",
        ("project",),
        {(SITE, "hours"): ratio(8, 20), (APP, "hours"): ratio(3, 10), (FIXED, "EUR"): "0.26"},
    ),
    # 1, 3, 4, 7, 8, 9; neither draft 5 nor deposit 6
    ("invoice_count", (), {(): 6}),
    # EUR 300 + 2000 + 1713.60, no deposit; USD 500 + 50 - 60
    ("invoiced_amount", (), {"EUR": "4013.6", "USD": 490}),
    # Invoice 5
    ("draft_amount", (), {"EUR": 999}),
    # EUR 200 + 140 + 5000, the draw is no cash; USD 120 - 20
    ("paid_amount", (), {"EUR": 5340, "USD": 100}),
    # EUR 1713.60, invoice 1 is 0 and not -40; USD 400 + 50, the credit note stands apart
    ("outstanding_amount", (), {"EUR": "1713.6", "USD": 450}),
    (
        "outstanding_amount",
        ("age_bucket",),
        {("no due date", "EUR"): "1713.6", ("1-30", "USD"): 400, ("current", "USD"): 50},
    ),
    # Due on the 17th; not due today, not without due date, not the credit note
    ("overdue_amount", (), {"USD": 400}),
    # 340 - 300, which was due on the 10th; 60, dated the 9th. A credit is never late
    ("client_credit_amount", ("age_bucket",), {("current", "EUR"): 40, ("current", "USD"): 60}),
    # 5000 - 2000
    ("retainer_balance_amount", ("client",), {(ACME, "EUR"): 3000}),
    # 18 days to date
    ("dso", (), {"EUR": 18 * ratio("1713.6", "4013.6"), "USD": 18 * ratio(450, 490)}),
    # EUR (200 x 4 + 140 x 11 + 5000 x 2) / 5340; USD (120 x 8 - 20 x 9) / 100
    ("days_to_pay", (), {"EUR": ratio(12340, 5340), "USD": "7.8"}),
    # EUR (340 + 2000 of the draw) / 4013.60, the deposit in neither; USD 100 / 490
    ("collection_share", (), {"EUR": ratio(2340, "4013.6"), "USD": ratio(100, 490)}),
    # 100 - 30, by the closing day
    ("write_off_amount", (), {"EUR": 70}),
    # EUR 40 + 25; USD 30
    ("expense_amount", (), {"EUR": 65, "USD": 30}),
    # EUR 40, not the 25 that are not billable; USD 30, invoiced or not
    ("billable_expense_amount", ("expense_category",), {(7, "EUR"): 40, (7, "USD"): 30}),
    # EUR 40; the other two are invoiced or not billable
    ("uninvoiced_expense_amount", (), {"EUR": 40}),
    # Declined, sent and accepted; the draft does not count, the first is of February
    ("estimate_count", (), {(): 3}),
    # EUR 3000 + 500; USD 200
    ("estimate_amount", (), {"EUR": 3500, "USD": 200}),
    # The draft of 4 March
    ("draft_estimate_amount", (), {"EUR": 70}),
    # By decision day: two accepted, one declined
    ("win_rate", (), {(): ratio(2, 3)}),
    # EUR 1000 / (1000 + 3000); USD 200 / 200
    ("win_rate_amount", (), {"EUR": ratio(1, 4), "USD": 1}),
    # EUR 600 + 40 + 3000 (30 days x 100) + 540 as invoiced; USD 240 + 30
    ("revenue_amount", (), {"EUR": 4180, "USD": 270, "JPY": "1500.75"}),
    # EUR 4180 - (500 - 1.5 x 50 for KOBE) - 65; others pay in another currency
    ("gross_margin_amount", (), {"EUR": 3690, "USD": None, "JPY": None}),
    # 3690 / 4180
    ("margin_share", (), {"EUR": ratio(3690, 4180), "USD": None, "JPY": None}),
    # 60 - 3 - 4 - 40 of leave
    ("cost_coverage", (), {(): ratio(13, 60)}),
]


#: Sums without unknown parts.
ADDITIVE = [m for m in METRICS if METRICS[m].over is None and m not in MARGINS]


@pytest.mark.parametrize("draw", ["payment", "line"])
@pytest.mark.parametrize(("metric_id", "by", "expected"), CASES)
def test_value_of_march_equals_value_by_hand(
    metric_id: str, by: tuple[str, ...], expected: dict[Any, Any], draw: str
) -> None:
    assert_values(make_oracle(retainer_draw=draw).value(metric_id, *MARCH, by=by), expected)


def test_cases_cover_every_metric() -> None:
    assert {case[0] for case in CASES} == set(METRICS)


def test_tables_have_metrics_and_dimensions_of_catalogue() -> None:
    text = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    metrics, dimensions = text.split("## Dimensions")
    assert set(re.findall(r"^\| `(\w+)` \|", metrics, re.MULTILINE)) == set(METRICS)
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.+) \|$", dimensions, re.MULTILINE)
    assert {dimension for dimension, _ in rows} == frozenset.union(*FACTS.values())
    for dimension, facts in rows:
        expected = {fact for fact in FACTS if dimension in FACTS[fact]}
        assert set(facts.split(", ")) == expected - {"write_off", "decision"}, dimension


@pytest.mark.parametrize("metric_id", ADDITIVE)
def test_parts_of_additive_metric_sum_to_total(metric_id: str) -> None:
    oracle, metric = make_oracle(), METRICS[metric_id]
    total = {k: v for k, v in oracle.value(metric_id, *MARCH).items() if v}
    dimensions = supported_dimensions(metric_id)
    if metric.plus[0].fact in BALANCES:
        dimensions -= set(TIME_DIMENSIONS)
    for dimension in dimensions:
        sums: dict[Key, Fraction] = {}
        for key, part in oracle.value(metric_id, *MARCH, by=(dimension,)).items():
            rest = key if dimension == "currency" and metric.by_currency else key[1:]
            sums[rest] = sums.get(rest, Fraction(0)) + parse_number(part)
        assert_values({k: to_decimal(v) for k, v in sums.items()}, total)


def test_balances_by_month_are_states_at_each_end() -> None:
    scope, oracle = (FEBRUARY[0], MARCH[1]), make_oracle()
    months = (date(2026, 2, 1), date(2026, 3, 1))
    outstanding = oracle.value("outstanding_amount", *scope, by=("month", "client"))
    # 28 February: invoice 2 with 100 - 30. In March it is written off.
    debts = {(months[0], ACME, "EUR"): 70, (months[1], ACME, "EUR"): "1713.6"}
    assert_values(outstanding, debts | {(months[1], BIRCH, "USD"): 450})
    assert_values(oracle.value("overdue_amount", *FEBRUARY), {"EUR": 70})
    # 5 March: EUR 300 - 200 and 100 - 30; USD 500 + 50
    days = (date(2026, 3, 5), date(2026, 3, 5))
    assert_values(oracle.value("outstanding_amount", *days), {"EUR": 170, "USD": 550})
    # The monthly budget has 2 h in February, 8 h in March. APP has 3 h from March on.
    spent = oracle.value("budget_spent", *scope, by=("month",))
    hours = {(months[0], "hours"): 2, (months[1], "hours"): 11}
    assert_values(spent, hours | {(months[1], "EUR"): 260})


def test_ratio_over_less_than_nothing_is_empty() -> None:
    oracle = make_oracle()
    credit_note_only = (date(2026, 3, 9), date(2026, 3, 9))  # invoiced: USD -60
    assert_values(oracle.value("collection_share", *credit_note_only), {"USD": None})
    # Owed: EUR 300 - 200 and 1713.60; USD 550. Invoiced: EUR nothing, USD -60
    assert_values(oracle.value("dso", *credit_note_only), {"EUR": None, "USD": None})
    refund_only = (date(2026, 3, 11), date(2026, 3, 11))  # paid: USD -20
    assert_values(oracle.value("days_to_pay", *refund_only), {"USD": None})
    account = make_account()
    account["invoices"][8]["line_items"][1]["amount"] = -600
    day = (date(2026, 3, 8), date(2026, 3, 8))  # FIXED 3000 / 30 + UNDATED -600 x 0.9
    assert_values(make_oracle(account).value("gross_margin_amount", *day), {"EUR": -440})
    assert_values(make_oracle(account).value("margin_share", *day), {"EUR": None})


def test_balance_of_period_ahead_of_today_has_no_key() -> None:
    april = (date(2026, 4, 1), date(2026, 4, 30))
    today = {"EUR": "1713.6", "USD": 450}
    oracle = make_oracle()
    by_month = oracle.value("outstanding_amount", FEBRUARY[0], april[1], by=("month",))
    assert {key[0] for key in by_month} == {date(2026, 2, 1), date(2026, 3, 1)}
    assert oracle.value("budget", *april, by=("month",)) == {}
    # Without periods, the state is the one of today.
    assert_values(oracle.value("outstanding_amount", *april), today)
    # The week of 23 March is ahead. The month has begun, also where the scope is ahead.
    by_week = oracle.value("outstanding_amount", *MARCH, by=("week",))
    assert {key[0] for key in by_week} == {date(2026, 3, day) for day in (2, 9, 16)} | {
        date(2026, 2, 23)
    }
    rest = (date(2026, 3, 20), MARCH[1])
    by_month = oracle.value("outstanding_amount", *rest, by=("month",))
    assert_values(by_month, {(MARCH[0], code): amount for code, amount in today.items()})


def test_dso_of_period_ahead_of_today_has_no_key() -> None:
    account, april = make_account(), (date(2026, 4, 1), date(2026, 4, 30))
    account["invoices"].append(make_invoice(10, ACME, 100, "open", "2026-04-02", None))
    oracle = make_oracle(account)
    assert {k[0] for k in oracle.value("dso", MARCH[0], april[1], by=("month",))} == {MARCH[0]}
    # Without periods: EUR 1713.60 and USD 450 are owed, nothing is invoiced up to today
    assert_values(oracle.value("dso", *april), {"EUR": None, "USD": None})


def test_dso_with_invoices_after_today_divides_by_invoiced_up_to_today() -> None:
    account, week = make_account(), (date(2026, 3, 16), date(2026, 3, 22))
    account["invoices"] += [
        make_invoice(10, ACME, 400, "open", "2026-03-18", None),  # today
        make_invoice(11, ACME, 100, "open", "2026-03-19", None),
        make_invoice(12, KOBE, 900, "open", "2026-03-20", None),
    ]
    oracle = make_oracle(account)
    # Owed: EUR 1713.60 + 400. Invoiced: 4013.60 + 400, not the 100 of tomorrow. 18 days
    days = {"EUR": 18 * ratio("2113.6", "4413.6"), "USD": 18 * ratio(450, 490)}
    march = oracle.value("dso", *MARCH)
    assert_values(march, days)
    assert march.get(("JPY",)) is None  # over nothing, not 18 x 0 / 900
    by_month = oracle.value("dso", *MARCH, by=("month",))
    assert_values(by_month, {(MARCH[0], code): value for code, value in days.items()})
    # EUR 2000 of the 16th + 400 in 3 days. USD 450 are owed, nothing is invoiced
    by_week = {(week[0], "EUR"): 3 * ratio("2113.6", 2400), (week[0], "USD"): None}
    assert_values(oracle.value("dso", *week, by=("week",)), by_week)
    # From tomorrow on: EUR 2113.60 over nothing, not 0 days x 2113.60 / 100
    rest = (date(2026, 3, 19), MARCH[1])
    assert_values(oracle.value("dso", *rest), {"EUR": None, "USD": None})
    # Only the ratio stops today: EUR 4413.60 + 100
    invoiced = {"EUR": "4513.6", "USD": 490, "JPY": 900}
    assert_values(oracle.value("invoiced_amount", *MARCH), invoiced)


def test_project_without_first_day_begins_on_day_of_creation() -> None:
    account = make_account()
    oracle = make_oracle(account)

    def assert_fees(month: int, day: int, fees: dict[str, Any]) -> None:
        days = (date(2026, month, day), date(2026, month, day))
        assert_values(oracle.value("uninvoiced_fees_amount", *days), fees)

    # All projects are created on 20 February. UNDATED has a fee of 500 and no first day.
    assert_fees(2, 19, {})
    assert_fees(2, 20, {"EUR": 500})
    # FIXED has a fee of 3000 and a first day, 1 March. Work before that day changes nothing.
    account["expenses"].append(make_expense("2026-02-25", ADA, FIXED, 40, False, False))
    oracle = make_oracle(account)
    assert_fees(2, 28, {"EUR": 500})
    assert_fees(3, 1, {"EUR": 3500})


def test_budget_begins_on_earliest_of_first_day_creation_and_first_work() -> None:
    account = make_account()
    account["projects"][4]["created_at"] = "2026-03-10T09:00:00Z"  # APP, first time on 3 March
    oracle = make_oracle(account)

    def assert_budget(month: int, day: int, budget: dict[str, Any]) -> None:
        days = (date(2026, month, day), date(2026, month, day))
        assert_values(oracle.value("budget", *days), budget)

    # Created on 20 February: SITE with 20 h; FIXED with EUR 1000, although it starts on 1 March.
    assert_budget(2, 19, {})
    assert_budget(2, 20, {"hours": 20, "EUR": 1000})
    # SITE 20 - 2 h; FIXED 1000 - 0
    assert_values(oracle.value("budget_remaining", *FEBRUARY), {"hours": 18, "EUR": 1000})
    # First time of APP with 10 h, before its creation: 20 + 10
    assert_budget(3, 2, {"hours": 20, "EUR": 1000})
    assert_budget(3, 3, {"hours": 30, "EUR": 1000})
    # FIXED created on 10 March: its first day, 1 March, is before its first time, 4 March.
    account["projects"][1]["created_at"] = "2026-03-10T09:00:00Z"
    oracle = make_oracle(account)
    assert_budget(2, 28, {"hours": 20})
    assert_budget(3, 1, {"hours": 20, "EUR": 1000})
    # An expense of FIXED on 18 February is earlier than both.
    account["expenses"].append(make_expense("2026-02-18", ADA, FIXED, 40, False, False))
    oracle = make_oracle(account)
    assert_budget(2, 17, {})
    assert_budget(2, 18, {"EUR": 1000})
    spent = oracle.value("budget_spent", *FEBRUARY)  # SITE 2 h; the expense of FIXED
    assert_values(spent, {"hours": 2, "EUR": 40})


def test_margin_has_no_missing_cost_where_no_hours_are() -> None:
    days = (date(2026, 3, 21), date(2026, 3, 31))  # 10 days x 100, no hours
    assert_values(make_oracle().value("gross_margin_amount", *days), {"EUR": 1000})
    assert_values(make_oracle().value("margin_share", *days), {"EUR": 1})
    account, day = make_account(), (date(2026, 3, 5), date(2026, 3, 5))
    # 8 h without cost in EUR, also where no revenue is. FIXED has no hours: 100 + 40 - 40
    margin = make_oracle(account).value("gross_margin_amount", *day, by=("project",))
    assert_values(margin, {(INTERNAL, "EUR"): None, (FIXED, "EUR"): 100, (APP, "USD"): None})
    margin = make_oracle(account).value("gross_margin_amount", *day)
    assert_values(margin, {"EUR": None, "USD": None})
    account["time_entries"][8] |= {"hours": 0, "rounded_hours": 0}  # no hours without cost
    margin = make_oracle(account).value("gross_margin_amount", *day)
    assert_values(margin, {"EUR": 100, "USD": None})


def test_margin_is_unknown_where_only_entry_of_0_hours_has_cost_rate() -> None:
    account, day = make_account(), (date(2026, 3, 5), date(2026, 3, 5))
    # EUR on that day: 8 h of INTERNAL without cost, FIXED 100 + 40 - 40
    account["time_entries"].append(make_entry("2026-03-05", ADA, INTERNAL, DEVELOPMENT, "0", 0, 50))
    unknown = {"EUR": None, "USD": None}
    for basis in ("rounded", "raw"):
        oracle = make_oracle(account)
        assert_values(oracle.value("gross_margin_amount", *day, basis=basis), unknown)
        assert_values(oracle.value("margin_share", *day, basis=basis), unknown)
        margin = oracle.value("gross_margin_amount", *day, by=("project",), basis=basis)
        assert_values(margin, {(INTERNAL, "EUR"): None, (FIXED, "EUR"): 100, (APP, "USD"): None})
    # 0.1 h after rounding is 0 h, as tracked it costs 5: 100 - 5, over 100 + 40
    account["time_entries"][-1]["hours"] = Fraction("0.1")
    oracle = make_oracle(account)
    assert_values(oracle.value("gross_margin_amount", *day), unknown)
    margin = oracle.value("gross_margin_amount", *day, basis="raw")
    assert_values(margin, {"EUR": 95, "USD": None})
    share = oracle.value("margin_share", *day, basis="raw")
    assert_values(share, {"EUR": ratio(95, 140), "USD": None})


def test_person_without_time_joins_on_day_of_creation() -> None:
    account = make_account()
    account["users"].append(make_user(5, 144000, created_at="2026-03-10T08:00:00Z"))
    capacity = make_oracle(account).value("capacity_hours", *MARCH, by=("user",))
    assert capacity[(5,)] == 56  # 10 to 13 and 16 to 18 March are 7 weekdays x 8


def test_year_is_one_of_calendar_and_quarter_one_of_fiscal_year() -> None:
    oracle, scope = make_oracle(fiscal_year_start=3), (FEBRUARY[0], MARCH[1])
    march = date(2026, 3, 1)
    assert_values(oracle.value("hours", *scope, by=("year",)), {date(2026, 1, 1): 62})  # 2 + 60
    by_year = {date(2025, 3, 1): 2, march: 60}
    assert_values(oracle.value("hours", *scope, by=("fiscal_year",)), by_year)
    by_quarter = {date(2025, 12, 1): 2, march: 60}
    assert_values(oracle.value("hours", *scope, by=("quarter",)), by_quarter)


def test_readings_change_their_numbers() -> None:
    amount = make_oracle(amounts="entry").value("billable_amount", *MARCH)
    assert_values(amount, {"EUR": 600, "USD": 240, "JPY": 1501})
    assert_values(make_oracle(running="out").value("hours", *MARCH), {(): "59.5"})
    fees = make_oracle(fixed_fee_uninvoiced="zero").value("uninvoiced_fees_amount", *MARCH)
    assert_values(fees, {})
    account = make_account()
    account["time_entries"][1]["billable"] = False  # 1.25 h less of SITE
    spent = make_oracle(account, budget_hours="billable").value("budget_spent", *MARCH)
    assert_values(spent, {"hours": "9.75", "EUR": 260})
    spent = make_oracle(account).value("budget_spent", *MARCH)
    assert_values(spent, {"hours": 11, "EUR": 260})


def test_budget_in_money_ignores_rate_of_nonbillable_entry() -> None:
    account = make_account()
    account["time_entries"][4]["billable"] = False  # only the expense of 40 is left
    spent = make_oracle(account).value("budget_spent", *MARCH)
    assert_values(spent, {"hours": 11, "EUR": 40})


def test_revenue_of_fixed_fee_is_spread_per_day() -> None:
    days = (date(2026, 3, 21), date(2026, 3, 31))  # 10 days x 100
    assert_values(make_oracle().value("revenue_amount", *days), {"EUR": 1000})
    account = make_account()
    account["invoices"][8]["line_items"][0]["amount"] = 4000  # 10 days x 4000 x 0.9 / 30
    assert_values(make_oracle(account).value("revenue_amount", *days), {"EUR": 1200})


def test_where_and_basis_restrict_rows() -> None:
    def is_site(row: Row) -> bool:
        return row.dims.get("project") == SITE

    amount = make_oracle().value("billable_amount", *MARCH, basis="raw", where=is_site)
    assert_values(amount, {"EUR": 570})  # 2.2 x 100 + 300 + 50


def test_age_bucket_changes_after_30_60_and_90_days() -> None:
    ages = [(0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60")]
    for days, label in [*ages, (61, "61-90"), (90, "61-90"), (91, "90+")]:
        assert age_bucket(TODAY - timedelta(days=days), TODAY) == label
    assert age_bucket(None, TODAY) == "no due date"


def test_unknown_dimension_raises_error() -> None:
    with pytest.raises(ValueError, match="user"):
        make_oracle().value("paid_amount", *MARCH, by=("user",))


def test_calendar_follows_week_start_and_fiscal_year() -> None:
    sunday, april = Calendar(week_start=6, fiscal_year_start=4), date(2026, 4, 1)
    assert sunday.first_day("week", TODAY) == date(2026, 3, 15)
    assert sunday.first_day("quarter", TODAY) == date(2026, 1, 1)
    assert sunday.first_day("fiscal_year", TODAY) == date(2025, 4, 1)
    assert sunday.first_day("fiscal_year", april) == april
    assert sunday.first_day("year", TODAY) == sunday.first_day("year", april) == date(2026, 1, 1)
    assert Calendar(0, 2).first_day("quarter", date(2026, 1, 31)) == date(2025, 11, 1)


def test_money_rounds_half_up_to_decimals_of_currency() -> None:
    assert round_money(Fraction("0.5"), "XOF") == 1
    assert round_money(Fraction("-1.005"), "EUR") == Fraction("-1.01")
    assert round_money(Fraction("1.0005"), "KWD") == Fraction("1.001")
