"""Payments in the records: of which invoices they are to be asked for, and what was answered."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from dashboard.store.tables import Tables, to_naive
from harvest_client.entities import DETAILS

PAYMENTS = DETAILS["invoice_payments"]

# Nothing says that a change of a payment always changes its invoice, so each is asked for anew
# after that long, whatever its invoice says.
_SWEPT = timedelta(days=30)

TABLE = """
CREATE TABLE IF NOT EXISTS payments_read (
    account_id VARCHAR,
    invoice_id BIGINT,
    seen       VARCHAR,   -- what the invoice looked like when its payments were last read
    read_at    TIMESTAMP, -- and when that was
    PRIMARY KEY (account_id, invoice_id)
);
-- What an invoice looks like: where that is another, its payments are to be read anew.
CREATE OR REPLACE MACRO invoice_look(updated_at, state, amount, due_amount) AS
    concat_ws(' ', updated_at, state, amount, due_amount);
"""

# A draft has no payments, and of an invoice that owes all of its amount there is nothing to ask
# unless it had some before. What a closed one owes is not documented.
_ASKED = """
SELECT i.id AS id, i.issue_date AS issue_date,
    invoice_look(i.updated_at, i.state, i.amount, i.due_amount) AS seen
FROM invoices AS i
WHERE i.account_id = $1
    AND i.deleted_at IS NULL
    AND (
        i.state IN ('paid', 'closed')
        OR i.state IS DISTINCT FROM 'draft' AND i.due_amount IS DISTINCT FROM i.amount
        OR EXISTS (
            SELECT 1 FROM invoice_payments AS p
            WHERE p.account_id = i.account_id AND p.invoice_id = i.id AND p.deleted_at IS NULL
        )
    )
"""


class PaymentRecords:
    """Queries of the sync on payments."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def list_due(self, now: datetime, most: int) -> dict[int, str]:
        """Return the invoices whose payments are to be read, with what each looks like now.

        First those that changed, or were never asked about, the newest before others.
        """
        rows = self._tables.query(
            f"SELECT a.id, a.seen FROM ({_ASKED}) AS a"
            " LEFT JOIN payments_read AS r ON r.account_id = $1 AND r.invoice_id = a.id"
            " WHERE r.seen IS DISTINCT FROM a.seen OR r.read_at < $2 OR a.id IN ("
            # Nothing says that a payment which could not be read is right now.
            f" SELECT owner FROM odd_records WHERE account_id = $1 AND entity = '{PAYMENTS.name}')"
            " ORDER BY r.seen IS NOT DISTINCT FROM a.seen, a.issue_date DESC, a.id DESC",
            to_naive(now - _SWEPT),
        )
        # Not LIMIT: DuckDB 2.0.0 ignores it here, over a LEFT JOIN with EXISTS below it.
        return dict(rows[:most])

    def list_invoices(self) -> set[int]:
        """Return the invoices that may have payments."""
        return {id for (id,) in self._tables.query(f"SELECT id FROM ({_ASKED})")}

    def find_gone(self, invoices: Iterable[int], present: Collection[int]) -> list[int]:
        """Stored payments of these invoices that are not `present`."""
        rows = self._tables.query(
            f"SELECT id FROM {PAYMENTS.name} WHERE account_id = ? AND deleted_at IS NULL"
            " AND invoice_id IN (SELECT unnest(?::BIGINT[]))",
            list(invoices),
        )
        return sorted({id for (id,) in rows}.difference(present))

    def find_orphans(self) -> list[int]:
        """Payments of invoices that are deleted; should one come back, they are asked for anew."""
        rows = self._tables.query(
            f"SELECT p.id FROM {PAYMENTS.name} AS p JOIN invoices AS i"
            " ON i.account_id = p.account_id AND i.id = p.invoice_id"
            " WHERE p.account_id = ? AND p.deleted_at IS NULL AND i.deleted_at IS NOT NULL"
        )
        return [id for (id,) in rows]

    def note_read(self, invoices: Mapping[int, str], at: datetime) -> None:
        """Note that the payments of these invoices are stored as of `at`."""
        with self._tables.transaction():
            self._tables.write(
                "INSERT OR REPLACE INTO payments_read"
                " SELECT $1, unnest($2::BIGINT[]), unnest($3::VARCHAR[]), $4",
                list(invoices), list(invoices.values()), to_naive(at),
            )  # fmt: skip

    def forget_deleted(self) -> None:
        with self._tables.transaction():
            self._tables.write(
                "DELETE FROM payments_read WHERE account_id = $1 AND invoice_id IN"
                " (SELECT id FROM invoices WHERE account_id = $1 AND deleted_at IS NOT NULL)"
            )
