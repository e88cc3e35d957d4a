"""Links to files that the export route serves."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from dashboard.components.page_params import parse_params
from dashboard.config.settings import Settings
from dashboard.exports import export
from dashboard.store.snapshots import Snapshot
from dashboard.web.sign_in import made_for


def download_links(table: str, query: str) -> None:
    """Links to a table as CSV and XLSX. Relative, to stay below the path we are published at.

    They are of whoever the page is drawn for: to anybody else the route refuses them.
    """
    query = "&".join(part for part in (query, urlencode(made_for())) if part)
    with st.container(horizontal=True, width="content", gap="small"):
        for form in ("csv", "xlsx"):
            st.link_button(
                form.upper(),
                f"export/{table}.{form}?{query}" if query else f"export/{table}.{form}",
                icon=":material/download:",
                type="tertiary",
                help="Download all rows",
                key=f"download_{table}_{form}",
            )


def export_file(
    name: str, request: Mapping[str, str], settings: Settings, snapshot: Snapshot
) -> export.File:
    """Return the file called `name`, a table and a format, for the query parameters of a page.

    Raises `DashboardError` or `SearchError` for what has no answer, before the first byte.
    """
    read = parse_params(request, settings, snapshot)
    table, _, form = name.rpartition(".")
    return export.export_table(table, form, read.scope, request, settings, snapshot)
