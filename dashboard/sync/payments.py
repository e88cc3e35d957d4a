"""Reading the payments of invoices: one question each, so only of those that may have new ones.

The invoices that changed since their payments were read, in state or amounts or otherwise, are
asked about, and each once a month. Only so many in one sync as need not wait for the next of
Harvest's windows: what is left over, the oldest, is for the next, and until then told from the
invoices.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from threading import Event

from dashboard.store.payments import PAYMENTS
from dashboard.store.record_store import Changes, Records
from dashboard.sync.deletion_guard import can_tell_apart, check_odd, ids_of
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.pull import THREADS, SyncCancelled
from harvest_client import Forbidden, Harvest, NotFound, Page

MOST = 60  # requests of a sync
_BATCH = 8 * THREADS  # invoices, whose payments are written together
_LONG = 100  # requests that are worth to show what there is before


@dataclass(slots=True)
class PaymentPull:
    """One reading of payments into `records`, as of `started`, of `most` invoices or fewer.

    `long` is called before a long one. What was read stays when the sync is stopped; the next one
    goes on from there. `more` says afterwards that there are others to be read.
    """

    harvest: Harvest
    records: Records
    tally: ProgressCounter
    stop: Event
    started: datetime
    long: Callable[[], None]
    most: int = MOST
    more: bool = False

    def run(self) -> Changes:
        changes = self.records.mark_deleted(
            PAYMENTS, self.records.payments.find_orphans(), self.started
        )
        self.records.payments.forget_deleted()
        if owners := self.records.odd.list_owners(PAYMENTS):
            self.records.odd.remove_of(PAYMENTS, owners - self.records.payments.list_invoices())
        most = min(self.most, self.harvest.requests_at_hand)
        due = self.records.payments.list_due(self.started, most + 1)
        self.more = len(due) > most
        due = dict(islice(due.items(), most))
        if len(due) >= _LONG:
            self.long()
        self.tally.expect_rows(PAYMENTS.name, len(due))
        try:
            with ThreadPoolExecutor(THREADS, thread_name_prefix="payments") as pool:
                while batch := dict(islice(due.items(), _BATCH)):
                    changes += self._store_batch(batch, list(pool.map(self._read, batch)))
                    due = dict(islice(due.items(), _BATCH, None))
        except Forbidden as error:
            self.records.finish_pull(PAYMENTS, None, refused=f"{error} {error.remedy}")
            return changes
        check_odd(self.records, PAYMENTS)
        self.records.finish_pull(PAYMENTS, self.started)
        return changes

    def _read(self, invoice_id: int) -> list[Page] | None:
        """The payments of an invoice; None where that is gone, which is for others to conclude."""
        if self.stop.is_set():
            raise SyncCancelled
        try:
            return list(self.harvest.invoice_payments.collect_odd().pages(invoice_id=invoice_id))
        except NotFound:
            return None

    def _store_batch(self, batch: dict[int, str], answers: list[list[Page] | None]) -> Changes:
        read = {
            invoice_id: pages
            for invoice_id, pages in zip(batch, answers, strict=True)
            if pages is not None
        }
        pages = [page for pages in read.values() for page in pages]
        self.records.odd.remove_of(PAYMENTS, read)
        self.records.odd.note_odd(odd for page in pages for odd in page.odd)
        changes = self.records.upsert(PAYMENTS, [page.data for page in pages])
        values = {id: item for id, item in read.items() if can_tell_apart(item)}
        missing = self.records.payments.find_gone(
            values, {id for page in pages for id in ids_of(page)}
        )
        changes += self.records.mark_deleted(PAYMENTS, missing, self.started)
        self.records.payments.note_read(batch, self.started)
        self.tally.add_rows(PAYMENTS.name, len(batch))
        return changes
