"""Page states: no data yet, no matching data, and stale data."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import streamlit as st

from dashboard.access.rights import Right
from dashboard.charts.formatting import Formats
from dashboard.components.errors import explain_error
from dashboard.components.filter_bar import reset_filters
from dashboard.components.queries import current_day as pinned_day
from dashboard.components.queries import (
    entry_count_query,
    get,
    get_snapshot,
    request_mending,
    version_name,
)
from dashboard.components.text import format_age, md_text, progress_bar
from dashboard.config.settings import Settings
from dashboard.metrics.completeness import complete_since
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import CurrentVersion, Snapshots
from dashboard.sync.scheduler import JobState, current_job
from dashboard.web.page_access import callback, fragment

_TOKENS = "https://id.getharvest.com/developers"
_SECRETS = ('HARVEST_ACCOUNT_ID = "…"', 'HARVEST_ACCESS_TOKEN = "…"')
_IDLE = JobState()
_FIGURES, _CARD = 120, 330  # pixels, about those of a page


@contextmanager
def show_loading(page: str) -> Iterator[None]:
    """Draw a page, above a skeleton of it while it takes more than half a second.

    Only when it is opened: later what was there stays until the new is there.
    """
    drawn = st.container()
    if st.session_state.get("_opened") == page:
        with drawn:
            yield
        return
    outline = st.container()
    with ExitStack() as waiting:
        waiting.enter_context(outline.skeleton(_FIGURES))
        for side in outline.columns(2):
            waiting.enter_context(side.skeleton(_CARD))
        waiting.enter_context(outline.skeleton(_CARD))
        with drawn:
            yield
    st.session_state["_opened"] = page


def sync_state() -> JobState:
    """Return the state of the background sync; idle if none was started."""
    running = current_job()
    return running.get_state() if running else _IDLE


@fragment(run_every=1.0)
def first_sync(settings: Settings) -> None:
    """Before any data: how far the first sync is, or why it failed. Becomes the page by itself."""
    if Snapshots(settings.cache_dir, settings.account_id).get_current() is not None:
        st.rerun()
    state = sync_state()
    with st.container(border=True):
        if state.running and state.progress:
            st.subheader("Importing your Harvest account", anchor=False)
            progress_bar(state.progress, Formats())
            st.caption("Newest months first; charts appear while older data is loading.")
        elif state.error:
            st.subheader("The first sync failed", anchor=False)
            explain_error(state.error)
            try_again()
        else:
            st.subheader("Nothing has been synced yet", anchor=False)
            st.caption("Run `python -m dashboard sync`, or start the sync here.")
            try_again()


def damaged_version(settings: Settings) -> None:
    """Below the error of a damaged version: the sync that mends it, and its progress."""
    request_mending(settings)
    _mending_progress(settings, version_name(settings))


@fragment(run_every=2.0)
def _mending_progress(settings: Settings, name: str) -> None:
    if version_name(settings) != name:
        st.rerun()
    state = sync_state()
    if state.running and state.progress:
        progress_bar(state.progress, Formats())
    elif state.error:
        explain_error(state.error)
    try_again()


def try_again() -> None:
    """A button that starts a sync, where there is a job to start it."""
    running = current_job()
    st.button(
        "Sync now",
        key="sync_now",
        icon=":material/sync:",
        disabled=running is None or sync_state().running,
        on_click=callback(running.request_sync, needs={Right.ACCOUNT}) if running else None,
    )


def accept_deletions() -> None:
    """A button that has the next sync believe what the last one did not."""
    running = current_job()
    st.button(
        "Confirm deletions",
        key="accept_deletions",
        icon=":material/delete_sweep:",
        help="Once: what is gone in Harvest leaves the dashboard. Deletions stay in the store.",
        disabled=running is None or sync_state().running,
        on_click=callback(running.accept_deletions, needs={Right.ACCOUNT}) if running else None,
    )


def stop_if_empty(scope: Scope) -> None:
    """End the page where nothing matches: says so, and offers the way back."""
    count, _ = get(entry_count_query(scope=scope))
    if count:
        return
    since = complete_since(get_snapshot(), Fact.TIME)
    stored = " stored" if since and scope.start < since else ""
    with st.container(border=True, horizontal_alignment="center"):
        st.subheader(":material/inbox: No time entries match", anchor=False, width="content")
        st.caption(f"There are none{stored} in this period under these filters.", width="content")
        st.button(
            "Clear filters",
            key="reset_all",
            icon=":material/restart_alt:",
            on_click=callback(reset_filters),
        )
    st.stop()


@fragment(run_every=10.0)
def freshness_line(settings: Settings, drawn: int, currencies: str) -> None:
    """Draw the age of the data; redraw the page for a newer version, or another day.

    Also what brings a page up to date that was open while the server restarted.
    """
    pointer = Snapshots(settings.cache_dir, settings.account_id).get_current()
    today = settings.today_in(get_snapshot().meta.timezone)
    if (pointer is not None and pointer.version != drawn) or today != pinned_day():
        st.rerun()
    if pointer is None:
        return
    state = sync_state()
    now = datetime.now(UTC)
    parts = [f":material/sync: Updated {format_age(pointer.synced_at, now)}"]
    if state.running:
        share = state.progress.share if state.progress else None
        parts[0] = ":material/sync: Syncing" + (f" {share:.0%}" if share else "")
    parts += [md_text(currencies), f"as of {day_label(today)}"]
    st.caption(" · ".join(filter(None, parts)), width="content")
    _incomplete_badge(pointer)
    if state.error:
        _failure_badge(state, pointer, now)


def _incomplete_badge(pointer: CurrentVersion) -> None:
    since = pointer.completeness.complete_since(*pointer.completeness.gaps)
    if pointer.partial and since:
        st.badge(
            f"Importing history: complete since {day_label(since)}",
            icon=":material/hourglass_top:",
            color="orange",
        )


def _failure_badge(state: JobState, pointer: CurrentVersion, now: datetime) -> None:
    assert state.error
    st.badge(
        f"Last sync failed · showing data from {format_age(pointer.synced_at, now)}",
        icon=":material/sync_problem:",
        color="red",
        help=f"{state.error.remedy} The Data page says more.",
    )


def demo_banner() -> None:
    """Draw that the figures are sample data, and the steps that connect an account."""
    with st.container(horizontal=True, vertical_alignment="center", key="demo_banner"):
        st.badge("Demo data", icon=":material/science:", color="orange")
        st.caption("This is a sample account.", width="content")
        with st.popover("Connect your Harvest account", icon=":material/link:"):
            st.markdown(
                f"1. Create a personal access token: [id.getharvest.com/developers]({_TOKENS}).\n"
                "2. Write the account id and the token into `.streamlit/secrets.toml`:"
            )
            for line in _SECRETS:
                st.markdown(f"`{line}`")
            st.markdown(
                "3. Run `python -m harvest_client accounts` to test the token. It lists the"
                " accounts that the token opens.\n"
                "4. Restart the dashboard. The first sync reads the newest months first."
            )
            st.caption("The dashboard only reads: nothing in Harvest is changed.")
