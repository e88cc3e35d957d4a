"""Searches of the local copy: the same language, pages and records as the connector's own."""

from pathlib import Path
from threading import Lock
from time import perf_counter

from dashboard.access.fields import demand_fields, entity_needs
from dashboard.errors import NoSnapshot
from dashboard.store.record_tables import snapshot_fields
from dashboard.store.revive import decode_columns, decode_rows
from dashboard.store.search_sql import search_query
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.store.viewers import viewer_by_email
from harvest_client.fields import Field, by_name
from harvest_client.records import Record, record_type, selected_type
from harvest_client.search import Cursor, Search, SearchMeta, SearchPage
from harvest_client.search.conditions import field_paths


class SnapshotCopy:
    """The current snapshot as a copy to search; satisfies `Copy`. Safe to share between threads.

    With `seen_by`, an e-mail address, it has what that person of the account may see.

    The two time reports are totals over all days kept: a filter cannot make them another window's.
    """

    def __init__(self, snapshots: Snapshots, seen_by: str | None = None) -> None:
        self._snapshots = snapshots
        self._seen_by = seen_by
        self._open: Snapshot | None = None
        self._opening = Lock()

    def search(self, asked: Search) -> SearchPage:
        """One page of what is published now; a page never repeats nor skips what was there before.

        Raises `SearchError` for a cursor of another search, `NoSnapshot`, `DamagedSnapshot`, and
        with `seen_by` `NoAccess` and `NotVisible`.
        """
        snapshot = self._current_snapshot()
        if self._seen_by:
            snapshot = snapshot.for_viewer(viewer_by_email(snapshot, self._seen_by))
        return search_snapshot(snapshot, asked)

    def _current_snapshot(self) -> Snapshot:
        with self._opening:
            pointer = self._snapshots.get_current()
            known = self._open
            if known is None or pointer is None or pointer.version != known.meta.version:
                # The one before closes with the last search that reads it.
                self._open = known = _check_searchable(self._snapshots.open_current())
            return known


def search_snapshot(snapshot: Snapshot, asked: Search, *, offset: int = 0) -> SearchPage:
    """One page of what `snapshot` holds for whoever sees it, `offset` records further on.

    Raises `SearchError` for a cursor of another search, `NotVisible` for what is not to be seen.
    """
    demand_search(snapshot, asked)
    cursor = Cursor.from_text(asked.cursor, asked) if asked.cursor else None
    shown = _whole_fields(asked)
    began = perf_counter()
    rows = snapshot.rows(*search_query(asked, shown, cursor, offset))
    took_ms = (perf_counter() - began) * 1e3
    page = rows[: asked.limit]
    following = None
    if has_more := len(rows) > asked.limit:
        sorted_by = [asked.entity.field(sort.field) for sort in asked.sort]
        following = Cursor(decode_columns(sorted_by, page[-1][len(shown) :])).to_text(asked)
    data = decode_rows(_record_type(asked), shown, page)
    return SearchPage(data, SearchMeta(has_more, following, took_ms))


def demand_search(snapshot: Snapshot, asked: Search) -> None:
    """Raises `NotVisible` where Harvest would refuse the entity, or a field that is asked about."""
    viewer, entity = snapshot.viewer, asked.entity
    viewer.require(entity.label, entity_needs(entity.name, viewer))
    about = {
        *field_paths(asked.filter),
        *(sort.field for sort in asked.sort),
        *(asked.fields or ()),
    }
    demand_fields(viewer, about, entity.name)


def local_copy(cache_dir: Path, account_id: str, seen_by: str | None = None) -> SnapshotCopy:
    """The account's copy; nothing is opened before the first search."""
    return SnapshotCopy(Snapshots(cache_dir, account_id), seen_by)


def _check_searchable(snapshot: Snapshot) -> Snapshot:
    if not snapshot.holds_records:
        raise NoSnapshot("The published copy is from before searches: it holds no records.")
    return snapshot


def _whole_fields(asked: Search) -> tuple[Field, ...]:
    """The fields to read whole, of which `asked.fields` may name a part."""
    if asked.fields is None:
        return snapshot_fields(asked.entity)
    known = by_name(asked.entity.fields)
    return tuple(known[name] for name in {path.partition(".")[0]: None for path in asked.fields})


def _record_type(asked: Search) -> type[Record]:
    """The type of the records: the connector's own where nothing is left out."""
    whole = snapshot_fields(asked.entity)
    if asked.fields is None and whole == asked.entity.fields:
        return record_type(asked.entity)
    return selected_type(asked.entity, asked.fields or [field.name for field in whole])
