"""Tables of rows: what pages show, what their files hold, what `export` writes.

One list, one name each. The main table of a page has the page's own name.
"""

from dashboard.listings.audit import AUDIT
from dashboard.listings.calls import INVOICES_TO_CALL
from dashboard.listings.capacity import UTILIZATION_ROWS
from dashboard.listings.estimates import ESTIMATES, ESTIMATES_OPEN
from dashboard.listings.expenses import EXPENSES, EXPENSES_BY_CATEGORY
from dashboard.listings.explorer import EXPLORER
from dashboard.listings.invoices import INVOICES
from dashboard.listings.leaks import LEAK_ROWS, LEAKS
from dashboard.listings.listing import TableSpec
from dashboard.listings.odd_records import ODD_RECORDS
from dashboard.listings.overview import OVERVIEW
from dashboard.listings.profitability import PROFITABILITY, PROFITABILITY_BY_PROJECT
from dashboard.listings.projects import PROJECTS
from dashboard.listings.stored import DATA
from dashboard.listings.wip import WIP, WIP_BY_PROJECT, WIP_FEES
from dashboard.listings.work import HOURS

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
