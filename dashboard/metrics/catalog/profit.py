"""Revenue, cost and gross margin.

Revenue is what was worked for, as Harvest's profitability report has it, not what was invoiced: so
neither tax nor retainers are in it.
"""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.catalog.expenses import BILLABLE_EXPENSE_AMOUNT, EXPENSE_AMOUNT
from dashboard.metrics.catalog.time import BILLABLE_AMOUNT, COST_AMOUNT, HOURS
from dashboard.metrics.metric import Fact, Measure, Money, Ratio, SumMetric, Unit

_EARNED_FEES_AMOUNT = Measure(
    id="earned_fees_amount",
    label="Earned fixed fees",
    unit=Unit.MONEY,
    doc="Fixed fees in equal parts over the days of their projects, what was invoiced if more.",
    formula="sum of fee / days of the project, for each of its days",
    source=predicates.COST,
    fact=Fact.FEES,
    column="f.amount",
    money=Money.CLIENT,
    gap=gaps.FEES,
)

REVENUE_AMOUNT = SumMetric(
    id="revenue_amount",
    label="Revenue",
    unit=Unit.MONEY,
    doc=(
        "Billable time and expenses, plus fixed fees spread evenly over the "
        "project's duration (or as invoiced if it has no dates). Excl. tax. "
        "Retainers are in it only by the work that is drawn from them; unknown "
        "where the access token sees no rates."
    ),
    formula=(
        "billable amount + billable expenses + fixed fee, or what was invoiced for it if more, per"
        " day from the project's start to its end"
    ),
    source=predicates.COST,
    good=1,
    plus=(BILLABLE_AMOUNT, BILLABLE_EXPENSE_AMOUNT, _EARNED_FEES_AMOUNT),
    is_profit=True,
)

_COSTED_HOURS = Measure(
    id="costed_hours",
    label="Hours with a cost",
    unit=Unit.HOURS,
    doc="Hours of entries that have a cost rate.",
    formula="sum of hours of entries with a cost rate above 0",
    source=predicates.COST_GAPS,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="f.cost_rate > 0",
)

COST_COVERAGE = Ratio(
    id="cost_coverage",
    label="Cost coverage",
    unit=Unit.SHARE,
    doc="Share of hours with a cost rate. Below 100%, margin is overstated.",
    formula="hours with a cost rate above 0 / hours",
    source=predicates.COST_GAPS,
    good=1,
    numerator=_COSTED_HOURS,
    denominator=HOURS,
)

GROSS_MARGIN_AMOUNT = SumMetric(
    id="gross_margin_amount",
    label="Gross margin",
    unit=Unit.MONEY,
    doc="Revenue less cost and expenses; known where clients pay in the account's currency.",
    formula=(
        "revenue − hours × cost rate − expenses; "
        "unknown where hours are and none of them has a cost rate above 0"
    ),
    source=predicates.COST,
    good=1,
    plus=REVENUE_AMOUNT.plus,
    minus=(COST_AMOUNT, EXPENSE_AMOUNT),
    coverage=COST_COVERAGE,
    is_profit=True,
)

MARGIN_SHARE = Ratio(
    id="margin_share",
    label="Margin",
    unit=Unit.SHARE,
    doc="Share of the revenue that is left after cost and expenses.",
    formula="gross margin / revenue",
    source=predicates.COST,
    good=1,
    numerator=GROSS_MARGIN_AMOUNT,
    denominator=REVENUE_AMOUNT,
)
