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
from dashboard.listings.listing import Listing
from dashboard.metrics.answer import Answer, answer
from dashboard.metrics.bounds import DATED, find_bounds
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.dimensions import Dimension
from dashboard.metrics.entries import Entries, entries, entry_count
from dashboard.metrics.pivot import Course, course, two_levels
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import visible
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.sync.job import job
from dashboard.ui.choices import Choice, choices
from dashboard.ui.kept import Kept, Wanted

T = TypeVar("T")

_PINNED, _TODAY = "_snapshot", "_today"

# Two threads, as DuckDB answers each question of a page on one: planning and reading small
# tables do not get faster by sharing.
# More would only make the collection after each run look through more.
_kept = Kept(most=120, threads=2)


def pin(settings: Settings, viewer: Viewer) -> Snapshot | None:
    """Opens the viewer's part of the current version for this run, so that all numbers agree.

    Reruns of a fragment stay with it, and with its day. None before the first sync. Raises
    `DamagedSnapshot`.
    """
    try:
        st.session_state[_PINNED] = current_snapshot(settings).seen_by(viewer)
    except NoSnapshot:
        return None
    st.session_state[_TODAY] = settings.today_in(snapshot().meta.timezone)
    return snapshot()


def today() -> date:
    """The reporting date of this page."""
    pinned: date = st.session_state[_TODAY]
    return pinned


def snapshot() -> Snapshot:
    """The version that this page shows, as its viewer sees it."""
    pinned: Snapshot = st.session_state[_PINNED]
    return pinned


def current_snapshot(settings: Settings) -> Snapshot:
    """The current version, opened once per process; a damaged one asks for a sync."""
    try:
        pointer = Snapshots(settings.cache_dir, settings.account_id).pointer()
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
    name, running = version_name(settings), job()
    if running is not None and name not in _mending:
        _mending.add(name)
        running.request()


_mending: set[str] = set()


def version_name(settings: Settings) -> str:
    """The file of the current version, or when a pointer that cannot be read was written."""
    snapshots = Snapshots(settings.cache_dir, settings.account_id)
    try:
        pointer = snapshots.pointer()
    except DamagedSnapshot:
        stat = snapshots.pointer_path.stat()
        return f"{snapshots.pointer_path} {stat.st_mtime_ns}"
    return str(snapshots.directory / pointer.file) if pointer else ""


# Not closed when dropped: somebody may be reading. It closes with its last reader.
@st.cache_resource(max_entries=2, show_spinner=False)
def _open(cache_dir: str, account_id: str, version: int, _settings: Settings) -> Snapshot:
    return Snapshots(_settings.cache_dir, account_id).current()


def may_see(metrics: Iterable[Metric]) -> list[Metric]:
    """Those of the metrics that this page's viewer may ask for."""
    return list(visible(snapshot().viewer, metrics))


def ask(metrics: Sequence[Metric], *, by: Sequence[Dimension] = (), scope: Scope) -> Answer:
    """The metrics over `scope`."""
    return _kept.get(wanted(metrics, by=by, scope=scope))


def ask_two_levels(
    metrics: Sequence[Metric], outer: Dimension, inner: Dimension, *, scope: Scope
) -> Answer:
    """The metrics per `outer` with its `inner` below, each with a sum of its own."""
    return _kept.get(wanted_two_levels(metrics, outer, inner, scope=scope))


def ask_course(metrics: Sequence[Metric], step: Dimension, *, scope: Scope) -> Course:
    """The metrics over `scope`, and by `step`."""
    return _kept.get(wanted_course(metrics, step, scope=scope))


def ask_entries(*, scope: Scope, limit: int, offset: int) -> Entries:
    """The time entries behind a figure, newest first, a page of them."""
    return _kept.get(wanted_entries(scope=scope, limit=limit, offset=offset))


def ask_entry_count(*, scope: Scope) -> tuple[int, float]:
    """How many time entries there are, and their hours."""
    return _kept.get(wanted_entry_count(scope=scope))


def ask_listing(name: str, *, scope: Scope) -> Listing:
    """The rows of the listing called `name`."""
    return _kept.get(wanted_listing(name, scope=scope))


def choices_of(kind: str) -> tuple[Choice, ...]:
    """What the picker `kind` offers."""
    stored = snapshot()
    return _kept.get(_wanted(lambda: choices(stored, kind), "choices", kind))


