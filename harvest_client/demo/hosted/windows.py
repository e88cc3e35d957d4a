"""The two reports that the connector offers, for one window of days."""

from datetime import date

from harvest_client.demo.copies import Row
from harvest_client.demo.permissions import Viewer
from harvest_client.demo.time_reports import time_report
from harvest_client.entities import Entity


def report(viewer: Viewer, entity: Entity, first: date, last: date) -> list[Row]:
    """The rows of the report; fixed-fee work is worth nothing, as the connector cannot ask."""
    entries = viewer.account.entries
    places = entries.between(first, last)
    subject = (entity.path or "").rpartition("/")[2]
    return time_report(
        viewer, subject, entries.ordered[places.start : places.stop], include_fixed_fee=False
    )
