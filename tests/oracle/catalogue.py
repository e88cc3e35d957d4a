"""Tables of metrics and facts, after the catalogue of metrics.

A `Measure` is a sum over one fact, a `Metric` a sum of measures or a ratio of two sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.oracle.periods import TIME_DIMENSIONS

TIME = frozenset(TIME_DIMENSIONS)
INVOICE = TIME | {"client", "currency", "invoice_state"}
FEE = TIME | {"client", "project", "currency"}
PERSON = TIME | {"user", "role", "contractor"}
WORK = FEE | PERSON | {"billable", "age_bucket"}

#: Dimensions of each fact.
FACTS: Mapping[str, frozenset[str]] = {
    "time": WORK | {"task"},
    "expense": WORK | {"expense_category"},
    "capacity": PERSON,
    "fee": FEE,
    "fee_balance": FEE,
    "budget": FEE,
    "invoice": INVOICE,
    "payment": INVOICE,
    "write_off": INVOICE,
    "receivable": INVOICE | {"age_bucket"},
    "retainer": TIME | {"client", "currency"},
    "estimate": TIME | {"client", "currency", "estimate_state"},
    "decision": TIME | {"client", "currency", "estimate_state"},
}

#: Facts that are the state at the end of a period.
BALANCES = frozenset({"fee_balance", "budget", "receivable", "retainer"})


@dataclass(frozen=True)
class Measure:
    """Sum of one number over the rows of a fact with all flags of `needs` and none of `lacks`."""

    fact: str
    number: str
    needs: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()


def measure(fact: str, number: str, needs: str = "", lacks: str = "") -> Measure:
    """Return a measure whose flags are words of a text."""
    return Measure(fact, number, frozenset(needs.split()), frozenset(lacks.split()))


HOURS = measure("time", "hours")
BILLABLE_HOURS = measure("time", "hours", "billable")
HOURS_WITH_COST_RATE = measure("time", "hours", "cost_rate")
WORKED_HOURS = measure("time", "hours", lacks="leave")
BILLABLE_AMOUNT = measure("time", "amount", "billable", "fixed_fee")
COST = measure("time", "cost", "cost_rate")
NET_CAPACITY, GROSS_CAPACITY = measure("capacity", "net"), measure("capacity", "gross")
EXPENSES = measure("expense", "amount")
BILLABLE_EXPENSES = measure("expense", "amount", "billable")
UNINVOICED_EXPENSES = measure("expense", "amount", "billable", "invoiced")
INVOICE_AMOUNT = measure("invoice", "amount", lacks="draft deposit")
PAYMENTS = measure("payment", "amount")
OUTSTANDING = measure("receivable", "debt")
ACCEPTED_COUNT = measure("decision", "count", "accepted")
ACCEPTED_AMOUNT = measure("decision", "amount", "accepted")
BUDGET, BUDGET_USE = measure("budget", "budget"), measure("budget", "use")
REVENUE = (BILLABLE_AMOUNT, BILLABLE_EXPENSES, measure("fee", "amount"))


@dataclass(frozen=True)
class Metric:
    """Sum of `plus` less `minus`, divided by `over` where that is set.

    by_currency: amounts are involved, and each currency has a key of its own.
    """

    plus: tuple[Measure, ...]
    minus: tuple[Measure, ...] = ()
    over: Measure | None = None
    by_currency: bool = False


def _hours(plus: Measure, over: Measure | None = None) -> Metric:
    return Metric((plus,), over=over)


def _money(*plus: Measure, over: Measure | None = None) -> Metric:
    return Metric(plus, over=over, by_currency=True)


METRICS: Mapping[str, Metric] = {
    "hours": _hours(HOURS),
    "raw_hours": _hours(measure("time", "raw_hours")),
    "billable_hours": _hours(BILLABLE_HOURS),
    "nonbillable_hours": _hours(measure("time", "hours", lacks="billable")),
    "billable_share": _hours(BILLABLE_HOURS, HOURS),
    "billable_amount": _money(BILLABLE_AMOUNT),
    "unpriced_hours": _hours(measure("time", "hours", "billable", "fixed_fee rate")),
    "average_rate": _money(
        BILLABLE_AMOUNT, over=measure("time", "hours", "billable rate", "fixed_fee")
    ),
    "effective_rate": _money(BILLABLE_AMOUNT, over=measure("time", "hours", lacks="fixed_fee")),
    "cost_amount": _money(COST),
    "uninvoiced_hours": _hours(measure("time", "hours", "billable", "invoiced")),
    "uninvoiced_amount": _money(
        measure("time", "amount", "billable", "invoiced fixed_fee"), UNINVOICED_EXPENSES
    ),
    "uninvoiced_fees_amount": _money(measure("fee_balance", "amount")),
    "capacity_hours": _hours(NET_CAPACITY),
    "gross_capacity_hours": _hours(GROSS_CAPACITY),
    "utilization": _hours(BILLABLE_HOURS, NET_CAPACITY),
    "total_utilization": _hours(WORKED_HOURS, NET_CAPACITY),
    "harvest_utilization": _hours(HOURS, GROSS_CAPACITY),
    "worked_hours": _hours(WORKED_HOURS),
    "budget": _money(BUDGET),
    "budget_spent": _money(BUDGET_USE),
    "budget_remaining": Metric((BUDGET,), (BUDGET_USE,), by_currency=True),
    "budget_used_share": _money(BUDGET_USE, over=BUDGET),
    "invoice_count": _hours(measure("invoice", "count", lacks="draft deposit")),
    "invoiced_amount": _money(INVOICE_AMOUNT),
    "draft_amount": _money(measure("invoice", "amount", "draft")),
    "paid_amount": _money(PAYMENTS),
    "outstanding_amount": _money(OUTSTANDING),
    "overdue_amount": _money(measure("receivable", "debt", "overdue")),
    "client_credit_amount": _money(measure("receivable", "credit")),
    "retainer_balance_amount": _money(measure("retainer", "amount")),
    "dso": _money(measure("receivable", "debt", lacks="deposit"), over=INVOICE_AMOUNT),
    "days_to_pay": _money(measure("payment", "amount_days"), over=PAYMENTS),
    "collection_share": _money(
        measure("invoice", "collection", lacks="draft deposit"), over=INVOICE_AMOUNT
    ),
    "write_off_amount": _money(measure("write_off", "amount")),
    "expense_amount": _money(EXPENSES),
    "billable_expense_amount": _money(BILLABLE_EXPENSES),
    "uninvoiced_expense_amount": _money(UNINVOICED_EXPENSES),
    "estimate_count": _hours(measure("estimate", "count", lacks="draft")),
    "estimate_amount": _money(measure("estimate", "amount", lacks="draft")),
    "draft_estimate_amount": _money(measure("estimate", "amount", "draft")),
    "win_rate": _hours(ACCEPTED_COUNT, measure("decision", "count")),
    "win_rate_amount": _money(ACCEPTED_AMOUNT, over=measure("decision", "amount")),
    "revenue_amount": _money(*REVENUE),
    "gross_margin_amount": Metric(REVENUE, (COST, EXPENSES), by_currency=True),
    "margin_share": Metric(REVENUE, (COST, EXPENSES), by_currency=True),
    "cost_coverage": _hours(HOURS_WITH_COST_RATE, HOURS),
}

UTILIZATIONS = frozenset({"utilization", "total_utilization", "harvest_utilization"})
MARGINS = frozenset({"gross_margin_amount", "margin_share"})


def supported_dimensions(metric_id: str) -> frozenset[str]:
    """Return the dimensions that every fact of a metric knows."""
    metric = METRICS[metric_id]
    facts = [m.fact for m in (*metric.plus, *metric.minus, *([metric.over] if metric.over else []))]
    return frozenset.intersection(*(FACTS[fact] for fact in facts))
