"""What is shown to whoever has not signed in, may not see anything, or wants to leave."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from dashboard.access.rights import EVERYTHING, Viewer
from dashboard.config import Settings, settings
from dashboard.errors import DashboardError, NoAccess, NoSnapshot, SignInNeeded
from dashboard.ui.data import current_snapshot
from dashboard.ui.errors import explain
from dashboard.ui.menu import MENU
from dashboard.ui.signing_in import (
    current_viewer,
    is_configured,
    providers,
    sign_out,
    signed_in,
)
from dashboard.ui.text import md_text
from harvest_client import HarvestError

log = logging.getLogger(__name__)

_VIEWER = "_viewer"


def gate() -> Viewer:
    """Who the page is drawn for. Ends the run, before anything is asked or drawn, for anybody else.

    Where nobody signs in that is everybody, and what is wrong with the settings is said later.
    """
    admitted = _admitted()
    if admitted is None:
        st.stop()
    st.session_state[_VIEWER] = admitted
    return admitted


def _admitted() -> Viewer | None:
    """None after a page that says why."""
    try:
        if not is_configured():
            return EVERYTHING
        signed_in()
        told = settings()
        return current_viewer(told, current_snapshot(told))
    except SignInNeeded as error:
        with _alone():
            _sign_in(error)
    except NoAccess as error:
        with _alone():
            _refused(told, error)
    except NoSnapshot:
        with _alone():
            _not_yet()
    except (HarvestError, DashboardError) as error:
        log.error("%s %s", error, error.remedy)
        with _alone():
            _out_of_order()
    return None


def viewer() -> Viewer:
    """Who the page is drawn for."""
    admitted: Viewer = st.session_state.get(_VIEWER, EVERYTHING)
    return admitted


def signed_in_as(settings: Settings, viewer: Viewer) -> None:
    """Below the menu: who is signed in, and the way out."""
    if viewer.user_id is None:
        return
    with st.sidebar.container(gap="xsmall"):
        st.caption(f"**{md_text(viewer.name)}**  \n{_role(viewer)}")
        _sign_out_button(settings, type="tertiary")


def _sign_out_button(settings: Settings, **look: Any) -> None:
    st.button(
        "Sign out",
        key="sign_out",
        icon=":material/logout:",
        on_click=sign_out,
        args=(settings,),
        **look,
    )


def _role(viewer: Viewer) -> str:
    if viewer.sees_everything:
        return "Administrator"
    return "Manager" if viewer.is_manager else "Member"


def _sign_in(error: SignInNeeded) -> None:
    # On opening the page that nobody is signed in goes without saying.
    if st.user.get("is_logged_in") or _VIEWER in st.session_state:
        st.info(f"{md_text(str(error))}", icon=":material/info:")
    for name, called in providers().items():
        st.button(
            f"Sign in with {md_text(called)}" if called else "Sign in",
            key=f"sign_in_{name}",
            icon=":material/login:",
            type="primary",
            width="stretch",
            on_click=st.login,
            args=(name,),
        )


def _refused(settings: Settings, error: NoAccess) -> None:
    explain(error)
    st.caption("An administrator can write this into the file that says whose sign-in is whose:")
    st.code(signed_in().account, language=None, wrap_lines=True)
    _sign_out_button(settings, width="stretch")


@st.fragment(run_every=5.0)
def _not_yet() -> None:
    """Until the first sync nobody can be told who they are in Harvest."""
    try:
        current_snapshot(settings())
    except NoSnapshot:
        st.info("The account is being read for the first time.", icon=":material/hourglass_top:")
    except DashboardError:
        st.rerun()
    else:
        st.rerun()


def _out_of_order() -> None:
    st.error(
        "The dashboard is not set up as it should be. The server's log says what is wrong.",
        icon=":material/error:",
    )


@contextmanager
def _alone() -> Iterator[None]:
    """A page without a menu, at whichever address was asked for, so that it comes after."""
    st.navigation(
        [
            st.Page(lambda: None, title="Sign in", url_path=name, default=name == "start")
            for name in ("start", *(entry.name for entry in MENU))
        ],
        position="hidden",
    )
    st.set_page_config(page_title="Sign in · Harvest Insights", layout="centered")
    st.space("large")
    _, middle, _ = st.columns([1, 4, 1])
    with middle.container(border=True, key="sign_in"):
        st.title("Harvest Insights", anchor=False)
        st.caption("Hours, utilization and money of your Harvest account.")
        yield
