"""Files of the download links, made by the same query as the page.

Our own route and not Streamlit's download button: that one tells files apart by samples of their
bytes, and can hand one reader the file of another.
"""

from collections.abc import Mapping

from dashboard import exports
from dashboard.config import Settings
from dashboard.store.snapshots import Snapshot
from dashboard.ui.question import parse_params


def export_file(
    name: str, asked: Mapping[str, str], settings: Settings, snapshot: Snapshot
) -> exports.File:
    """The file called `name`, a table and a format, for the query parameters of a page.

    Raises `DashboardError` or `SearchError` for what has no answer, before the first byte.
    """
    read = parse_params(asked, settings, snapshot)
    table, _, form = name.rpartition(".")
    return exports.export_table(table, form, read.scope, asked, settings, snapshot)
