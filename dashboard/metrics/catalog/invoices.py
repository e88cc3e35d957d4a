"""Invoices: issued, and what came of them.

Amounts are as on the invoice: discount taken off, tax included. Drafts are in none but their own.
"""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.metric import Fact, Measure, Money, Ratio, Unit

INVOICE_COUNT = Measure(
    id="invoice_count",
    label="Invoices",
    unit=Unit.COUNT,
    doc=(
        "Invoices by issue date, whatever became of them; neither drafts nor deposits into"
        " retainers."
    ),
    formula="number of invoices that are neither drafts nor deposits",
    source=predicates.INVOICES,
    good=1,
    fact=Fact.INVOICES,
    column="1",
    base_filter=predicates.INCOME,
)

INVOICED_AMOUNT = Measure(
    id="invoiced_amount",
    label="Invoiced",
    unit=Unit.MONEY,
    doc=(
        "Amounts by issue date, tax included; no drafts. A deposit into a retainer is no income:"
        " what is drawn from it for work is in."
    ),
    formula=(
        "sum of the amounts of invoices that are neither drafts nor deposits, before what was drawn"
        " from a retainer"
    ),
    source=predicates.INVOICES,
    good=1,
    fact=Fact.INVOICES,
    column="f.amount",
    gap=gaps.INVOICES,
    base_filter=predicates.INCOME,
    money=Money.CLIENT,
)

DRAFT_AMOUNT = Measure(
    id="draft_amount",
    label="Drafts",
    unit=Unit.MONEY,
    doc="Invoices that are written but not sent, tax and deposits into retainers included.",
    formula="sum of the amounts of drafts",
    source=predicates.INVOICES,
    fact=Fact.INVOICES,
    column="f.amount",
    gap=gaps.INVOICES,
    base_filter=predicates.DRAFT,
    money=Money.CLIENT,
)

PAID_AMOUNT = Measure(
    id="paid_amount",
    label="Paid",
    unit=Unit.MONEY,
    doc=(
        "Cash received on its own day, parts too, whenever the invoice was issued; tax included."
        " Refunds are taken off. Deposits into retainers are in, draws from them are no cash."
    ),
    formula="sum of payments by paid date",
    source=predicates.PAYMENTS,
    good=1,
    fact=Fact.PAYMENTS,
    gap=gaps.PAYMENTS,
    column="f.amount",
    base_filter=predicates.CASH,
    money=Money.CLIENT,
)

_PAID_DAYS = Measure(
    id="paid_days",
    label="Days paid amounts took",
    unit=Unit.DAYS,
    doc="Days from issue to payment, each times the amount paid.",
    formula="sum of payments × days from issue date to paid date",
    source=predicates.PAYMENTS,
    fact=Fact.PAYMENTS,
    gap=gaps.PAYMENTS,
    column="f.amount_days",
    base_filter=predicates.CASH,
    money=Money.CLIENT,
)

DAYS_TO_PAY = Ratio(
    id="days_to_pay",
    label="Days to pay",
    unit=Unit.DAYS,
    doc=(
        "From issue to payment, larger payments weighing more; what is unpaid does not count."
        " Deposits into retainers are in, draws from them are no payments."
    ),
    formula="sum of payments × days from issue date to paid date / sum of payments",
    source=predicates.PAYMENTS,
    good=-1,
    numerator=_PAID_DAYS,
    denominator=PAID_AMOUNT,
)

_COLLECTED_AMOUNT = Measure(
    id="collected_amount",
    label="Collected",
    unit=Unit.MONEY,
    doc="What was paid or drawn to date of the invoices issued in the period; tax included.",
    formula="sum of payments and draws of invoices that are no deposits, by issue date",
    source=predicates.PAYMENTS,
    fact=Fact.PAYMENTS,
    gap=gaps.PAYMENTS,
    column="f.amount",
    base_filter=predicates.OF_INCOME,
    money=Money.CLIENT,
    day="f.issued_day",
)

COLLECTION_SHARE = Ratio(
    id="collection_share",
    label="Collection",
    unit=Unit.SHARE,
    doc=(
        "Share of what was invoiced in the period that was paid to date, or drawn from a retainer;"
        " tax in both, deposits in neither. Above 100 % where more was paid."
    ),
    formula="payments and draws to date of invoices issued in the period / invoiced",
    source=predicates.PAYMENTS,
    good=1,
    numerator=_COLLECTED_AMOUNT,
    denominator=INVOICED_AMOUNT,
)
