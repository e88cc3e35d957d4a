"""The local copy that the settings mean, for whoever searches it without the dashboard."""

import sys

from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings, Source, load_settings
from dashboard.metrics.completeness import record_reasons
from dashboard.store.search import SnapshotCopy, local_copy
from dashboard.store.snapshots import Snapshots
from dashboard.sync.run import run_sync
from harvest_client import NoCopy
from harvest_client.search.query import LocalSearch, Search, SearchPage
from harvest_client.terminal import print_line


def configured_copy(seen_by: str | None = None) -> LocalSearch:
    """Return the copy of the configured account, as the person with the address `seen_by` sees it.

    The demo account's is made where there is none. Raises `NoCopy` with the remedy where nothing
    was synced yet, as do its searches where what was published cannot be read or be seen.
    """
    fault: DashboardError
    try:
        settings = load_settings()
        if Snapshots(settings.cache_dir, settings.account_id).get_current() is None:
            if settings.source is not Source.DEMO:
                raise NoCopy("Nothing has been synced yet.")
            print_line("Making a copy of the demo account to search.", file=sys.stderr)
            run_sync(settings, patience=60.0)
        return _Configured(local_copy(settings.cache_dir, settings.account_id, seen_by), settings)
    except DashboardError as error:
        fault = error
    raise _no_copy(fault)


class _Configured:
    """A copy whose faults are the connector's own, for callers that know no dashboard."""

    def __init__(self, copy: SnapshotCopy, settings: Settings) -> None:
        self._copy = copy
        self._snapshots = Snapshots(settings.cache_dir, settings.account_id)
        self._said: set[str] = set()

    def search(self, search: Search) -> SearchPage:
        """Return one page; what is missing of its entity is said once, on stderr."""
        fault: DashboardError
        try:
            match = self._copy.search(search)
            self._say_reasons(search.entity.name)
            return match
        except DashboardError as error:
            fault = error
        raise _no_copy(fault)

    def _say_reasons(self, entity: str) -> None:
        pointer = self._snapshots.get_current()
        if pointer is None or entity in self._said:
            return
        self._said.add(entity)
        for reason in record_reasons(pointer.completeness, entity):
            print_line(reason, file=sys.stderr)


def _no_copy(fault: DashboardError) -> NoCopy:
    made = NoCopy(str(fault))
    made.remedy = fault.remedy
    return made
