"""Reading who manages whom: one question for each manager, for it decides what each may see.

Nothing says that a person changes when their teammates do, so every sync asks about every manager.
Where those are many it asks about some, in turn, so as to leave most of one of Harvest's windows
to the rest.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from dashboard.store.record_store import Changes, Records
from dashboard.store.teammates import TEAMMATES
from dashboard.sync.deletion_guard import can_tell_apart, check_odd, ids_of
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.pull import THREADS, SyncCancelled
from harvest_client import BadRequest, Forbidden, Harvest, NotFound, Page

MOST = 20  # requests of a sync, but for managers who changed


@dataclass(frozen=True, slots=True)
class TeammatePull:
    """One reading of teammates into `records`, as of `started`; a `full` one of all managers.

    The people and their rights have been read before.
    """

    harvest: Harvest
    records: Records
    tally: ProgressCounter
    stop: Event
    started: datetime
    full: bool

    def run(self) -> Changes:
        teammates = self.records.teammates
        due = teammates.list_due(None if self.full else MOST)
        self.tally.expect_rows(TEAMMATES.name, len(due))
        try:
            with ThreadPoolExecutor(THREADS, thread_name_prefix="teammates") as pool:
                read = dict(zip(due, pool.map(self._read, due), strict=True))
        except Forbidden as error:
            # What cannot be confirmed would go on to be a right: better none.
            changes = self._remove_pairs(teammates.list_pairs())
            self.records.finish_pull(TEAMMATES, None, refused=f"{error} {error.remedy}")
            return changes
        pages = [page for pages in read.values() for page in pages]
        owners = self.records.odd.list_owners(TEAMMATES)
        # Read anew, or of somebody who manages nobody any more.
        self.records.odd.remove_of(
            TEAMMATES, read.keys() | (owners - teammates.list_due(None).keys())
        )
        self.records.odd.note_odd(odd for page in pages for odd in page.odd)
        changes = self.records.upsert(TEAMMATES, [page.data for page in pages])
        people = {
            id: {item for page in pages for item in ids_of(page)}
            for id, pages in read.items()
            if can_tell_apart(pages)
        }
        changes += self._remove_pairs(teammates.find_gone(people))
        check_odd(self.records, TEAMMATES)
        teammates.note_read(due, self.started)
        self.records.finish_pull(TEAMMATES, self.started)
        self.tally.add_rows(TEAMMATES.name, len(due))
        return changes

    def _read(self, manager_id: int) -> list[Page]:
        """Return the people of a manager; none where that is, meanwhile, no manager or nobody."""
        if self.stop.is_set():
            raise SyncCancelled
        try:
            return list(self.harvest.user_teammates.collect_odd().pages(user_id=manager_id))
        except (NotFound, BadRequest):
            return []

    def _remove_pairs(self, pairs: set[tuple[int, int]]) -> Changes:
        self.records.teammates.remove_pairs(pairs, self.started)
        return Changes(deleted=len(pairs))
