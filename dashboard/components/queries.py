"""Query cache: the open snapshot and the results that pages ask for.

Answers are kept under texts only: the snapshot's path, names, and the scope's canonical key. Not in
Streamlit's cache: it copies what it hands out, and cannot be filled ahead by other threads.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st

from dashboard.access.rights import Viewer
from dashboard.charts.formatting import Formats
from dashboard.charts.theme import visible_text
from dashboard.config.errors import DamagedSnapshot, NoSnapshot
from dashboard.config.settings import Settings
from dashboard.metrics.bounds import DATED, find_bounds
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.dimensions import Dimension
from dashboard.metrics.entries import Entries, entry_count, query_entries
from dashboard.metrics.execute import QueryResult, Trend, query_metrics, query_trend, rollup
from dashboard.metrics.permissions import visible_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.reports.table import Table
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.sync.scheduler import current_job

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """Something to make. Equal keys must mean equal results: of which version, and what of it."""

    key: tuple[str, ...]
    make: Callable[[], T]


class QueryCache:
    """The `most` results that were asked for last, for all readers of this process.

    They are shared, so nobody may change one. Unlike Streamlit's own cache this one hands out what
    it holds without copying it, and lets two readers, or a page and its own threads, wait for the
    same result instead of making it twice.
    """

    def __init__(self, most: int, threads: int) -> None:
        self._most = most
        self._lock = Lock()
        self._futures: OrderedDict[tuple[str, ...], Future[Any]] = OrderedDict()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ahead")

    def get(self, wanted: Query[T]) -> T:
        """Return the result; raises what making it raises, and then forgets it."""
        future, is_new = self._get_future(wanted)
        if is_new:
            self._run_query(wanted, future)
        result: T = future.result()
        return result

    def prefetch(self, *wanted: Query[Any]) -> None:
        """Begin with what will be asked for, in this order, on other threads."""
        for item in wanted:
            future, is_new = self._get_future(item)
            if is_new:
                self._pool.submit(self._run_query, item, future)

    def _get_future(self, wanted: Query[Any]) -> tuple[Future[Any], bool]:
        with self._lock:
            future = self._futures.get(wanted.key)
            if future is not None:
                self._futures.move_to_end(wanted.key)
                return future, False
            future = self._futures[wanted.key] = Future()
            if len(self._futures) > self._most:
                self._futures.popitem(last=False)
            return future, True

    def _run_query(self, wanted: Query[Any], future: Future[Any]) -> None:
        try:
            future.set_result(wanted.make())
        except BaseException as error:
            with self._lock:
                self._futures.pop(wanted.key, None)
            future.set_exception(error)


class Stored(Protocol):
    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick. `value` goes into the filter: an id, or the name of a role."""

    value: int | str
    label: str


# value, name, and what tells two of one name apart
_SQL = {
    "clients": "SELECT c.id AS value, c.name AS name, c.currency AS apart FROM clients AS c",
    "projects": (
        "SELECT p.id AS value, p.name AS name, c.name AS apart"
        " FROM projects AS p LEFT JOIN clients AS c ON c.id = p.client_id"
    ),
    "tasks": "SELECT t.id AS value, t.name AS name, NULL AS apart FROM tasks AS t",
    "people": "SELECT u.id AS value, u.name AS name, u.email AS apart FROM users AS u",
    "roles": "SELECT DISTINCT r.name AS value, r.name AS name, NULL AS apart FROM roles AS r",
}


def read_choices(stored: Stored, kind: str) -> tuple[Choice, ...]:
    """All of one kind, in the order of their labels. Projects are always told with their client."""
    rows = [
        (value, visible_text(name or "") or "(no name)", visible_text(apart or ""))
        for value, name, apart in stored.rows(_SQL[kind])
    ]
    by_name = Counter(name for _, name, _ in rows)
    labelled = [
        (
            value,
            f"{name} ({apart})" if apart and (kind == "projects" or by_name[name] > 1) else name,
        )
        for value, name, apart in rows
    ]
    by_label = Counter(label for _, label in labelled)
    matches = (
        Choice(value, f"{label} #{value}" if by_label[label] > 1 else label)
        for value, label in labelled
    )
    return tuple(sorted(matches, key=lambda choice: choice.label.casefold()))


