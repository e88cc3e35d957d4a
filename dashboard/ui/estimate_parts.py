"""Estimates by status, the open ones, and all estimates."""

import streamlit as st

from dashboard.charts.palette import ESTIMATE_STATES
from dashboard.ui.bills import states_card
from dashboard.ui.listing import report_card
from dashboard.ui.page_access import fragment
from dashboard.ui.question import PageParams


@fragment()
def estimate_sections(asked: PageParams) -> None:
    """Draw estimates by status, the open ones, and all."""
    became, still_open = st.columns([2, 3])
    with became:
        bar = states_card(
            "estimates", asked.scope, ESTIMATE_STATES, title="What became of the estimates",
            caption="Issued in the period: amounts, and how many.",
        )  # fmt: skip
    with still_open:
        report_card("estimates_open", asked, empty="No estimate is open.")
    report_card(
        "estimates",
        asked,
        also=bar.also,
        says=bar.says,
        caption="Issued or decided in the period, or open. Select a bar above to see its own.",
        empty="None was issued or decided in this period, and none is open.",
    )
