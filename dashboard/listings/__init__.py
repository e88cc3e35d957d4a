"""Tables of rows: what pages show, what their files hold, what `export` writes.

One list, one name each. The main table of a page has the page's own name.
"""

from dashboard.listings.listing import Kind
from dashboard.listings.work import HOURS

LISTINGS: dict[str, Kind] = {kind.id: kind for kind in (HOURS,)}
