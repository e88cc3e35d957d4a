"""Hours, and what they are worth and cost."""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.metric import Fact, Measure, Money, Ratio, Unit

HOURS = Measure(
    id="hours",
    label="Hours",
    unit=Unit.HOURS,
    doc="Hours of all time entries, each rounded as the account rounds before it is added.",
    formula="sum of rounded hours (of tracked hours where asked for raw)",
    source=predicates.TOTALS,
    good=1,
    fact=Fact.TIME,
    column="f.{basis}_hours",
)

RAW_HOURS = Measure(
    id="raw_hours",
    label="Tracked hours",
    unit=Unit.HOURS,
    doc="Hours as they were tracked, before any rounding.",
    formula="sum of tracked hours",
    source=predicates.TOTALS,
    good=1,
    fact=Fact.TIME,
    column="f.raw_hours",
)

BILLABLE_HOURS = Measure(
    id="billable_hours",
    label="Billable hours",
    unit=Unit.HOURS,
    doc="Hours marked billable, including fixed-fee projects.",
    formula="sum of hours of billable entries",
    source=predicates.TIME_REPORT,
    good=1,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="f.billable",
)

NONBILLABLE_HOURS = Measure(
    id="nonbillable_hours",
    label="Non-billable hours",
    unit=Unit.HOURS,
    doc="Hours marked non-billable.",
    formula="sum of hours of entries that are not billable",
    source=predicates.TIME_REPORT,
    good=-1,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="NOT f.billable",
)

BILLABLE_SHARE = Ratio(
    id="billable_share",
    label="Billable share",
    unit=Unit.SHARE,
    doc="Billable hours ÷ tracked hours.",
    formula="billable hours / hours",
    source=predicates.TIME_REPORT,
    good=1,
    numerator=BILLABLE_HOURS,
    denominator=HOURS,
)

BILLABLE_AMOUNT = Measure(
    id="billable_amount",
    label="Billable amount",
    unit=Unit.MONEY,
    doc=(
        "What the billable hours are worth at their own rates, fixed-fee projects left out; unknown"
        " where the access token sees no rates."
    ),
    formula="sum of hours × billable rate of billable entries outside fixed-fee projects",
    source=predicates.TIME_REPORT,
    good=1,
    fact=Fact.TIME,
    column="f.{basis}_amount",
    condition=predicates.BILLABLE_HOURLY,
    money=Money.CLIENT,
    gap=gaps.RATES,
)

UNPRICED_HOURS = Measure(
    id="unpriced_hours",
    label="Billable hours without rate",
    unit=Unit.HOURS,
    doc=(
        "Billable hours outside fixed-fee projects that have no rate, so no amount; unknown where"
        " the access token sees no rates."
    ),
    formula="sum of hours of billable entries outside fixed-fee projects with no rate or rate 0",
    source=predicates.ENTRIES,
    good=-1,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition=predicates.UNPRICED,
    gap=gaps.UNPRICED,
)

_PRICED_HOURS = Measure(
    id="priced_hours",
    label="Priced hours",
    unit=Unit.HOURS,
    doc="Billable hours outside fixed-fee projects that have a rate.",
    formula="sum of hours of billable entries outside fixed-fee projects with a rate above 0",
    source=predicates.ENTRIES,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition=predicates.PRICED,
)

_METERED_HOURS = Measure(
    id="metered_hours",
    label="Hours outside fixed fees",
    unit=Unit.HOURS,
    doc="All hours outside fixed-fee projects, billable or not.",
    formula="sum of hours of entries outside fixed-fee projects",
    source=predicates.ENTRIES,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition=predicates.HOURLY,
)

AVERAGE_RATE = Ratio(
    id="average_rate",
    label="Average rate",
    unit=Unit.RATE,
    doc="What a billable hour that has a rate is worth; fixed-fee projects are left out.",
    formula="billable amount / billable hours with a rate, outside fixed-fee projects",
    source=predicates.TIME_REPORT,
    good=1,
    numerator=BILLABLE_AMOUNT,
    denominator=_PRICED_HOURS,
)

EFFECTIVE_RATE = Ratio(
    id="effective_rate",
    label="Effective rate",
    unit=Unit.RATE,
    doc="Billable amount ÷ all hours; fixed-fee projects excluded.",
    formula="billable amount / all hours outside fixed-fee projects",
    source=predicates.TIME_REPORT,
    good=1,
    numerator=BILLABLE_AMOUNT,
    denominator=_METERED_HOURS,
)

COST_AMOUNT = Measure(
    id="cost_amount",
    label="Cost",
    unit=Unit.MONEY,
    # Harvest's cost rates carry no currency: they are the account's own money.
    doc="What the hours cost internally, where a cost rate is known; unknown where none is.",
    formula="sum of hours × cost rate, in the account's currency",
    source=predicates.COST,
    good=-1,
    fact=Fact.TIME,
    column="f.{basis}_cost",
    money=Money.ACCOUNT,
    nullable=True,
    gap=gaps.COSTS,
)
