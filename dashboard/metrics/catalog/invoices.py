"""What was invoiced, what came of it, and what clients still owe.

Amounts are as on the invoice: discount taken off, tax included. Drafts are in none but their own.
"""

from dashboard.metrics.catalog import sources
from dashboard.metrics.metric import Fact, Measure, Money, Ratio, Unit, Window

_ISSUED = "f.state IS DISTINCT FROM 'draft'"

INVOICE_COUNT = Measure(
    id="invoice_count",
    label="Invoices",
    unit=Unit.COUNT,
    doc="Invoices by issue date, whatever became of them; no drafts.",
    formula="number of invoices that are not drafts",
    source=sources.INVOICES,
    good=1,
    fact=Fact.INVOICES,
    column="1",
    among=_ISSUED,
)

INVOICED_AMOUNT = Measure(
    id="invoiced_amount",
    label="Invoiced",
    unit=Unit.MONEY,
    doc="What was invoiced by issue date, tax and retainers included; no drafts.",
    formula="sum of the amounts of invoices that are not drafts",
    source=sources.INVOICES,
    good=1,
    fact=Fact.INVOICES,
    column="f.amount",
    among=_ISSUED,
    money=Money.CLIENT,
)

DRAFT_AMOUNT = Measure(
    id="draft_amount",
    label="Drafts",
    unit=Unit.MONEY,
    doc="Invoices that are written but not sent, tax included.",
    formula="sum of the amounts of drafts",
    source=sources.INVOICES,
    fact=Fact.INVOICES,
    column="f.amount",
    among="f.state = 'draft'",
    money=Money.CLIENT,
)

PAID_AMOUNT = Measure(
    id="paid_amount",
    label="Paid",
    unit=Unit.MONEY,
    doc="Payments on their own day, parts too, whenever the invoice was issued; tax included.",
    formula="sum of payments by paid date",
    source=sources.PAYMENTS,
    good=1,
    fact=Fact.PAYMENTS,
    column="f.amount",
    money=Money.CLIENT,
)

OUTSTANDING_AMOUNT = Measure(
    id="outstanding_amount",
    label="Outstanding",
    unit=Unit.MONEY,
    doc="What clients owe at the end of the period, due or not; tax included.",
    formula="issued − paid − written off, all up to the period's end",
    source=sources.RECEIVABLES,
    good=-1,
    fact=Fact.RECEIVABLES,
    column="f.amount",
    money=Money.CLIENT,
    window=Window.AS_OF,
)

OVERDUE_AMOUNT = Measure(
    id="overdue_amount",
    label="Overdue",
    unit=Unit.MONEY,
    doc="What was due before the end of the period and is still owed; due today is not overdue.",
    formula="outstanding of invoices with a due date before the period's end",
    source=sources.RECEIVABLES,
    good=-1,
    fact=Fact.RECEIVABLES,
    column="f.amount",
    condition="f.due_date < {as_of}",
    money=Money.CLIENT,
    window=Window.AS_OF,
)

DSO = Ratio(
    id="dso",
    label="Days sales outstanding",
    unit=Unit.DAYS,
    doc="How many days of invoicing, at the period's pace, clients owe at its end.",
    formula="outstanding / invoiced × days of the period up to today",
    source=sources.RECEIVABLES,
    good=-1,
    numerator=OUTSTANDING_AMOUNT,
    denominator=INVOICED_AMOUNT,
    times_days=True,
)

_PAID_DAYS = Measure(
    id="paid_days",
    label="Days paid amounts took",
    unit=Unit.DAYS,
    doc="Days from issue to payment, each times the amount paid.",
    formula="sum of payments × days from issue date to paid date",
    source=sources.PAYMENTS,
    fact=Fact.PAYMENTS,
    column="f.amount_days",
    money=Money.CLIENT,
)

DAYS_TO_PAY = Ratio(
    id="days_to_pay",
    label="Days to pay",
    unit=Unit.DAYS,
    doc="From issue to payment, larger payments weighing more; what is unpaid does not count.",
    formula="sum of payments × days from issue date to paid date / sum of payments",
    source=sources.PAYMENTS,
    good=-1,
    numerator=_PAID_DAYS,
    denominator=PAID_AMOUNT,
)

_COLLECTED_AMOUNT = Measure(
    id="collected_amount",
    label="Collected",
    unit=Unit.MONEY,
    doc="What was paid to date of the invoices issued in the period; tax included.",
    formula="sum of payments of invoices by issue date",
    source=sources.PAYMENTS,
    fact=Fact.INVOICES,
    column="f.paid_amount",
    among=_ISSUED,
    money=Money.CLIENT,
)

COLLECTION_SHARE = Ratio(
    id="collection_share",
    label="Collection",
    unit=Unit.SHARE,
    doc="Share of what was invoiced in the period that was paid to date; tax in both.",
    formula="payments to date of invoices issued in the period / invoiced",
    source=sources.PAYMENTS,
    good=1,
    numerator=_COLLECTED_AMOUNT,
    denominator=INVOICED_AMOUNT,
)

WRITE_OFF_AMOUNT = Measure(
    id="write_off_amount",
    label="Written off",
    unit=Unit.MONEY,
    doc="What was given up of invoices closed in the period; what was paid of them is not.",
    formula="sum of amount − payments of closed invoices, by the day they were closed",
    source=sources.WRITE_OFFS,
    good=-1,
    fact=Fact.RECEIVABLES,
    column="-f.amount",
    among="f.kind = 'written off'",
    money=Money.CLIENT,
)
