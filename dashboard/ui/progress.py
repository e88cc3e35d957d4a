"""A running sync, as it is."""

import streamlit as st

from dashboard.sync.progress import Progress
from dashboard.ui.ages import left
from harvest_client.entities import ENTITIES


def progress_bar(progress: Progress) -> None:
    """The share done, the time left where it can be told, and what was read so far."""
    told = [f"{progress.rows:,} records", f"{progress.requests:,} requests"]
    if progress.seconds_left is not None:
        told.append(left(progress.seconds_left))
    st.progress(progress.share or 0.0, text=" · ".join(told))
    entities = [
        f"{ENTITIES[name].label} {rows:,}" + (f" of {total:,}" if total is not None else "")
        for name, rows, total in progress.entities
    ]
    if entities:
        st.caption(" · ".join(entities))
