"""What is stored, how old is it, and what did the last syncs change?"""

import streamlit as st

from dashboard.config import settings
from dashboard.ui.agreement import agreement_card, readings_card
from dashboard.ui.data import snapshot
from dashboard.ui.deleted import deleted_card
from dashboard.ui.odd_records import odd_records_card
from dashboard.ui.syncing import about, attempts_table, derived_card, stored_table, sync_card

told = settings()

with st.container(border=True):
    about(told, snapshot())
    sync_card(told)

stored, syncs = st.columns(2)
with stored.container(border=True, height="stretch"):
    st.subheader("What is stored", anchor=False)
    stored_table(snapshot())
with syncs.container(border=True, height="stretch"):
    st.subheader("Last syncs", anchor=False)
    attempts_table(told)

agreement_card(told)
readings_card()
odd_records_card(snapshot())
deleted_card(told, snapshot())
derived_card(snapshot())
