"""Harvest's project budget report in the records: use of each budget, of work on any day."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dashboard.store.duck_tables import Tables

BUDGET_REPORTS_DDL = """
CREATE TABLE IF NOT EXISTS budget_reports ( -- Harvest's budget report, as of the last sync
    account_id VARCHAR,
    project_id BIGINT,
    budget_by  VARCHAR,
    spent      DECIMAL(18, 6), -- of the budget, or of the month where it is monthly
    PRIMARY KEY (account_id, project_id)
);
"""


@dataclass(frozen=True, slots=True, order=True)
class BudgetUse:
    """Use of one project's budget: hours, or money in the client's currency, by `budget_by`."""

    project_id: int
    budget_by: str
    spent: Decimal


class BudgetReports:
    """Stored rows of the budget report."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def replace(self, rows: Iterable[BudgetUse]) -> None:
        """Store these rows in place of all others."""
        new = sorted(rows)
        if new == self._rows():
            return
        with self._tables.transaction():
            self._tables.write("DELETE FROM budget_reports WHERE account_id = ?")
            for row in new:
                self._tables.write(
                    "INSERT INTO budget_reports VALUES (?, ?, ?, ?)",
                    row.project_id, row.budget_by, row.spent,
                )  # fmt: skip
            self._tables.note_change()

    def _rows(self) -> list[BudgetUse]:
        rows = self._tables.query(
            "SELECT project_id, budget_by, spent FROM budget_reports WHERE account_id = ?"
            " ORDER BY project_id"
        )
        return [BudgetUse(*row) for row in rows]
