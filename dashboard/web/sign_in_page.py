"""Pages for people who are not signed in, may see nothing, or want to sign out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from dashboard.access.rights import Viewer
from dashboard.components.errors import explain_error
from dashboard.components.text import md_text
from dashboard.config.errors import DashboardError, NoAccess, NoSnapshot, SignInNeeded
from dashboard.config.settings import Settings, load_settings
from dashboard.web.menu import MENU
from dashboard.web.page_access import (
    Refusal,
    callback,
    current_access,
    draw_for,
    fragment,
    was_viewer,
)
from dashboard.web.sign_in import provider_names, sign_out, signed_in
from harvest_client import HarvestError

log = logging.getLogger(__name__)


def require_viewer() -> Viewer:
    """Return for whom the page is drawn. Ends the run after another page for everybody else.

    Where nobody signs in everybody passes, and an error of the settings is displayed later.
    """
    known = was_viewer()
    access = current_access()
    draw_for(access)
    if isinstance(access, Refusal):
        with _page_without_menu():
            _explain_refusal(access.error, known=known)
        st.stop()
    return access


def _explain_refusal(error: HarvestError | DashboardError, *, known: bool) -> None:
    match error:
        case SignInNeeded():
            _sign_in(error, known=known)
        case NoAccess():
            _refusal_page(load_settings(), error)
        case NoSnapshot():
            _not_yet()
        case _:
            log.error("%s %s", error, error.remedy)
            _out_of_order()


def signed_in_as(settings: Settings, viewer: Viewer) -> None:
    """Below the menu: who is signed in, and the way out."""
    if viewer.user_id is None:
        return
    with st.sidebar.container(gap="xsmall"):
        st.caption(f"**{md_text(viewer.name)}**  \n{_role_text(viewer)}")
        _sign_out_button(settings, type="tertiary")


def _sign_out_button(settings: Settings, **look: Any) -> None:
    st.button(
        "Sign out",
        key="sign_out",
        icon=":material/logout:",
        on_click=callback(sign_out),
        args=(settings,),
        **look,
    )


def _role_text(viewer: Viewer) -> str:
    if viewer.sees_everything:
        return "Administrator"
    return "Manager" if viewer.is_manager else "Member"


def _sign_in(error: SignInNeeded, *, known: bool) -> None:
    # On opening the page that nobody is signed in goes without saying.
    if st.user.get("is_logged_in") or known:
        st.info(f"{md_text(str(error))}", icon=":material/info:")
    for name, called in provider_names().items():
        st.button(
            f"Sign in with {md_text(called)}" if called else "Sign in",
            key=f"sign_in_{name}",
            icon=":material/login:",
            type="primary",
            width="stretch",
            on_click=callback(st.login),
            args=(name,),
        )


def _refusal_page(settings: Settings, error: NoAccess) -> None:
    explain_error(error)
    st.caption("Ask your administrator to add this account to people.toml:")
    st.code(signed_in().account, language=None, wrap_lines=True)
    _sign_out_button(settings, width="stretch")


@fragment(run_every=5.0)
def _not_yet() -> None:
    """Display that people cannot be looked up before the first sync."""
    st.info("The account is being read for the first time.", icon=":material/hourglass_top:")


def _out_of_order() -> None:
    st.error(
        (
            "The dashboard is not configured correctly. Your administrator can "
            "find details in the server log."
        ),
        icon=":material/error:",
    )


@contextmanager
def _page_without_menu() -> Iterator[None]:
    """Yield a page without a menu, at whichever address was asked for, so that it comes after."""
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
