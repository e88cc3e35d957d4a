"""Records that could not be read: a card of the Data page, where there are any."""

import streamlit as st

from dashboard.listings.odd_records import ODD_RECORDS
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.ui import data
from dashboard.ui.links import download_links
from dashboard.ui.listing import report_table


def odd_records_card(snapshot: Snapshot) -> None:
    """The records that the last sync left out, with what is wrong with each; nothing without."""
    today = data.current_day()
    listing = ODD_RECORDS.read(snapshot, Scope(today, today, today=today), {})
    if listing.frame.empty:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(ODD_RECORDS.title, anchor=False, width="content")
            st.space("stretch")
            download_links(ODD_RECORDS.id, "")
        st.caption(
            "Harvest sent a value that its documents do not allow. Each record is read again at"
            " every sync and leaves this list once it is right; correcting the field in Harvest"
            " helps. All other records are complete."
        )
        report_table(listing, key="odd_records", alt=ODD_RECORDS.title, select=False)
