"""Capacity, and how much of it is used.

Hours of people without a capacity, which is 0 or not known, are in no utilization: they would be
counted against the capacity of others.
"""

from dashboard.metrics.catalog import predicates
from dashboard.metrics.catalog.time import BILLABLE_HOURS, HOURS
from dashboard.metrics.metric import Fact, Measure, Ratio, Unit

CAPACITY_HOURS = Measure(
    id="capacity_hours",
    label="Capacity",
    unit=Unit.HOURS,
    doc=(
        "Contracted hours on the weekdays up to today, without holidays and booked leave: a week"
        " whose leave is as long as the contract has none left, however many of its days it fills."
    ),
    formula=(
        "per person and week sum of weekly capacity / 5 for every weekday that is no holiday −"
        " leave of the week, not below 0, from joining to leaving; spread over the days that have"
        " something left, and counted up to today"
    ),
    source=predicates.CAPACITY,
    fact=Fact.CAPACITY,
    column="f.capacity_hours",
)

GROSS_CAPACITY_HOURS = Measure(
    id="gross_capacity_hours",
    label="Gross capacity",
    unit=Unit.HOURS,
    doc=(
        "Contracted hours on the weekdays up to today, holidays and leave among them; contracts as"
        " they were on the day."
    ),
    formula="sum of weekly capacity / 5 for every weekday up to today, from joining to leaving",
    source=predicates.CAPACITY,
    fact=Fact.CAPACITY,
    column="f.gross_hours",
)

_HARVEST_CAPACITY_HOURS = Measure(
    id="harvest_capacity_hours",
    label="Capacity as in Harvest",
    unit=Unit.HOURS,
    doc="Gross capacity by the weekly capacity of today, whatever it was: Harvest knows no other.",
    formula=(
        "sum of today's weekly capacity / 5 for every weekday up to today, from joining to leaving"
    ),
    source=predicates.CAPACITY,
    fact=Fact.CAPACITY,
    column="f.harvest_hours",
)

WORKED_HOURS = Measure(
    id="worked_hours",
    label="Hours worked",
    unit=Unit.HOURS,
    doc="Hours tracked that are no leave.",
    formula="sum of hours of entries on other tasks than those of leave",
    source=predicates.ENTRIES,
    fact=Fact.TIME,
    column="f.{basis}_hours",
    condition=predicates.WORKED,
)

UTILIZATION = Ratio(
    id="utilization",
    label="Utilization",
    unit=Unit.SHARE,
    doc=(
        "Billable hours as a share of capacity without holidays and leave, both up to today and of"
        " people who have a capacity."
    ),
    formula="billable hours of people with capacity / capacity",
    source=predicates.UTILIZATION,
    good=1,
    numerator=BILLABLE_HOURS,
    denominator=CAPACITY_HOURS,
    over_selection="Billable share of capacity spent on this selection",
)

TOTAL_UTILIZATION = Ratio(
    id="total_utilization",
    label="Total utilization",
    unit=Unit.SHARE,
    doc=(
        "All hours but leave as a share of capacity without holidays and leave, both up to today"
        " and of people who have a capacity."
    ),
    formula="hours worked of people with capacity / capacity",
    source=predicates.UTILIZATION,
    good=1,
    numerator=WORKED_HOURS,
    denominator=CAPACITY_HOURS,
    over_selection="Share of capacity spent on this selection",
)

HARVEST_UTILIZATION = Ratio(
    id="harvest_utilization",
    label="Utilization (Harvest's method)",
    unit=Unit.SHARE,
    doc=(
        "All hours as a share of gross capacity, as Harvest counts: leave is work, holidays are,"
        " and today's weekly capacity counts for all weeks. Of people who have a capacity."
    ),
    formula=(
        "hours of people with capacity / sum of today's weekly capacity / 5 for every weekday up to"
        " today, from joining to leaving"
    ),
    source=predicates.UTILIZATION,
    good=1,
    numerator=HOURS,
    denominator=_HARVEST_CAPACITY_HOURS,
    over_selection="Share of gross capacity spent on this selection",
)