_PINNED, _TODAY = "_snapshot", "_today"

# Two threads, as DuckDB answers each question of a page on one: planning and reading small
# tables do not get faster by sharing.
# More would only make the collection after each run look through more.
_cache = QueryCache(most=120, threads=2)


def pin_snapshot(settings: Settings, viewer: Viewer) -> Snapshot | None:
    """Open the viewer's part of the current version for this run, so that all numbers agree.

    Reruns of a fragment stay with it, and with its day. None before the first sync. Raises
    `DamagedSnapshot`.
    """
    try:
        st.session_state[_PINNED] = current_snapshot(settings).for_viewer(viewer)
    except NoSnapshot:
        return None
    st.session_state[_TODAY] = settings.today_in(get_snapshot().meta.timezone)
    return get_snapshot()


def current_day() -> date:
    """Return the reporting date of this page."""
    pinned: date = st.session_state[_TODAY]
    return pinned


def get_snapshot() -> Snapshot:
    """Return the version that this page shows, as its viewer sees it."""
    pinned: Snapshot = st.session_state[_PINNED]
    return pinned


def current_snapshot(settings: Settings) -> Snapshot:
    """Return the current version, opened once per process; a damaged one asks for a sync."""
    try:
        pointer = Snapshots(settings.cache_dir, settings.account_id).get_current()
        if pointer is None:
            raise NoSnapshot("Nothing has been synced yet.")
        cache_dir = str(settings.cache_dir.absolute())
        return _open(cache_dir, settings.account_id, pointer.version, settings)
    except DamagedSnapshot:
        request_mending(settings)
        raise


def request_mending(settings: Settings) -> None:
    """Ask the background sync to publish anew what is damaged.

    A version asks for one sync: where that does not mend it, the disk is at fault.
    """
    name, running = version_name(settings), current_job()
    if running is not None and name not in _mending:
        _mending.add(name)
        running.request_sync()


_mending: set[str] = set()


def version_name(settings: Settings) -> str:
    """Return the file of the current version, or when a pointer that cannot be read was written."""
    snapshots = Snapshots(settings.cache_dir, settings.account_id)
    try:
        pointer = snapshots.get_current()
    except DamagedSnapshot:
        stat = snapshots.pointer_path.stat()
        return f"{snapshots.pointer_path} {stat.st_mtime_ns}"
    return str(snapshots.directory / pointer.file) if pointer else ""


# Not closed when dropped: somebody may be reading. It closes with its last reader.
@st.cache_resource(max_entries=2, show_spinner=False)
def _open(cache_dir: str, account_id: str, version: int, _settings: Settings) -> Snapshot:
    return Snapshots(_settings.cache_dir, account_id).open_current()


def visible_to_viewer(metrics: Iterable[Metric]) -> list[Metric]:
    """Return those of the metrics that this page's viewer may ask for."""
    return list(visible_metrics(get_snapshot().viewer, metrics))


def choices_of(kind: str) -> tuple[Choice, ...]:
    """Return the choices of the picker `kind`."""
    stored = get_snapshot()
    return _cache.get(_cached_query(lambda: read_choices(stored, kind), "choices", kind))


def first_day(*facts: Fact) -> date | None:
    """The day of the oldest record stored, only of `facts` where given; None where there is none.

    Days that are slips of the pen do not count.
    """
    days = find_bounds(get_snapshot(), current_day(), facts or tuple(DATED)).days
    return days.first if days else None


