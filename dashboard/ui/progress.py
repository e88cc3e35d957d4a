"""A running sync, as it is."""

import streamlit as st

from dashboard.charts.formats import Formats
from dashboard.store.schema import KEPT
from dashboard.sync.progress import Progress
from dashboard.ui.ages import format_remaining


def progress_bar(progress: Progress, formats: Formats) -> None:
    """The share done, the time left where it can be told, and what was read so far."""
    number = formats.format_number
    told = [f"{number(progress.rows)} records", f"{number(progress.requests)} requests"]
    if progress.seconds_left is not None:
        told.append(format_remaining(progress.seconds_left))
    st.progress(progress.share or 0.0, text=" · ".join(told))
    entities = [
        f"{KEPT[name].label} {number(rows)}" + (f" of {number(total)}" if total is not None else "")
        for name, rows, total in progress.entities
    ]
    if entities:
        st.caption(" · ".join(entities))
