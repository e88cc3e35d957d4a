"""THE OTHER TABLE: every metric once, with what it means and where that is said."""

from dashboard.metrics.metric import Fact as Fact
from dashboard.metrics.metric import Measure as Measure
from dashboard.metrics.metric import Metric as Metric
from dashboard.metrics.metric import Money as Money
from dashboard.metrics.metric import Ratio as Ratio
from dashboard.metrics.metric import Unit as Unit

_ENTRIES = "https://help.getharvest.com/api-v2/timesheets-api/timesheets/time-entries/"
_TIME_REPORT = "https://help.getharvest.com/api-v2/reports-api/reports/time-reports/"
_TOTALS = "https://support.getharvest.com/hc/en-us/articles/360053116772"  # why totals differ
_CAPACITY = "https://support.getharvest.com/hc/en-us/articles/360048181752"
_UTILIZATION = "https://support.getharvest.com/hc/articles/43000673746445"
_COST = "https://support.getharvest.com/hc/en-us/articles/25342727197581"

HOURS = Measure(
    id="hours",
    label="Hours",
    unit=Unit.HOURS,
    doc="Hours of all time entries, each rounded as the account rounds before it is added.",
    formula="sum of rounded hours (of tracked hours where asked for raw)",
    source=_TOTALS,
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
    source=_TOTALS,
    good=1,
    fact=Fact.TIME,
    column="f.raw_hours",
)

BILLABLE_HOURS = Measure(
    id="billable_hours",
    label="Billable hours",
    unit=Unit.HOURS,
    doc="Hours that may be invoiced, those on fixed-fee projects among them.",
    formula="sum of hours of billable entries",
    source=_TIME_REPORT,
    good=1,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="f.billable",
)

NONBILLABLE_HOURS = Measure(
    id="nonbillable_hours",
    label="Non-billable hours",
    unit=Unit.HOURS,
    doc="Hours that no client pays for.",
    formula="sum of hours of entries that are not billable",
    source=_TIME_REPORT,
    good=-1,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="NOT f.billable",
)

BILLABLE_SHARE = Ratio(
    id="billable_share",
    label="Billable share",
    unit=Unit.SHARE,
    doc="Share of the tracked hours that is billable; not utilization, which divides by capacity.",
    formula="billable hours / hours",
    source=_TIME_REPORT,
    good=1,
    numerator=BILLABLE_HOURS,
    denominator=HOURS,
)

BILLABLE_AMOUNT = Measure(
    id="billable_amount",
    label="Billable amount",
    unit=Unit.MONEY,
    doc="What the billable hours are worth at their own rates, fixed-fee projects left out.",
    formula="sum of hours × billable rate of billable entries outside fixed-fee projects",
    source=_TIME_REPORT,
    good=1,
    fact=Fact.TIME,
    column="f.{basis}_amount",
    condition="f.billable AND NOT f.is_fixed_fee",
    money=Money.CLIENT,
)

UNPRICED_HOURS = Measure(
    id="unpriced_hours",
    label="Unpriced hours",
    unit=Unit.HOURS,
    doc="Billable hours outside fixed-fee projects that have no rate, so no amount.",
    formula="sum of hours of billable entries outside fixed-fee projects with no rate or rate 0",
    source=_ENTRIES,
    good=-1,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="f.billable AND NOT f.is_fixed_fee AND coalesce(f.billable_rate, 0) = 0",
)

_PRICED_HOURS = Measure(
    id="priced_hours",
    label="Priced hours",
    unit=Unit.HOURS,
    doc="Billable hours outside fixed-fee projects that have a rate.",
    formula="sum of hours of billable entries outside fixed-fee projects with a rate above 0",
    source=_ENTRIES,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="f.billable AND NOT f.is_fixed_fee AND f.billable_rate > 0",
)

_METERED_HOURS = Measure(
    id="metered_hours",
    label="Hours outside fixed fees",
    unit=Unit.HOURS,
    doc="All hours outside fixed-fee projects, billable or not.",
    formula="sum of hours of entries outside fixed-fee projects",
    source=_ENTRIES,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition="NOT f.is_fixed_fee",
)

AVERAGE_RATE = Ratio(
    id="average_rate",
    label="Average rate",
    unit=Unit.RATE,
    doc="What a billable hour that has a rate is worth; fixed-fee projects are left out.",
    formula="billable amount / billable hours with a rate, outside fixed-fee projects",
    source=_TIME_REPORT,
    good=1,
    numerator=BILLABLE_AMOUNT,
    denominator=_PRICED_HOURS,
)

EFFECTIVE_RATE = Ratio(
    id="effective_rate",
    label="Effective rate",
    unit=Unit.RATE,
    doc="What any hour is worth, billable or not; fixed-fee projects are left out.",
    formula="billable amount / all hours outside fixed-fee projects",
    source=_TIME_REPORT,
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
    source=_COST,
    good=-1,
    fact=Fact.TIME,
    column="f.{basis}_cost",
    money=Money.ACCOUNT,
    may_be_unknown=True,
)

CAPACITY_HOURS = Measure(
    id="capacity_hours",
    label="Capacity",
    unit=Unit.HOURS,
    doc="Hours people are contracted for, on the weekdays up to today.",
    formula="sum of weekly capacity / 5 for every weekday up to today",
    source=_CAPACITY,
    fact=Fact.CAPACITY,
    column="f.capacity_hours",
)

UTILIZATION = Ratio(
    id="utilization",
    label="Utilization",
    unit=Unit.SHARE,
    doc="Billable hours as a share of capacity, both up to today.",
    formula="billable hours / capacity",
    source=_UTILIZATION,
    good=1,
    numerator=BILLABLE_HOURS,
    denominator=CAPACITY_HOURS,
    over_selection="Billable share of capacity spent on this selection",
)

TOTAL_UTILIZATION = Ratio(
    id="total_utilization",
    label="Total utilization",
    unit=Unit.SHARE,
    doc="All hours as a share of capacity, both up to today.",
    formula="hours / capacity",
    source=_UTILIZATION,
    good=1,
    numerator=HOURS,
    denominator=CAPACITY_HOURS,
    over_selection="Share of capacity spent on this selection",
)

METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        HOURS,
        RAW_HOURS,
        BILLABLE_HOURS,
        NONBILLABLE_HOURS,
        BILLABLE_SHARE,
        BILLABLE_AMOUNT,
        UNPRICED_HOURS,
        AVERAGE_RATE,
        EFFECTIVE_RATE,
        COST_AMOUNT,
        CAPACITY_HOURS,
        UTILIZATION,
        TOTAL_UTILIZATION,
    )
}
