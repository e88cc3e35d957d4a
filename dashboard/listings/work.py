"""Hours and what they are worth, by any two dimensions."""

from collections.abc import Mapping
from dataclasses import replace

from dashboard.errors import MetricError
from dashboard.listings.listing import Table, TableSpec, table_of_result
from dashboard.metrics.answer import query_metrics
from dashboard.metrics.catalog import BILLABLE_AMOUNT, BILLABLE_HOURS, BILLABLE_SHARE
from dashboard.metrics.catalog import HOURS as TRACKED
from dashboard.metrics.dimensions import CLIENT, DIMENSIONS, PROJECT, Dimension
from dashboard.metrics.lookup import find_by_name
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import hidden_notice, visible_metrics
from dashboard.store.snapshots import Snapshot


def hours_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """The lines of the table without its subtotals, so that they add up to the total.

    By `outer` and `inner`, client and project if not said.
    """
    outer = _find_dimension(also.get("outer"), CLIENT)
    inner = _find_dimension(also.get("inner"), PROJECT)
    if outer is inner:
        raise MetricError("The same thing is asked for twice.", remedy="Name two dimensions.")
    metrics = (TRACKED, BILLABLE_HOURS, BILLABLE_SHARE, BILLABLE_AMOUNT)
    found = query_metrics(
        snapshot, visible_metrics(snapshot.viewer, metrics), by=[outer, inner], scope=scope
    )
    listing = table_of_result(found)
    return replace(listing, notes=(*listing.notes, *hidden_notice(snapshot.viewer, metrics)))


def _find_dimension(name: str | None, default: Dimension) -> Dimension:
    return find_by_name(DIMENSIONS, name, "dimension") if name else default


HOURS = TableSpec(id="hours", title="Hours", make=hours_table, facts=frozenset({Fact.TIME}))
