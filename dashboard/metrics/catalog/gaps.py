"""Gaps: what Harvest does not tell, so that a sum over it alone is unknown and not 0.

An access token without the right to billable rates reads entries, projects and budgets in money
without their amounts, as if there were none.
"""

from dashboard.metrics.catalog import predicates
from dashboard.metrics.metric import Gap

_MAY_NOT_SEE = "the access token may not see"

RATES = Gap(
    unknown="f.is_rate_hidden",
    weight="f.{basis}_hours",
    of="the billable hours",
    why=f"{_MAY_NOT_SEE} the other rates",
)
UNPRICED = Gap(
    unknown="f.is_rate_hidden",
    among=predicates.BILLABLE_HOURLY,
    weight="f.{basis}_hours",
    of="the billable hours",
    why=f"{_MAY_NOT_SEE} the other rates",
)
COSTS = Gap(
    unknown="f.cost_rate IS NULL",
    weight="f.{basis}_hours",
    of="the hours",
    why="no other cost rate is set, or visible",
)
FEES = Gap(unknown="f.is_hidden", of="the days of fixed fees", why=f"{_MAY_NOT_SEE} the other fees")
FEE_BALANCES = Gap(unknown="f.is_hidden", of="the fixed fees", why=f"{_MAY_NOT_SEE} the others")
BUDGET_RATES = Gap(
    unknown="f.is_hidden",
    weight="f.fee_hours",
    of="the billable hours",
    why=f"{_MAY_NOT_SEE} the other rates",
)
EXPENSES = Gap(unknown="f.amount IS NULL", of="the expenses", why="Harvest tells no other cost")
ESTIMATES = Gap(unknown="f.amount IS NULL", of="the estimates", why="Harvest tells no other amount")
INVOICES = Gap(unknown="f.amount IS NULL", of="the invoices", why="Harvest tells no other amount")
PAYMENTS = Gap(unknown="f.amount IS NULL", of="the payments", why="Harvest tells no other amount")
RECEIVABLES = Gap(
    unknown="f.amount IS NULL",
    of="the movements of invoices",
    why="Harvest tells no other amount",
)
