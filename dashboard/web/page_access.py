"""Access to a page: one check for its script, its callbacks and its fragments.

Streamlit runs a callback before the script, and a fragment without it, so a check at the top of the
script comes too late for both. Each of them therefore remembers for whom it was drawn, and looks up
who that is now before it runs. Every callback and fragment passes through `callback` and
`fragment`: a test fails for one that does not.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec

import streamlit as st

from dashboard.access.rights import EVERYTHING, Right, Viewer
from dashboard.components.errors import show_errors
from dashboard.components.queries import current_snapshot
from dashboard.config.errors import DashboardError
from dashboard.config.settings import load_settings
from dashboard.web.sign_in import current_viewer, is_configured, signed_in
from dashboard.web.streamlit_private import SessionState, is_fragment_run
from harvest_client import HarvestError

P = ParamSpec("P")

_DRAWN_FOR, _WAS_VIEWER = "_drawn_for", "_was_viewer"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Reason why nobody sees a page. Refusals that say the same to the reader are equal."""

    kind: str
    message: str
    error: HarvestError | DashboardError = field(compare=False)


Access = Viewer | Refusal


def current_access() -> Access:
    """Look up who is signed in and what they may see, as of now."""
    try:
        if not is_configured():
            return EVERYTHING
        signed_in()  # an error of the settings is nothing for strangers
        configured = load_settings()
        return current_viewer(configured, current_snapshot(configured))
    except (HarvestError, DashboardError) as error:
        return Refusal(type(error).__name__, str(error), error)


def draw_for(access: Access) -> None:
    """Remember for whom this run draws the page.

    The session of a page that was drawn for somebody else is emptied: values of widgets, and data
    that was read for them.
    """
    before = st.session_state.get(_DRAWN_FOR)
    had_viewer = was_viewer()
    if before is not None and before != access:
        st.session_state.clear()
    st.session_state[_DRAWN_FOR] = access
    st.session_state[_WAS_VIEWER] = had_viewer or isinstance(access, Viewer)


def drawn_for() -> Access:
    """Return for whom the page on the screen was drawn."""
    access: Access | None = st.session_state.get(_DRAWN_FOR)
    return current_access() if access is None else access


def was_viewer() -> bool:
    """Return whether the page was drawn for a viewer before, in this tab."""
    return bool(st.session_state.get(_WAS_VIEWER))


def has_viewer(state: SessionState) -> bool:
    """Return whether the page of a session with this state was drawn for a viewer."""
    try:
        return isinstance(state[_DRAWN_FOR], Viewer)
    except KeyError:
        return False


def current_page_viewer() -> Viewer:
    """Return the viewer of the page. Raises the reason where there is none."""
    access = drawn_for()
    if isinstance(access, Refusal):
        raise access.error
    return access


def callback(run: Callable[P, None], *, needs: Collection[Right] = ()) -> Callable[P, None]:
    """Return `run` as a callback of a widget of this page.

    It does nothing unless its page would be drawn for the same viewer now, with the same rights,
    `needs` among them. The script runs next in any case, and draws what the reader may see now.
    """
    drawn = drawn_for()

    @wraps(run)
    def run_if_allowed(*args: P.args, **kwargs: P.kwargs) -> None:
        if may_run(drawn, current_access(), needs):
            run(*args, **kwargs)

    return run_if_allowed


def may_run(drawn: Access, now: Access, needs: Collection[Right]) -> bool:
    """Return whether a callback of a page drawn for `drawn` may run; signing in needs no right."""
    return now == drawn and (isinstance(now, Refusal) or now.has_rights(needs))


def fragment(*, run_every: float | None = None) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Return `st.fragment` for parts of a page; `run_every` is in seconds.

    A fragment runs alone only while its page would be drawn for the same viewer. The whole page is
    drawn again otherwise.
    """

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def draw_if_allowed(drawn: Access, *args: P.args, **kwargs: P.kwargs) -> None:
            if is_fragment_run() and current_access() != drawn:
                st.rerun()
            with show_errors():  # an error of this part does not end the page
                draw(*args, **kwargs)

        part = st.fragment(draw_if_allowed, run_every=run_every)

        @wraps(draw)
        def drawn_now(*args: P.args, **kwargs: P.kwargs) -> None:
            part(drawn_for(), *args, **kwargs)

        return drawn_now

    return decorate
