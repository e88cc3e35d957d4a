"""Estimates: amounts, counts and win rates."""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.metric import Fact, Measure, Money, Ratio, Unit

ESTIMATE_COUNT = Measure(
    id="estimate_count",
    label="Estimates",
    unit=Unit.COUNT,
    doc="Estimates by issue date, whatever became of them; no drafts, which nobody was offered.",
    formula="number of estimates that are not drafts",
    source=predicates.ESTIMATES,
    good=1,
    fact=Fact.ESTIMATES,
    column="1",
    base_filter=predicates.OFFERED,
)

ESTIMATE_AMOUNT = Measure(
    id="estimate_amount",
    label="Estimated",
    unit=Unit.MONEY,
    doc="What was offered by issue date, tax included; no drafts.",
    formula="sum of the amounts of estimates that are not drafts",
    source=predicates.ESTIMATES,
    good=1,
    fact=Fact.ESTIMATES,
    column="f.amount",
    base_filter=predicates.OFFERED,
    money=Money.CLIENT,
    gap=gaps.ESTIMATES,
)

DRAFT_ESTIMATE_AMOUNT = Measure(
    id="draft_estimate_amount",
    label="Draft estimates",
    unit=Unit.MONEY,
    doc="Estimates that are written but not sent, tax included.",
    formula="sum of the amounts of drafts",
    source=predicates.ESTIMATES,
    fact=Fact.ESTIMATES,
    column="f.amount",
    base_filter=predicates.DRAFT,
    money=Money.CLIENT,
    gap=gaps.ESTIMATES,
)

_ACCEPTED_COUNT = Measure(
    id="accepted_count",
    label="Accepted estimates",
    unit=Unit.COUNT,
    doc="Estimates by the day they were accepted.",
    formula="number of accepted estimates by the day of the decision",
    source=predicates.ESTIMATES,
    fact=Fact.ESTIMATES,
    column="1",
    condition=predicates.ACCEPTED,
    base_filter=predicates.DECIDED,
    day="f.decided_day",
)

_DECIDED_COUNT = Measure(
    id="decided_count",
    label="Decided estimates",
    unit=Unit.COUNT,
    doc="Estimates by the day they were accepted or declined.",
    formula="number of accepted and declined estimates by the day of the decision",
    source=predicates.ESTIMATES,
    fact=Fact.ESTIMATES,
    column="1",
    base_filter=predicates.DECIDED,
    day="f.decided_day",
)

WIN_RATE = Ratio(
    id="win_rate",
    label="Win rate",
    unit=Unit.SHARE,
    doc="Share of the estimates decided in the period that were accepted; open ones do not count.",
    formula="accepted / (accepted + declined), by the day of the decision",
    source=predicates.ESTIMATES,
    good=1,
    numerator=_ACCEPTED_COUNT,
    denominator=_DECIDED_COUNT,
)

_ACCEPTED_AMOUNT = Measure(
    id="accepted_amount",
    label="Accepted amount",
    unit=Unit.MONEY,
    doc="Amounts of estimates by the day they were accepted.",
    formula="sum of the amounts of accepted estimates by the day of the decision",
    source=predicates.ESTIMATES,
    fact=Fact.ESTIMATES,
    column="f.amount",
    condition=predicates.ACCEPTED,
    base_filter=predicates.DECIDED,
    money=Money.CLIENT,
    gap=gaps.ESTIMATES,
    day="f.decided_day",
)

_DECIDED_AMOUNT = Measure(
    id="decided_amount",
    label="Decided amount",
    unit=Unit.MONEY,
    doc="Amounts of estimates by the day they were accepted or declined.",
    formula="sum of the amounts of accepted and declined estimates by the day of the decision",
    source=predicates.ESTIMATES,
    fact=Fact.ESTIMATES,
    column="f.amount",
    base_filter=predicates.DECIDED,
    money=Money.CLIENT,
    gap=gaps.ESTIMATES,
    day="f.decided_day",
)

WIN_RATE_AMOUNT = Ratio(
    id="win_rate_amount",
    label="Win rate by amount",
    unit=Unit.SHARE,
    doc="Share of the amounts decided in the period that was accepted; tax included.",
    formula="accepted amount / (accepted + declined amount), by the day of the decision",
    source=predicates.ESTIMATES,
    good=1,
    numerator=_ACCEPTED_AMOUNT,
    denominator=_DECIDED_AMOUNT,
)
