"""Expenses for clients."""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.metric import Fact, Measure, Money, Unit

EXPENSE_AMOUNT = Measure(
    id="expense_amount",
    label="Expenses",
    unit=Unit.MONEY,
    doc="What was spent on projects, billable or not, in the client's currency.",
    formula="sum of the cost of all expenses, by the day of spending",
    source=predicates.EXPENSE_REPORT,
    good=-1,
    fact=Fact.EXPENSES,
    column="f.amount",
    money=Money.CLIENT,
    gap=gaps.EXPENSES,
)

BILLABLE_EXPENSE_AMOUNT = Measure(
    id="billable_expense_amount",
    label="Billable expenses",
    unit=Unit.MONEY,
    doc="What was spent and may be charged to the client, invoiced or not.",
    formula="sum of the cost of billable expenses",
    source=predicates.EXPENSE_REPORT,
    fact=Fact.EXPENSES,
    column="f.amount",
    condition="f.billable",
    money=Money.CLIENT,
    gap=gaps.EXPENSES,
)

UNINVOICED_EXPENSE_AMOUNT = Measure(
    id="uninvoiced_expense_amount",
    label="Uninvoiced expenses",
    unit=Unit.MONEY,
    doc="Billable expenses not yet invoiced.",
    formula="sum of the cost of billable expenses that are not billed",
    source=predicates.EXPENSES,
    good=-1,
    fact=Fact.UNINVOICED_EXPENSES,
    column="f.amount",
    condition=predicates.UNINVOICED,
    money=Money.CLIENT,
    gap=gaps.EXPENSES,
)
