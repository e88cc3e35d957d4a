"""The ranked kinds of leaks, and the rows of the one that is selected.

One fragment: selecting a kind redraws this, not the page around it.
"""

from typing import Any

import streamlit as st

from dashboard.listings.leaks import LEAKS, rows_of
from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.kept import Query
from dashboard.ui.listing import report_card
from dashboard.ui.page_access import fragment
from dashboard.ui.question import PageParams

_NONE = "Nothing gets lost here, as far as the records tell."
_SHOWN = "_leak_shown"


def section_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of the sections; the selected leak is that of the run before."""
    names = [LEAKS.id]
    if _SHOWN in st.session_state:
        names.append(rows_of(st.session_state[_SHOWN]))
    return [data.report_query(name, scope=scope) for name in names]


@fragment()
def leak_sections(asked: PageParams) -> None:
    """The kinds with what is at stake; below, the rows of the one selected, else of the first."""
    row = report_card(
        LEAKS.id, asked, empty=_NONE, caption="Select a row to see what is behind it."
    )
    ranked = data.get_report(LEAKS.id, scope=asked.scope).frame
    if not ranked.empty:
        kind = st.session_state[_SHOWN] = row["kind"] if row else ranked["kind"].iloc[0]
        report_card(rows_of(kind), asked)
