"""The list of time entries: the one that is too long to be sorted for every page."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from harvest_client.demo import queries
from harvest_client.demo.account import Account
from harvest_client.demo.entry import TimeEntry
from harvest_client.demo.lists import filters_of
from harvest_client.demo.permissions import Viewer, rows_seen
from harvest_client.demo.queries import Query

_KEPT = 8  # selections remembered; one of a million entries takes 8 MB

_Keeps = Callable[[TimeEntry, Any], bool]
_FILTERS: dict[str, tuple[Callable[[str, str], Any], _Keeps]] = {
    "user_id": (queries.whole, lambda entry, wanted: entry.user["id"] == wanted),
    "client_id": (queries.whole, lambda entry, wanted: entry.client["id"] == wanted),
    "project_id": (queries.whole, lambda entry, wanted: entry.project["id"] == wanted),
    "task_id": (queries.whole, lambda entry, wanted: entry.task["id"] == wanted),
    "is_billed": (queries.flag, lambda entry, wanted: entry.is_billed == wanted),
    "is_running": (queries.flag, lambda entry, wanted: entry.is_running == wanted),
    "updated_since": (queries.moment, lambda entry, since: entry.updated_at >= since),
    "external_reference_id": (
        queries.plain,
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
        first = queries.day(query["from"], "from") if "from" in query else None
        last = queries.day(query["to"], "to") if "to" in query else None
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
