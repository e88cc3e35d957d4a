"""Work in progress: what was done and is on no invoice yet.

As Harvest's uninvoiced report without fixed fees: it counts the hours of fixed-fee projects but not
their amounts, and the expenses of all.
"""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.catalog.expenses import UNINVOICED_EXPENSE_AMOUNT
from dashboard.metrics.metric import Fact, Measure, Money, SumMetric, TimeWindow, Unit

UNINVOICED_HOURS = Measure(
    id="uninvoiced_hours",
    label="Uninvoiced hours",
    unit=Unit.HOURS,
    doc="Billable hours not marked as invoiced, those on fixed-fee projects among them.",
    formula="sum of hours of billable entries that are not billed",
    source=predicates.UNINVOICED_REPORT,
    good=-1,
    fact=Fact.UNINVOICED_TIME,
    column="f.{basis}_hours",
    condition=predicates.UNINVOICED,
)

_UNINVOICED_TIME_AMOUNT = Measure(
    id="uninvoiced_time_amount",
    label="Uninvoiced time",
    unit=Unit.MONEY,
    doc="What the billable hours not marked as invoiced are worth, fixed-fee projects left out.",
    formula="sum of hours × billable rate of unbilled billable entries outside fixed-fee projects",
    source=predicates.UNINVOICED_REPORT,
    fact=Fact.UNINVOICED_TIME,
    column="f.{basis}_amount",
    condition=predicates.UNINVOICED_HOURLY,
    money=Money.CLIENT,
    gap=gaps.RATES,
)

UNINVOICED_AMOUNT = SumMetric(
    id="uninvoiced_amount",
    label="Uninvoiced amount",
    unit=Unit.MONEY,
    doc=(
        "Uninvoiced billable time plus uninvoiced expenses, excluding fixed "
        "fees. Unknown where the access token sees no rates."
    ),
    formula=(
        "hours × billable rate of unbilled billable entries outside fixed-fee projects"
        " + uninvoiced expenses"
    ),
    source=predicates.UNINVOICED_REPORT,
    good=-1,
    plus=(_UNINVOICED_TIME_AMOUNT, UNINVOICED_EXPENSE_AMOUNT),
)

UNINVOICED_FEES_AMOUNT = Measure(
    id="uninvoiced_fees_amount",
    label="Uninvoiced fixed fees",
    unit=Unit.MONEY,
    doc="What is left to invoice of the fixed fees of projects that have begun, before tax.",
    formula=(
        "fixed fees − invoice lines for their projects, discount taken off, those drawn from a"
        " retainer among them and deposits not, up to the period's end; never below 0 for a project"
    ),
    source=predicates.PROJECT_TYPES,
    fact=Fact.FEE_BALANCES,
    column="f.amount",
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
    gap=gaps.FEE_BALANCES,
)
