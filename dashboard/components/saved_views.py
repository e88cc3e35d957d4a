"""The View popover: saved views, and how charts are taken away as pictures."""

from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dashboard.access.saved_views import LONGEST, View, Views, known_parameters
from dashboard.components.text import md_text
from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings
from dashboard.web.page_access import callback, current_page_viewer

_FORMATS = ("png", "svg")


def view_popover(settings: Settings, page: str) -> None:
    """Draw the popover; of no effect on the numbers."""
    with st.popover("View", icon=":material/bookmark:"):
        saved = views(settings)
        for view in saved.read():
            _row(saved, view)
        name = st.text_input("Save this view as", key="_view_name", max_chars=LONGEST)
        st.button(
            "Save",
            key="save_view",
            icon=":material/bookmark_add:",
            disabled=not name.strip(),
            on_click=callback(_save),
            args=(saved, name, page),
        )
        if refused := st.session_state.pop("_view_refused", None):
            st.caption(md_text(refused))
        st.segmented_control(
            "Pictures of charts",
            _FORMATS,
            format_func=str.upper,
            default="png",
            required=True,
            key="picture",
            help="The camera that appears over a chart saves it in this format. "
            "To print a page or save it as PDF, use the browser's own print command.",
        )


def views(settings: Settings) -> Views:
    """Return the reader's own, by who they are in Harvest."""
    person = str(current_page_viewer().user_id or "")
    return Views(settings.cache_dir / settings.account_id, person)


def _row(saved: Views, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            md_text(view.name),
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
            on_click=callback(saved.delete_view),
            args=(view.name,),
        )


def _save(saved: Views, name: str, page: str) -> None:
    said = {key: str(st.session_state.get(key) or "") for key in ("period", "where")}
    said |= {
        key: value for key, value in parse_qsl(urlencode(st.query_params.to_dict()))
        if key in ("basis", "compare")
    }  # fmt: skip
    try:
        saved.save_view(name, page, known_parameters(urlencode(said)))
    except DashboardError as error:
        st.session_state["_view_refused"] = str(error)
    st.session_state["_view_name"] = ""
