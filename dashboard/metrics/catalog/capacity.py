"""How much work there is room for, and how much of it is used."""

from dashboard.metrics.catalog import predicates, sources
from dashboard.metrics.catalog.time import BILLABLE_HOURS, HOURS
from dashboard.metrics.metric import Fact, Measure, Ratio, Unit

CAPACITY_HOURS = Measure(
    id="capacity_hours",
    label="Capacity",
    unit=Unit.HOURS,
    doc="Contracted hours on the weekdays up to today, without holidays and booked leave.",
    formula=(
        "sum of weekly capacity / 5 − leave of the day, not below 0, for every weekday up to today"
        " that is no holiday, from joining to leaving"
    ),
    source=sources.CAPACITY,
    fact=Fact.CAPACITY,
    column="f.capacity_hours",
)

GROSS_CAPACITY_HOURS = Measure(
    id="gross_capacity_hours",
    label="Gross capacity",
    unit=Unit.HOURS,
    doc="Contracted hours on the weekdays up to today, holidays and leave among them.",
    formula="sum of weekly capacity / 5 for every weekday up to today, from joining to leaving",
    source=sources.CAPACITY,
    fact=Fact.CAPACITY,
    column="f.gross_hours",
)

WORKED_HOURS = Measure(
    id="worked_hours",
    label="Hours worked",
    unit=Unit.HOURS,
    doc="Hours tracked that are no leave.",
    formula="sum of hours of entries on other tasks than those of leave",
    source=sources.ENTRIES,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition=predicates.WORKED,
)

UTILIZATION = Ratio(
    id="utilization",
    label="Utilization",
    unit=Unit.SHARE,
    doc="Billable hours as a share of capacity without holidays and leave, both up to today.",
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
    doc="All hours but leave as a share of capacity without holidays and leave, both up to today.",
    formula="hours worked / capacity",
    source=sources.UTILIZATION,
    good=1,
    numerator=WORKED_HOURS,
    denominator=CAPACITY_HOURS,
    over_selection="Share of capacity spent on this selection",
)

HARVEST_UTILIZATION = Ratio(
    id="harvest_utilization",
    label="Utilization as in Harvest",
    unit=Unit.SHARE,
    doc="All hours as a share of gross capacity, as Harvest counts: leave is work, holidays are.",
    formula="hours / gross capacity",
    source=sources.UTILIZATION,
    good=1,
    numerator=HOURS,
    denominator=GROSS_CAPACITY_HOURS,
    over_selection="Share of gross capacity spent on this selection",
)
