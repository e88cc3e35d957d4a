"""Data: stored records, their age, and the changes of the last syncs."""

import streamlit as st

from dashboard.config import load_settings
from dashboard.ui.agreement import agreement_card, readings_card
from dashboard.ui.data import get_snapshot
from dashboard.ui.deleted import deleted_card
from dashboard.ui.odd_records import odd_records_card
from dashboard.ui.syncing import account_card, attempts_table, derived_card, stored_table, sync_card

told = load_settings()

with st.container(border=True):
    account_card(told, get_snapshot())
    sync_card(told)

stored, syncs = st.columns(2)
with stored.container(border=True, height="stretch"):
    st.subheader("What is stored", anchor=False)
    stored_table(get_snapshot())
with syncs.container(border=True, height="stretch"):
    st.subheader("Last syncs", anchor=False)
    attempts_table(told)

agreement_card(told)
readings_card()
odd_records_card(get_snapshot())
deleted_card(told, get_snapshot())
derived_card(get_snapshot())
