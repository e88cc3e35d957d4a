"""Links to the files that our own route serves."""

from urllib.parse import urlencode

import streamlit as st

from dashboard.ui.signing_in import made_for


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
                help="Everything the table counts, as a file",
                key=f"download_{table}_{form}",
            )
