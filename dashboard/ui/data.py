"""All caching: what is open, and the small answers that pages ask for.

Answers are kept under texts only: account, version, names and the scope's canonical key.
Streamlit samples large frames when it hashes them, and would confuse two that are nearly equal.
"""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.charts.formats import Formats
from dashboard.config import Settings
from dashboard.errors import NoSnapshot
from dashboard.metrics.answer import Answer, answer
from dashboard.metrics.catalog import METRICS, Metric
from dashboard.metrics.dimensions import DIMENSIONS, Dimension
from dashboard.metrics.entries import Entries, entries, entry_count
from dashboard.metrics.pivot import two_levels
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.ui.choices import Choice, choices

_PINNED = "_snapshot"


def pin(settings: Settings) -> Snapshot | None:
    """Opens the current version for this run of the page, so that all its numbers agree.

    Reruns of a fragment stay with it. None before the first sync. Raises `DamagedSnapshot`.
    """
    try:
        st.session_state[_PINNED] = current_snapshot(settings)
    except NoSnapshot:
        return None
    return snapshot()


def snapshot() -> Snapshot:
    """The version that this page shows."""
    pinned: Snapshot = st.session_state[_PINNED]
    return pinned


def current_snapshot(settings: Settings) -> Snapshot:
    """The current version, opened once per process."""
    pointer = Snapshots(settings.cache_dir, settings.account_id).pointer()
    if pointer is None:
        raise NoSnapshot("Nothing has been synced yet.")
    return _open(str(settings.cache_dir.absolute()), settings.account_id, pointer.version, settings)


# Not closed when dropped: somebody may be reading. It closes with its last reader.
@st.cache_resource(max_entries=2, show_spinner=False)
def _open(cache_dir: str, account_id: str, version: int, _settings: Settings) -> Snapshot:
    return Snapshots(_settings.cache_dir, account_id).current()


def ask(metrics: Sequence[Metric], *, by: Sequence[Dimension] = (), scope: Scope) -> Answer:
    """The metrics over `scope`, from the cache until the next version."""
    return _answer(
        _version(),
        tuple(metric.id for metric in metrics),
        tuple(dimension.id for dimension in by),
        scope.key,
        snapshot(),
        scope,
    )


def ask_two_levels(
    metrics: Sequence[Metric], outer: Dimension, inner: Dimension, *, scope: Scope
) -> Answer:
    """The metrics per `outer` with its `inner` below, each with a sum of its own."""
    return _two_levels(
        _version(),
        tuple(metric.id for metric in metrics),
        outer.id,
        inner.id,
        scope.key,
        snapshot(),
        scope,
    )


def ask_entries(*, scope: Scope, limit: int, offset: int) -> Entries:
    """The time entries behind a figure, newest first, a page of them."""
    return _entries(_version(), limit, offset, scope.key, snapshot(), scope)


def ask_entry_count(*, scope: Scope) -> tuple[int, float]:
    """How many time entries there are, and their hours."""
    return _entry_count(_version(), scope.key, snapshot(), scope)


def choices_of(kind: str) -> tuple[Choice, ...]:
    """What the picker `kind` offers."""
    return _choices(_version(), kind, snapshot())


def first_day() -> date | None:
    """The day of the oldest time entry stored; None where there is none."""
    return _first_day(_version(), snapshot())


def currencies() -> str:
    """The currencies that clients are invoiced in, the most common first."""
    return _currencies(_version(), snapshot())


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


def _version() -> str:
    meta = snapshot().meta
    return f"{meta.account_id}/{meta.source}/{meta.version}/{meta.published_at.isoformat()}"


# In what follows only what has no underscore is hashed: the version stands
# for the snapshot, `key` for the scope.
@st.cache_data(max_entries=500, show_spinner=False)
def _answer(
    version: str,
    metrics: tuple[str, ...],
    by: tuple[str, ...],
    key: str,
    _stored: Snapshot,
    _scope: Scope,
) -> Answer:
    return answer(
        _stored,
        [METRICS[name] for name in metrics],
        by=[DIMENSIONS[name] for name in by],
        scope=_scope,
    )


@st.cache_data(max_entries=50, show_spinner=False)
def _two_levels(
    version: str,
    metrics: tuple[str, ...],
    outer: str,
    inner: str,
    key: str,
    _stored: Snapshot,
    _scope: Scope,
) -> Answer:
    asked = [METRICS[name] for name in metrics]
    return two_levels(_stored, asked, DIMENSIONS[outer], DIMENSIONS[inner], _scope)


@st.cache_data(max_entries=200, show_spinner=False)
def _entries(
    version: str, limit: int, offset: int, key: str, _stored: Snapshot, _scope: Scope
) -> Entries:
    return entries(_stored, _scope, limit=limit, offset=offset)


@st.cache_data(max_entries=200, show_spinner=False)
def _entry_count(version: str, key: str, _stored: Snapshot, _scope: Scope) -> tuple[int, float]:
    return entry_count(_stored, _scope)


@st.cache_data(max_entries=20, show_spinner=False)
def _choices(version: str, kind: str, _stored: Snapshot) -> tuple[Choice, ...]:
    return choices(_stored, kind)


@st.cache_data(max_entries=20, show_spinner=False)
def _first_day(version: str, _stored: Snapshot) -> date | None:
    ((day,),) = _stored.rows("SELECT min(f.day) AS day FROM time_facts AS f")
    return day  # type: ignore[no-any-return]


@st.cache_data(max_entries=20, show_spinner=False)
def _currencies(version: str, _stored: Snapshot) -> str:
    rows = _stored.rows(
        "SELECT c.currency AS currency FROM clients AS c WHERE c.currency IS NOT NULL"
        " GROUP BY c.currency ORDER BY count(*) DESC, c.currency"
    )
    return ", ".join(currency for (currency,) in rows)
