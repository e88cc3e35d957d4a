"""The ranked kinds of leaks, and the rows of the one that is selected.

One fragment: selecting a kind redraws this, not the page around it.
"""

from dashboard.listings.leaks import LEAKS, rows_of
from dashboard.ui import data
from dashboard.ui.fragments import fragment
from dashboard.ui.listing import listing_card
from dashboard.ui.question import Question

_NONE = "Nothing gets lost here, as far as the records tell."


@fragment()
def explore(asked: Question) -> None:
    """The kinds with what is at stake; below, the rows of the one selected, else of the first."""
    row = listing_card(
        LEAKS.id, asked, empty=_NONE, caption="Select a row to see what is behind it."
    )
    ranked = data.ask_listing(LEAKS.id, scope=asked.scope).frame
    if not ranked.empty:
        listing_card(rows_of(row["kind"] if row else ranked["kind"].iloc[0]), asked)
