"""THE OTHER TABLE: every metric once, with what it means and where that is said."""

from dashboard.metrics.catalog.budgets import BUDGET as BUDGET
from dashboard.metrics.catalog.budgets import BUDGET_REMAINING as BUDGET_REMAINING
from dashboard.metrics.catalog.budgets import BUDGET_SPENT as BUDGET_SPENT
from dashboard.metrics.catalog.budgets import BUDGET_USED_SHARE as BUDGET_USED_SHARE
from dashboard.metrics.catalog.capacity import CAPACITY_HOURS as CAPACITY_HOURS
from dashboard.metrics.catalog.capacity import GROSS_CAPACITY_HOURS as GROSS_CAPACITY_HOURS
from dashboard.metrics.catalog.capacity import HARVEST_UTILIZATION as HARVEST_UTILIZATION
from dashboard.metrics.catalog.capacity import TOTAL_UTILIZATION as TOTAL_UTILIZATION
from dashboard.metrics.catalog.capacity import UTILIZATION as UTILIZATION
from dashboard.metrics.catalog.capacity import WORKED_HOURS as WORKED_HOURS
from dashboard.metrics.catalog.estimates import DRAFT_ESTIMATE_AMOUNT as DRAFT_ESTIMATE_AMOUNT
from dashboard.metrics.catalog.estimates import ESTIMATE_AMOUNT as ESTIMATE_AMOUNT
from dashboard.metrics.catalog.estimates import ESTIMATE_COUNT as ESTIMATE_COUNT
from dashboard.metrics.catalog.estimates import WIN_RATE as WIN_RATE
from dashboard.metrics.catalog.estimates import WIN_RATE_AMOUNT as WIN_RATE_AMOUNT
from dashboard.metrics.catalog.expenses import BILLABLE_EXPENSE_AMOUNT as BILLABLE_EXPENSE_AMOUNT
from dashboard.metrics.catalog.expenses import EXPENSE_AMOUNT as EXPENSE_AMOUNT
from dashboard.metrics.catalog.expenses import (
    UNINVOICED_EXPENSE_AMOUNT as UNINVOICED_EXPENSE_AMOUNT,
)
from dashboard.metrics.catalog.invoices import COLLECTION_SHARE as COLLECTION_SHARE
from dashboard.metrics.catalog.invoices import DAYS_TO_PAY as DAYS_TO_PAY
from dashboard.metrics.catalog.invoices import DRAFT_AMOUNT as DRAFT_AMOUNT
from dashboard.metrics.catalog.invoices import INVOICE_COUNT as INVOICE_COUNT
from dashboard.metrics.catalog.invoices import INVOICED_AMOUNT as INVOICED_AMOUNT
from dashboard.metrics.catalog.invoices import PAID_AMOUNT as PAID_AMOUNT
from dashboard.metrics.catalog.profit import COST_COVERAGE as COST_COVERAGE
from dashboard.metrics.catalog.profit import GROSS_MARGIN_AMOUNT as GROSS_MARGIN_AMOUNT
from dashboard.metrics.catalog.profit import MARGIN_SHARE as MARGIN_SHARE
from dashboard.metrics.catalog.profit import REVENUE_AMOUNT as REVENUE_AMOUNT
from dashboard.metrics.catalog.receivables import CLIENT_CREDIT_AMOUNT as CLIENT_CREDIT_AMOUNT
from dashboard.metrics.catalog.receivables import DSO as DSO
from dashboard.metrics.catalog.receivables import OUTSTANDING_AMOUNT as OUTSTANDING_AMOUNT
from dashboard.metrics.catalog.receivables import OVERDUE_AMOUNT as OVERDUE_AMOUNT
from dashboard.metrics.catalog.receivables import RETAINER_BALANCE_AMOUNT as RETAINER_BALANCE_AMOUNT
from dashboard.metrics.catalog.receivables import WRITE_OFF_AMOUNT as WRITE_OFF_AMOUNT
from dashboard.metrics.catalog.time import AVERAGE_RATE as AVERAGE_RATE
from dashboard.metrics.catalog.time import BILLABLE_AMOUNT as BILLABLE_AMOUNT
from dashboard.metrics.catalog.time import BILLABLE_HOURS as BILLABLE_HOURS
from dashboard.metrics.catalog.time import BILLABLE_SHARE as BILLABLE_SHARE
from dashboard.metrics.catalog.time import COST_AMOUNT as COST_AMOUNT
from dashboard.metrics.catalog.time import EFFECTIVE_RATE as EFFECTIVE_RATE
from dashboard.metrics.catalog.time import HOURS as HOURS
from dashboard.metrics.catalog.time import NONBILLABLE_HOURS as NONBILLABLE_HOURS
from dashboard.metrics.catalog.time import RAW_HOURS as RAW_HOURS
from dashboard.metrics.catalog.time import UNPRICED_HOURS as UNPRICED_HOURS
from dashboard.metrics.catalog.wip import UNINVOICED_AMOUNT as UNINVOICED_AMOUNT
from dashboard.metrics.catalog.wip import UNINVOICED_FEES_AMOUNT as UNINVOICED_FEES_AMOUNT
from dashboard.metrics.catalog.wip import UNINVOICED_HOURS as UNINVOICED_HOURS
from dashboard.metrics.metric import Fact as Fact
from dashboard.metrics.metric import Measure as Measure
from dashboard.metrics.metric import Metric as Metric
from dashboard.metrics.metric import Money as Money
from dashboard.metrics.metric import Ratio as Ratio
from dashboard.metrics.metric import SumMetric as SumMetric
from dashboard.metrics.metric import Unit as Unit

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
        UNINVOICED_HOURS,
        UNINVOICED_AMOUNT,
        UNINVOICED_FEES_AMOUNT,
        CAPACITY_HOURS,
        UTILIZATION,
        TOTAL_UTILIZATION,
        HARVEST_UTILIZATION,
        GROSS_CAPACITY_HOURS,
        WORKED_HOURS,
        BUDGET,
        BUDGET_SPENT,
        BUDGET_REMAINING,
        BUDGET_USED_SHARE,
        INVOICE_COUNT,
        INVOICED_AMOUNT,
        DRAFT_AMOUNT,
        PAID_AMOUNT,
        OUTSTANDING_AMOUNT,
        OVERDUE_AMOUNT,
        CLIENT_CREDIT_AMOUNT,
        RETAINER_BALANCE_AMOUNT,
        DSO,
        DAYS_TO_PAY,
        COLLECTION_SHARE,
        WRITE_OFF_AMOUNT,
        EXPENSE_AMOUNT,
        BILLABLE_EXPENSE_AMOUNT,
        UNINVOICED_EXPENSE_AMOUNT,
        ESTIMATE_COUNT,
        ESTIMATE_AMOUNT,
        DRAFT_ESTIMATE_AMOUNT,
        WIN_RATE,
        WIN_RATE_AMOUNT,
        REVENUE_AMOUNT,
        GROSS_MARGIN_AMOUNT,
        MARGIN_SHARE,
        COST_COVERAGE,
    )
}
