"""Parts of a page that are drawn again by themselves, for as long as their reader may see them."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.config import settings
from dashboard.errors import DashboardError
from dashboard.ui.data import current_snapshot
from dashboard.ui.errors import shown
from dashboard.ui.sign_in_page import viewer
from dashboard.ui.signing_in import current_viewer, is_configured

P = ParamSpec("P")


def fragment(*, run_every: float | None = None) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """`st.fragment`, but drawn again alone only while its reader is who the page was drawn for.

    Else, and when they may see something else by now, the whole page is. `run_every` is in seconds.
    """

    def make(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            if _alone() and not _still_theirs():
                st.rerun()
            with shown():  # what goes wrong here does not reach the page's own
                draw(*args, **kwargs)

        return st.fragment(guarded, run_every=run_every)

    return make


def _alone() -> bool:
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def _still_theirs() -> bool:
    try:
        if not is_configured():
            return True  # also before the first sync, when there is nobody to look up
        told = settings()
        return current_viewer(told, current_snapshot(told)) == viewer()
    except DashboardError:
        return False
