"""All caching: what is open, and the small answers that pages ask for.

Answers are kept under texts only: the snapshot's path, names, and the scope's canonical key. Not in
Streamlit's cache: it copies what it hands out, and cannot be filled ahead by other threads.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from dashboard.access.rights import Viewer
from dashboard.charts.formats import Formats
from dashboard.config import Settings
from dashboard.errors import DamagedSnapshot, NoSnapshot
from dashboard.listings import LISTINGS
from dashboard.listings.listing import Table
from dashboard.metrics.answer import QueryResult, query_metrics
from dashboard.metrics.bounds import DATED, find_bounds
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.dimensions import Dimension
from dashboard.metrics.entries import Entries, entry_count, query_entries
from dashboard.metrics.pivot import Trend, query_trend, rollup
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import visible_metrics
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.sync.job import current_job
from dashboard.ui.choices import Choice, read_choices
from dashboard.ui.kept import Query, QueryCache

T = TypeVar("T")

_PINNED, _TODAY = "_snapshot", "_today"

# Two threads, as DuckDB answers each question of a page on one: planning and reading small
# tables do not get faster by sharing.
# More would only make the collection after each run look through more.
_kept = QueryCache(most=120, threads=2)


def pin_snapshot(settings: Settings, viewer: Viewer) -> Snapshot | None:
    """Opens the viewer's part of the current version for this run, so that all numbers agree.

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
    """The reporting date of this page."""
    pinned: date = st.session_state[_TODAY]
    return pinned


def get_snapshot() -> Snapshot:
    """The version that this page shows, as its viewer sees it."""
    pinned: Snapshot = st.session_state[_PINNED]
    return pinned


def current_snapshot(settings: Settings) -> Snapshot:
    """The current version, opened once per process; a damaged one asks for a sync."""
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
    """The file of the current version, or when a pointer that cannot be read was written."""
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
    """Those of the metrics that this page's viewer may ask for."""
    return list(visible_metrics(get_snapshot().viewer, metrics))


def get_metrics(
    metrics: Sequence[Metric], *, by: Sequence[Dimension] = (), scope: Scope
) -> QueryResult:
    """The metrics over `scope`."""
    return _kept.get(metrics_query(metrics, by=by, scope=scope))


def get_rollup(
    metrics: Sequence[Metric], outer: Dimension, inner: Dimension, *, scope: Scope
) -> QueryResult:
    """The metrics per `outer` with its `inner` below, each with a sum of its own."""
    return _kept.get(rollup_query(metrics, outer, inner, scope=scope))


def get_trend(metrics: Sequence[Metric], step: Dimension, *, scope: Scope) -> Trend:
    """The metrics over `scope`, and by `step`."""
    return _kept.get(trend_query(metrics, step, scope=scope))


def ask_entries(*, scope: Scope, limit: int, offset: int) -> Entries:
    """The time entries behind a figure, newest first, a page of them."""
    return _kept.get(wanted_entries(scope=scope, limit=limit, offset=offset))


def get_entry_count(*, scope: Scope) -> tuple[int, float]:
    """Return the number of time entries, and their hours."""
    return _kept.get(wanted_entry_count(scope=scope))


def get_report(name: str, *, scope: Scope) -> Table:
    """The rows of the listing called `name`."""
    return _kept.get(report_query(name, scope=scope))


def choices_of(kind: str) -> tuple[Choice, ...]:
    """Return the choices of the picker `kind`."""
    stored = get_snapshot()
    return _kept.get(_cached_query(lambda: read_choices(stored, kind), "choices", kind))


def first_day(*facts: Fact) -> date | None:
    """The day of the oldest record stored, only of `facts` where given; None where there is none.

    Days that are slips of the pen do not count.
    """
    days = find_bounds(get_snapshot(), current_day(), facts or tuple(DATED)).days
    return days.first if days else None


def currency_names() -> str:
    """The currencies that clients are invoiced in, the most common first."""
    stored = get_snapshot()

    def read() -> str:
        rows = stored.rows(
            "SELECT c.currency AS currency FROM clients AS c WHERE c.currency IS NOT NULL"
            " GROUP BY c.currency ORDER BY count(*) DESC, c.currency"
        )
        return ", ".join(currency for (currency,) in rows)

    return _kept.get(_cached_query(read, "currencies"))


def get(wanted: Query[T]) -> T:
    """Return the result of a query, run if it is not cached."""
    return _kept.get(wanted)


def prefetch(*questions: Query[Any]) -> None:
    """Lets the store work on what this page will ask, while the page is still being drawn."""
    _kept.prefetch(*questions)


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


def wanted_entries(*, scope: Scope, limit: int, offset: int) -> Query[Entries]:
    stored, page = get_snapshot(), f"entries {offset} to {offset + limit}"
    return _cached_query(
        lambda: query_entries(stored, scope, limit=limit, offset=offset), scope.key, page
    )


def wanted_entry_count(*, scope: Scope) -> Query[tuple[int, float]]:
    stored = get_snapshot()
    return _cached_query(lambda: entry_count(stored, scope), scope.key, "entry count")


def report_query(name: str, *, scope: Scope) -> Query[Table]:
    stored = get_snapshot()
    return _cached_query(lambda: LISTINGS[name].read(stored, scope, {}), scope.key, "listing", name)


def get_cached(name: str, make: Callable[[Snapshot], T], *, scope: Scope) -> T:
    """Return the result of `make` over `scope`, cached under `name`; it must not be changed."""
    return get(wanted_keep(name, make, scope=scope))


def wanted_keep(name: str, make: Callable[[Snapshot], T], *, scope: Scope) -> Query[T]:
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
    return tuple(one.id for one in named)
