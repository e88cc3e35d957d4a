"""Used part of project budgets, as of the end of the period.

A budget is in hours or in money, which are never added: each currency has rows of its own, and the
budgets in hours have theirs under `hours` in the place of the currency.
"""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.metric import Fact, Measure, Money, Ratio, SumMetric, TimeWindow, Unit

BUDGET = Measure(
    id="budget",
    label="Budget",
    unit=Unit.MONEY,
    doc="Total project budget (monthly budgets: that month).",
    formula=(
        "budget of the project, or the sum of the budgets of its tasks or people, at the period's"
        " end; what has no number has no budget"
    ),
    source=predicates.BUDGETS,
    fact=Fact.BUDGETS,
    column="f.budget",
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
)

BUDGET_SPENT = Measure(
    id="budget_spent",
    label="Budget used",
    unit=Unit.MONEY,
    doc=(
        "What the time that counts towards a budget has used of it, and expenses where the project"
        " says so: always of rounded hours, since its begin or that of the month."
    ),
    formula="sum of hours, or of hours × billable rate + expenses, up to the period's end",
    source=predicates.BUDGETS,
    fact=Fact.BUDGETS,
    column="f.spent",
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
    gap=gaps.BUDGET_RATES,
)

BUDGET_REMAINING = SumMetric(
    id="budget_remaining",
    label="Budget left",
    unit=Unit.MONEY,
    doc="What is left of budgets at the end of the period; below 0 when they are overrun.",
    formula="budget − budget used",
    source=predicates.BUDGETS,
    good=1,
    plus=(BUDGET,),
    minus=(BUDGET_SPENT,),
)

BUDGET_USED_SHARE = Ratio(
    id="budget_used_share",
    label="Share of budget used",
    unit=Unit.SHARE,
    doc="How much of the budget is used up at the end of the period; above 100 % it is overrun.",
    formula="budget used / budget",
    source=predicates.BUDGETS,
    good=-1,
    numerator=BUDGET_SPENT,
    denominator=BUDGET,
)
