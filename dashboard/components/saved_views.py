"""Saved views of a page, and the format of chart images."""

from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dashboard.access.saved_views import LONGEST, View, Views, known_parameters
from dashboard.components.text import md_text
from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings
from dashboard.web.menu import MENU
from dashboard.web.page_access import callback, current_page_viewer

_FORMATS = ("png", "svg")


def view_popover(settings: Settings, page: str) -> None:
    """Draw the popover; of no effect on the numbers."""
    with st.popover("Saved views", icon=":material/bookmark:"):
        saved = views(settings)
        for view in saved.read():
            _row(saved, view)
        # A form: Enter saves, and so does one click while the cursor is in the field.
        with st.form("_view_form", border=False, enter_to_submit=True):
            st.text_input("Name", key="_view_name", max_chars=LONGEST)
            st.form_submit_button(
                "Save current view",
                key="save_view",
                icon=":material/bookmark_add:",
                on_click=callback(_save),
                args=(saved, page),
            )
        if refused := st.session_state.pop("_view_refused", None):
            st.caption(md_text(refused))
    if message := st.session_state.pop("_view_message", None):
        st.toast(md_text(message), icon=":material/bookmark:")


def image_format_picker() -> None:
    """Draw the choice of the format in which the camera over a chart saves it."""
    st.segmented_control(
        "Chart image format",
        _FORMATS,
        format_func=str.upper,
        default="png",
        required=True,
        key="picture",
        help="Format used by the camera icon on charts."
        " To save the page as PDF, print it from your browser.",
    )


def views(settings: Settings) -> Views:
    """Return the reader's own, by who they are in Harvest."""
    person = str(current_page_viewer().user_id or "")
    return Views(settings.cache_dir / settings.account_id, person)


def _row(saved: Views, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            f"{md_text(view.name)} · {_page_title(view.page)}",
            f"{view.page}?{view.query}" if view.query else view.page,
            type="tertiary",
            key=f"view_{view.name}",
        )
        st.space("stretch")
        st.button(
            "Delete",
            key=f"delete_view_{view.name}",
            icon=":material/delete:",
            type="tertiary",
            on_click=callback(_delete),
            args=(saved, view),
        )


def _page_title(name: str) -> str:
    return next((entry.title for entry in MENU if entry.name == name), name)


def _delete(saved: Views, view: View) -> None:
    saved.delete_view(view.name)
    st.session_state["_view_message"] = f"Deleted “{view.name}”."


def _save(saved: Views, page: str) -> None:
    name = str(st.session_state.get("_view_name") or "")
    if not name.strip():
        st.session_state["_view_refused"] = "Give the view a name."
        return
    values = {key: str(st.session_state.get(key) or "") for key in ("period", "where")}
    values |= {
        key: value
        for key, value in parse_qsl(urlencode(st.query_params.to_dict()))
        if key in ("basis", "compare")
    }
    try:
        saved.save_view(name, page, known_parameters(urlencode(values)))
    except DashboardError as error:
        st.session_state["_view_refused"] = str(error)
        return
    st.session_state["_view_name"] = ""
    st.session_state["_view_message"] = f"Saved “{name.strip()}”."