def first_day(*facts: Fact) -> date | None:
    """The day of the oldest record stored, only of `facts` where given; None where there is none.

    Days that are slips of the pen do not count.
    """
    days = find_bounds(snapshot(), today(), facts or tuple(DATED)).days
    return days.first if days else None


def currencies() -> str:
    """The currencies that clients are invoiced in, the most common first."""
    stored = snapshot()

    def read() -> str:
        rows = stored.rows(
            "SELECT c.currency AS currency FROM clients AS c WHERE c.currency IS NOT NULL"
            " GROUP BY c.currency ORDER BY count(*) DESC, c.currency"
        )
        return ", ".join(currency for (currency,) in rows)

    return _kept.get(_wanted(read, "currencies"))


def answered(wanted: Wanted[T]) -> T:
    """What is wanted, made if nobody has it yet."""
    return _kept.get(wanted)


def ahead(*questions: Wanted[Any]) -> None:
    """Lets the store work on what this page will ask, while the page is still being drawn."""
    _kept.ahead(*questions)


def wanted(
    metrics: Sequence[Metric], *, by: Sequence[Dimension] = (), scope: Scope
) -> Wanted[Answer]:
    stored, names = snapshot(), (*_ids(metrics), "by", *_ids(by))
    return _wanted(lambda: answer(stored, metrics, by=by, scope=scope), scope.key, *names)


def wanted_earlier(metrics: Sequence[Metric], *, scope: Scope) -> Wanted[Answer]:
    """What the metrics are compared with, without notes: those beside the figures count."""
    stored, names = snapshot(), (*_ids(metrics), "without notes")
    return _wanted(
        lambda: answer(stored, metrics, scope=scope, with_notes=False), scope.key, *names
    )


def wanted_two_levels(
    metrics: Sequence[Metric], outer: Dimension, inner: Dimension, *, scope: Scope
) -> Wanted[Answer]:
    stored, names = snapshot(), (*_ids(metrics), "two levels", outer.id, inner.id)
    return _wanted(lambda: two_levels(stored, metrics, outer, inner, scope), scope.key, *names)


def wanted_course(metrics: Sequence[Metric], step: Dimension, *, scope: Scope) -> Wanted[Course]:
    stored, names = snapshot(), (*_ids(metrics), "course", step.id)
    return _wanted(lambda: course(stored, metrics, step, scope), scope.key, *names)


def wanted_entries(*, scope: Scope, limit: int, offset: int) -> Wanted[Entries]:
    stored, page = snapshot(), f"entries {offset} to {offset + limit}"
    return _wanted(lambda: entries(stored, scope, limit=limit, offset=offset), scope.key, page)


def wanted_entry_count(*, scope: Scope) -> Wanted[tuple[int, float]]:
    stored = snapshot()
    return _wanted(lambda: entry_count(stored, scope), scope.key, "entry count")


def wanted_listing(name: str, *, scope: Scope) -> Wanted[Listing]:
    stored = snapshot()
    return _wanted(lambda: LISTINGS[name].read(stored, scope, {}), scope.key, "listing", name)


def keep(name: str, make: Callable[[Snapshot], T], *, scope: Scope) -> T:
    """What `make` reads from this version over `scope`, kept under `name`; nobody may change it."""
    return answered(wanted_keep(name, make, scope=scope))


def wanted_keep(name: str, make: Callable[[Snapshot], T], *, scope: Scope) -> Wanted[T]:
    stored = snapshot()
    return _wanted(lambda: make(stored), scope.key, "kept", name)


def formats() -> Formats:
    """How the account writes numbers and days."""
    return formats_of(snapshot())


def formats_of(snapshot: Snapshot) -> Formats:
    meta = snapshot.meta
    return Formats.of(
        decimal=meta.decimal_symbol,
        thousands=meta.thousands_separator,
        time=meta.time_format,
        sign=meta.currency_symbol_display,
        code=meta.currency_code_display,
        day=meta.date_format,
    )


def _wanted(make: Callable[[], T], *key: str) -> Wanted[T]:
    return Wanted((snapshot().key, *key), make)


def _ids(named: Sequence[Metric | Dimension]) -> tuple[str, ...]:
    return tuple(one.id for one in named)
