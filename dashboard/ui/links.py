"""Links to the files that our own route serves."""

import streamlit as st


def download(file: str, query: str) -> None:
    """A link to an export. Relative, so that it stays below the path the server is published at."""
    st.link_button(
        "CSV",
        f"export/{file}?{query}" if query else f"export/{file}",
        icon=":material/download:",
        type="tertiary",
        help="Everything the table counts, as a file",
        key=f"download_{file}",
    )
