"""Tables of rows: what pages show, what their files hold, what `export` writes.

One list, one name each. The main table of a page has the page's own name.
"""

from dashboard.reports.collections import INVOICES_TO_CALL
from dashboard.reports.data import AUDIT, DATA, ODD_RECORDS
from dashboard.reports.entities import EXPLORER
from dashboard.reports.estimates import ESTIMATES, ESTIMATES_OPEN
from dashboard.reports.expenses import EXPENSES, EXPENSES_BY_CATEGORY
from dashboard.reports.hours import HOURS, UTILIZATION_ROWS
from dashboard.reports.invoices import INVOICES
from dashboard.reports.leaks.summary import LEAK_ROWS, LEAKS
from dashboard.reports.overview import OVERVIEW
from dashboard.reports.profitability import PROFITABILITY, PROFITABILITY_BY_PROJECT
from dashboard.reports.projects import PROJECTS
from dashboard.reports.receivables import AGING, INVOICES_BY_MONTH
from dashboard.reports.table import TableSpec
from dashboard.reports.wip import WIP, WIP_BY_PROJECT, WIP_FEES

LISTINGS: dict[str, TableSpec] = {
    kind.id: kind
    for kind in (
        HOURS,
        DATA,
        ODD_RECORDS,
        AUDIT,
        LEAKS,
        *LEAK_ROWS,
        EXPLORER,
        INVOICES,
        INVOICES_TO_CALL,
        INVOICES_BY_MONTH,
        AGING,
        ESTIMATES,
        ESTIMATES_OPEN,
        UTILIZATION_ROWS,
        OVERVIEW,
        PROJECTS,
        PROFITABILITY,
        PROFITABILITY_BY_PROJECT,
        WIP,
        WIP_BY_PROJECT,
        WIP_FEES,
        EXPENSES,
        EXPENSES_BY_CATEGORY,
    )
}
