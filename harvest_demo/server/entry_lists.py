"""The list of time entries: the one that is too long to be sorted for every page."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from harvest_demo.account.account import Account, TimeEntry
from harvest_demo.server import paging
from harvest_demo.server.lists import filters_of
from harvest_demo.server.paging import Query
from harvest_demo.server.permissions import Viewer, rows_seen

_KEPT = 8  # selections remembered; one of a million entries takes 8 MB

_Keeps = Callable[[TimeEntry, Any], bool]
_FILTERS: dict[str, tuple[Callable[[str, str], Any], _Keeps]] = {
    "user_id": (paging.whole, lambda entry, wanted: entry.user["id"] == wanted),
    "client_id": (paging.whole, lambda entry, wanted: entry.client["id"] == wanted),
    "project_id": (paging.whole, lambda entry, wanted: entry.project["id"] == wanted),
    "task_id": (paging.whole, lambda entry, wanted: entry.task["id"] == wanted),
    "is_billed": (paging.flag, lambda entry, wanted: entry.is_billed == wanted),
    "is_running": (paging.flag, lambda entry, wanted: entry.is_running == wanted),
    "updated_since": (paging.moment, lambda entry, since: entry.updated_at >= since),
    "external_reference_id": (
        paging.plain,
        lambda entry, wanted: (
            entry.external_reference is not None and entry.external_reference["id"] == wanted
        ),
    ),
}


class EntrySelections:
    """The last few selections of time entries, so that only the first page of each searches.

    A write to the account makes all of them unreachable.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._found: OrderedDict[tuple[object, ...], Sequence[TimeEntry]] = OrderedDict()

    def find(self, viewer: Viewer, query: Query) -> Sequence[TimeEntry]:
        """Return the selected entries that the viewer sees: newest day first, then highest id."""
        key = (self._account.version, viewer.user_id, filters_of(query))
        if key not in self._found:
            self._found[key] = self._search(viewer, query)
        self._found.move_to_end(key)
        if len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return self._found[key]

    def _search(self, viewer: Viewer, query: Query) -> Sequence[TimeEntry]:
        first = paging.day(query["from"], "from") if "from" in query else None
        last = paging.day(query["to"], "to") if "to" in query else None
        places = self._account.entries.between(first, last)
        entries = list(self._account.entries.ordered[places.start : places.stop])
        sees = rows_seen(viewer, "time_entries")
        if sees is not None:
            entries = [entry for entry in entries if sees(entry)]
        for name, (read, keeps) in _FILTERS.items():
            if name in query:
                wanted = read(query[name], name)
                entries = [entry for entry in entries if keeps(entry, wanted)]
        entries.reverse()
        return entries
