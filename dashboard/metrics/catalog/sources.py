"""Sources in Harvest's documentation for the meaning of numbers."""

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
