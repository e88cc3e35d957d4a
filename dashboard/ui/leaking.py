"""The ranked kinds of leaks, and the rows of the one that is selected.

One fragment: selecting a kind redraws this, not the page around it.
"""

from typing import Any

import streamlit as st

from dashboard.listings.leaks import LEAKS, rows_of
from dashboard.metrics.scope import Scope
from dashboard.ui import data
from dashboard.ui.kept import Wanted
from dashboard.ui.listing import listing_card
from dashboard.ui.page_access import fragment
from dashboard.ui.question import Question

_NONE = "Nothing gets lost here, as far as the records tell."
_SHOWN = "_leak_shown"


def wanted_ahead(scope: Scope) -> list[Wanted[Any]]:
    """What `explore` will ask; the kind whose rows are shown is that of the run before."""
    names = [LEAKS.id]
    if _SHOWN in st.session_state:
        names.append(rows_of(st.session_state[_SHOWN]))
    return [data.wanted_listing(name, scope=scope) for name in names]


@fragment()
def explore(asked: Question) -> None:
    """The kinds with what is at stake; below, the rows of the one selected, else of the first."""
    row = listing_card(
        LEAKS.id, asked, empty=_NONE, caption="Select a row to see what is behind it."
    )
    ranked = data.ask_listing(LEAKS.id, scope=asked.scope).frame
    if not ranked.empty:
        kind = st.session_state[_SHOWN] = row["kind"] if row else ranked["kind"].iloc[0]
        listing_card(rows_of(kind), asked)
