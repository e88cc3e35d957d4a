"""Hours and what they are worth, by any two dimensions."""

from collections.abc import Mapping
from dataclasses import replace

from dashboard.errors import MetricError
from dashboard.listings.listing import Kind, Listing, of_answer
from dashboard.metrics.answer import answer
from dashboard.metrics.catalog import BILLABLE_AMOUNT, BILLABLE_HOURS, BILLABLE_SHARE
from dashboard.metrics.catalog import HOURS as TRACKED
from dashboard.metrics.dimensions import CLIENT, DIMENSIONS, PROJECT, Dimension
from dashboard.metrics.lookup import named
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import hidden, visible
from dashboard.store.snapshots import Snapshot


def hours(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
    """The lines of the table without its subtotals, so that they add up to the total.

    By `outer` and `inner`, client and project if not said.
    """
    outer = _dimension(also.get("outer"), CLIENT)
    inner = _dimension(also.get("inner"), PROJECT)
    if outer is inner:
        raise MetricError("The same thing is asked for twice.", remedy="Name two dimensions.")
    metrics = (TRACKED, BILLABLE_HOURS, BILLABLE_SHARE, BILLABLE_AMOUNT)
    found = answer(snapshot, visible(snapshot.viewer, metrics), by=[outer, inner], scope=scope)
    listing = of_answer(found)
    return replace(listing, notes=(*listing.notes, *hidden(snapshot.viewer, metrics)))


def _dimension(name: str | None, default: Dimension) -> Dimension:
    return named(DIMENSIONS, name, "dimension") if name else default


HOURS = Kind(id="hours", title="Hours", make=hours, facts=frozenset({Fact.TIME}))
