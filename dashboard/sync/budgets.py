"""Reading of Harvest's budget report: the use of budgets by work from before HARVEST_SYNC_START."""

import logging
from datetime import date

from dashboard.store.budget_reports import BudgetUse
from dashboard.store.records import Records
from dashboard.store.schema import is_storable
from harvest_client import ApiError, Harvest, InvalidResponse

log = logging.getLogger(__name__)


def read_budget_report(harvest: Harvest, records: Records, start: date | None) -> None:
    """Store the report for one request, or nothing where all work is stored.

    Without the report nothing is stored: what is used of a budget may then be more than is shown.
    """
    rows: dict[int, BudgetUse] = {}
    if start is not None and harvest.reports_at_hand:
        try:
            rows = {
                row.project_id: BudgetUse(row.project_id, row.budget_by, row.budget_spent)
                for row in harvest.project_budget.all()
                if row.project_id is not None
                and row.budget_by is not None
                and row.budget_spent is not None
                and is_storable(row.budget_spent)
            }
        except (ApiError, InvalidResponse) as error:
            log.warning("the budget report was not read: %s", error)
    records.budget_reports.replace(rows.values())
