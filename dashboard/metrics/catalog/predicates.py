"""Conditions that metrics, reports and charts share, and sources of definitions.

Each is about `f`, a row of the fact that its block names.
"""

_API = "https://help.getharvest.com/api-v2"
_HELP = "https://support.getharvest.com/hc/en-us/articles"

ENTRIES = f"{_API}/timesheets-api/timesheets/time-entries/"
TIME_REPORT = f"{_API}/reports-api/reports/time-reports/"
UNINVOICED_REPORT = f"{_API}/reports-api/reports/uninvoiced-report/"
EXPENSE_REPORT = f"{_API}/reports-api/reports/expense-reports/"
INVOICES = f"{_API}/invoices-api/invoices/invoices/"
PAYMENTS = f"{_API}/invoices-api/invoices/invoice-payments/"
RETAINERS = "https://www.getharvest.com/blog/2010/07/new-feature-manage-retainers-in-harvest"
TOTALS = f"{_HELP}/360053116772"  # why totals differ
PROJECT_TYPES = f"{_HELP}/360048181472"
CAPACITY = f"{_HELP}/360048181752"
UTILIZATION = "https://support.getharvest.com/hc/articles/43000673746445"
COST = f"{_HELP}/25342727197581"  # profitability
COST_GAPS = f"{_HELP}/25342786926221"  # missing rates
RECEIVABLES = "https://support.getharvest.com/hc/articles/44367209683853-Accounts-receivable-report"
BUDGETS = f"{_API}/reports-api/reports/project-budget-report/"
WRITE_OFFS = f"{_HELP}/360048181032"
EXPENSES = f"{_HELP}/360048687611"
ESTIMATES = f"{_HELP}/360048686351"


# Invoices, and drafts among them.
ISSUED = "f.state IS DISTINCT FROM 'draft'"
DRAFT = "f.state = 'draft'"
INCOME = f"{ISSUED} AND NOT f.is_deposit"
"""Work and goods that were invoiced; a deposit is a liability until work is drawn from it."""

# Payments: what settled an invoice.
CASH = "f.kind = 'paid'"
DRAWN = "f.kind = 'drawn'"
OF_INCOME = "NOT f.is_deposit"

# Receivables: movements of what is owed, and of credit, of the kinds above and these.
OWED = "NOT f.is_credit"
CREDIT = "f.is_credit"
OVERDUE = f"{OWED} AND f.due_date < {{as_of}}"
"""Late: owed after its due day. Due today is not late, and neither is a credit."""
WRITTEN_OFF = "f.kind = 'written off'"

# Time and expenses.
UNINVOICED = "f.billable AND NOT f.is_billed"
# Time.
WORKED = "NOT f.is_leave"
HOURLY = "NOT f.is_fixed_fee"
"""Work that is worth its hours; that of a fixed-fee project is worth the fee."""
BILLABLE_HOURLY = f"f.billable AND {HOURLY}"
UNINVOICED_HOURLY = f"{UNINVOICED} AND {HOURLY}"
PRICED = f"{BILLABLE_HOURLY} AND f.billable_rate > 0"
UNPRICED = f"{BILLABLE_HOURLY} AND coalesce(f.billable_rate, 0) = 0 AND NOT f.is_rate_hidden"
"""Without a rate, or with a rate of 0, which is none; a rate that is not visible may be one."""
MARKED_INVOICED = f"{BILLABLE_HOURLY} AND f.is_billed AND f.invoice_id IS NULL"
"""Marked as invoiced, but on no invoice."""

# Estimates, and drafts among them.
OFFERED = ISSUED
UNDECIDED_STATE = "sent"
UNDECIDED = f"f.state = '{UNDECIDED_STATE}'"
ACCEPTED = "f.state = 'accepted'"
DECIDED = "f.state IN ('accepted', 'declined')"