def currency_names() -> str:
    """Return the currencies that clients are invoiced in, the most common first."""
    stored = get_snapshot()

    def read() -> str:
        rows = stored.rows(
            "SELECT c.currency AS currency FROM clients AS c WHERE c.currency IS NOT NULL"
            " GROUP BY c.currency ORDER BY count(*) DESC, c.currency"
        )
        return ", ".join(currency for (currency,) in rows)

    return _cache.get(_cached_query(read, "currencies"))


def get(wanted: Query[T]) -> T:
    """Return the result of a query, run if it is not cached."""
    return _cache.get(wanted)


def prefetch(*questions: Query[Any]) -> None:
    """Let the store work on what this page will ask, while the page is still being drawn."""
    _cache.prefetch(*questions)


def metrics_query(
    metrics: Sequence[Metric], *, by: Sequence[Dimension] = (), scope: Scope
) -> Query[QueryResult]:
    stored, names = get_snapshot(), (*_metric_ids(metrics), "by", *_metric_ids(by))
    return _cached_query(
        lambda: query_metrics(stored, metrics, by=by, scope=scope), scope.key, *names
    )


def earlier_query(metrics: Sequence[Metric], *, scope: Scope) -> Query[QueryResult]:
    """Return the query of the comparison period, without notes: those beside the figures count."""
    stored, names = get_snapshot(), (*_metric_ids(metrics), "without notes")
    return _cached_query(
        lambda: query_metrics(stored, metrics, scope=scope, with_notes=False), scope.key, *names
    )


def rollup_query(
    metrics: Sequence[Metric], outer: Dimension, inner: Dimension, *, scope: Scope
) -> Query[QueryResult]:
    stored, names = get_snapshot(), (*_metric_ids(metrics), "two levels", outer.id, inner.id)
    return _cached_query(lambda: rollup(stored, metrics, outer, inner, scope), scope.key, *names)


def trend_query(metrics: Sequence[Metric], step: Dimension, *, scope: Scope) -> Query[Trend]:
    stored, names = get_snapshot(), (*_metric_ids(metrics), "course", step.id)
    return _cached_query(lambda: query_trend(stored, metrics, step, scope), scope.key, *names)


def entries_query(*, scope: Scope, limit: int, offset: int) -> Query[Entries]:
    stored, page = get_snapshot(), f"entries {offset} to {offset + limit}"
    return _cached_query(
        lambda: query_entries(stored, scope, limit=limit, offset=offset), scope.key, page
    )


def entry_count_query(*, scope: Scope) -> Query[tuple[int, float]]:
    stored = get_snapshot()
    return _cached_query(lambda: entry_count(stored, scope), scope.key, "entry count")


def report_query(name: str, *, scope: Scope) -> Query[Table]:
    stored = get_snapshot()
    return _cached_query(lambda: LISTINGS[name].read(stored, scope, {}), scope.key, "listing", name)


def get_cached(name: str, make: Callable[[Snapshot], T], *, scope: Scope) -> T:
    """Return the result of `make` over `scope`, cached under `name`; it must not be changed."""
    return get(cached_query(name, make, scope=scope))


def cached_query(name: str, make: Callable[[Snapshot], T], *, scope: Scope) -> Query[T]:
    stored = get_snapshot()
    return _cached_query(lambda: make(stored), scope.key, "kept", name)


def get_formats() -> Formats:
    """Return the account's formats of numbers and days."""
    return formats_of(get_snapshot())


def formats_of(snapshot: Snapshot) -> Formats:
    meta = snapshot.meta
    return Formats.from_company(
        decimal=meta.decimal_symbol,
        thousands=meta.thousands_separator,
        time=meta.time_format,
        sign=meta.currency_symbol_display,
        code=meta.currency_code_display,
        day=meta.date_format,
    )


def _cached_query(make: Callable[[], T], *key: str) -> Query[T]:
    return Query((get_snapshot().key, *key), make)


def _metric_ids(named: Sequence[Metric | Dimension]) -> tuple[str, ...]:
    return tuple(item.id for item in named)
