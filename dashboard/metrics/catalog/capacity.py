"""How much work there is room for, and how much of it is used."""

from dashboard.metrics.catalog import sources
from dashboard.metrics.catalog.time import BILLABLE_HOURS, HOURS
from dashboard.metrics.metric import Fact, Measure, Ratio, Unit

CAPACITY_HOURS = Measure(
    id="capacity_hours",
    label="Capacity",
    unit=Unit.HOURS,
    doc="Hours people are contracted for, on the weekdays up to today.",
    formula="sum of weekly capacity / 5 for every weekday up to today",
    source=sources.CAPACITY,
    fact=Fact.CAPACITY,
    column="f.capacity_hours",
)

UTILIZATION = Ratio(
    id="utilization",
    label="Utilization",
    unit=Unit.SHARE,
    doc="Billable hours as a share of capacity, both up to today.",
    formula="billable hours / capacity",
    source=sources.UTILIZATION,
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
    source=sources.UTILIZATION,
    good=1,
    numerator=HOURS,
    denominator=CAPACITY_HOURS,
    over_selection="Share of capacity spent on this selection",
)
