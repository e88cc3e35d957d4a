"""Receivables: what clients owe, what they can draw, and what was given up.

Balances are as of the end of the period. An invoice that is paid too much, or that is negative, is
credit: it is never set off against what other invoices owe.
"""

from dashboard.metrics.catalog import gaps, predicates
from dashboard.metrics.catalog.invoices import INVOICED_AMOUNT
from dashboard.metrics.metric import Fact, Measure, Money, Ratio, TimeWindow, Unit

OUTSTANDING_AMOUNT = Measure(
    id="outstanding_amount",
    label="Outstanding",
    unit=Unit.MONEY,
    doc=(
        "What clients owe at the end of the period, due or not; tax and unpaid deposits into"
        " retainers included. Credit of other invoices is not taken off: see client credit."
    ),
    formula=(
        "for each invoice issued − paid − drawn from a retainer − written off, all up to the"
        " period's end, not below 0"
    ),
    source=predicates.RECEIVABLES,
    good=-1,
    fact=Fact.RECEIVABLES,
    gap=gaps.RECEIVABLES,
    column="f.amount",
    condition=predicates.OWED,
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
)

OVERDUE_AMOUNT = Measure(
    id="overdue_amount",
    label="Overdue",
    unit=Unit.MONEY,
    doc=(
        "What was due before the end of the period and is still owed, deposits into retainers"
        " included; neither what is due today nor a credit note is overdue."
    ),
    formula="outstanding of invoices with a due date before the period's end",
    source=predicates.RECEIVABLES,
    good=-1,
    fact=Fact.RECEIVABLES,
    gap=gaps.RECEIVABLES,
    column="f.amount",
    condition=predicates.OVERDUE,
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
)

CLIENT_CREDIT_AMOUNT = Measure(
    id="client_credit_amount",
    label="Client credit",
    unit=Unit.MONEY,
    doc=(
        "What clients can draw at the end of the period: overpayments and open credit notes."
        " Outstanding is not less by it, and retainers are apart."
    ),
    formula="sum of each invoice's balance below 0 at the period's end, as a positive amount",
    source=predicates.PAYMENTS,
    fact=Fact.RECEIVABLES,
    gap=gaps.RECEIVABLES,
    column="-f.amount",
    condition=predicates.CREDIT,
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
)

RETAINER_BALANCE_AMOUNT = Measure(
    id="retainer_balance_amount",
    label="Retainer balance",
    unit=Unit.MONEY,
    doc=(
        "What clients paid ahead into retainers and no work was drawn from yet, at the end of the"
        " period: a liability, no income. An unpaid deposit is outstanding, and not in it."
    ),
    formula="payments of deposits − draws by invoices for work, both up to the period's end",
    source=predicates.RETAINERS,
    fact=Fact.RETAINERS,
    column="f.amount",
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
)

_OUTSTANDING_INCOME = Measure(
    id="outstanding_income_amount",
    label="Outstanding for work",
    unit=Unit.MONEY,
    doc="Outstanding of invoices that are no deposits into retainers.",
    formula="outstanding of invoices that are no deposits",
    source=predicates.RECEIVABLES,
    fact=Fact.RECEIVABLES,
    gap=gaps.RECEIVABLES,
    column="f.amount",
    condition=f"{predicates.OWED} AND {predicates.OF_INCOME}",
    money=Money.CLIENT,
    window=TimeWindow.AS_OF,
)

DSO = Ratio(
    id="dso",
    label="Days sales outstanding",
    unit=Unit.DAYS,
    doc=(
        "How many days of invoicing, at the period's pace, clients owe at its end; deposits into"
        " retainers are in neither."
    ),
    formula=(
        "outstanding / invoiced × days of the period, all up to today, the amounts without deposits"
    ),
    source=predicates.RECEIVABLES,
    good=-1,
    numerator=_OUTSTANDING_INCOME,
    denominator=INVOICED_AMOUNT,
    times_days=True,
)

WRITE_OFF_AMOUNT = Measure(
    id="write_off_amount",
    label="Written off",
    unit=Unit.MONEY,
    doc=(
        "What was given up of invoices closed in the period, deposits into retainers among them;"
        " what was paid or drawn of them is not."
    ),
    formula="sum of amount − payments − draws of closed invoices, by the day they were closed",
    source=predicates.WRITE_OFFS,
    good=-1,
    fact=Fact.RECEIVABLES,
    gap=gaps.RECEIVABLES,
    column="-f.amount",
    base_filter=predicates.WRITTEN_OFF,
    money=Money.CLIENT,
)
