"""Hours by any two dimensions, and capacity of people."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from dashboard.access.rights import Right
from dashboard.config.errors import MetricError
from dashboard.config.settings import load_settings
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    CAPACITY_HOURS,
    HARVEST_UTILIZATION,
    TOTAL_UTILIZATION,
    UTILIZATION,
)
from dashboard.metrics.catalog import HOURS as TRACKED
from dashboard.metrics.dimensions import CLIENT, DIMENSIONS, PROJECT, USER, Dimension
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.labels import find_by_name
from dashboard.metrics.metric import Fact, Unit, facts_of
from dashboard.metrics.permissions import hidden_notice, visible_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec, table_of_result
from dashboard.store.snapshots import Snapshot


def hours_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return the lines of the table without its subtotals, so that they add up to the total.

    By `outer` and `inner`, client and project if not said.
    """
    outer = _find_dimension(also.get("outer"), CLIENT)
    inner = _find_dimension(also.get("inner"), PROJECT)
    if outer is inner:
        raise MetricError("The same thing is asked for twice.", remedy="Name two dimensions.")
    metrics = (TRACKED, BILLABLE_HOURS, BILLABLE_SHARE, BILLABLE_AMOUNT)
    result = query_metrics(
        snapshot, visible_metrics(snapshot.viewer, metrics), by=[outer, inner], scope=scope
    )
    listing = table_of_result(result)
    return replace(listing, notes=(*listing.notes, *hidden_notice(snapshot.viewer, metrics)))


def _find_dimension(name: str | None, default: Dimension) -> Dimension:
    return find_by_name(DIMENSIONS, name, "dimension") if name else default


HOURS = TableSpec(id="hours", title="Hours", make=hours_table, facts=frozenset({Fact.TIME}))


_METRICS = (
    UTILIZATION,
    BILLABLE_HOURS,
    CAPACITY_HOURS,
    TRACKED,
    TOTAL_UTILIZATION,
    HARVEST_UTILIZATION,
)
_PERSON = (
    Column(id="role", label="Role", doc="The person's role today, the first by name."),
    Column(id="contractor", label="Contractor"),
)
_TARGET = Column(
    id="target",
    label="Target",
    unit=Unit.SHARE,
    doc="Target utilization for the role (set by your administrator).",
)
_ROOM = Column(
    id="room_hours",
    label="Room",
    unit=Unit.HOURS,
    doc="Billable hours below the target up to today: (target − utilization) × capacity."
    " Below 0, somebody is above it.",
)
_WHOLE = (
    "Targets apply to all of a person's work. Clear client, project and "
    "task filters to see available capacity."
)


def utilization_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per person with capacity or hours, who has the most room first.

    Beside the metrics `role`, `contractor`, `target` (a share) and `room_hours`, which is unknown
    without capacity. The last two are left out where the scope's filter selects work, which
    capacity does not follow. Raises `MetricError` for a filter that it cannot leave out either.
    """
    result = query_metrics(snapshot, _METRICS, by=[USER], scope=scope)
    listing = table_of_result(result)
    frame, notes = (
        listing.frame.merge(_read_people(snapshot), on="user_id", how="left"),
        listing.notes,
    )
    about: tuple[Column, ...] = _PERSON
    if snapshot.viewer.has_rights({Right.ACCOUNT}):
        # Booleans with gaps would be objects; of whoever is not known nothing is known.
        frame["contractor"] = frame["contractor"].eq(True)
    else:
        del frame["contractor"]
        about = _PERSON[:1]
    person, share, *rest = listing.columns
    if result.over_selection:
        ordered = frame.sort_values(UTILIZATION.id, ascending=False, kind="stable")
        columns, notes = (person, share, *rest, *about), (*notes, _WHOLE)
        return Table(ordered.reset_index(drop=True), columns, notes)
    targets = load_settings().targets
    frame["target"] = [
        targets.for_role(role if isinstance(role, str) else None) for role in frame["role"]
    ]
    frame["room_hours"] = (frame["target"] - frame[UTILIZATION.id]) * frame[CAPACITY_HOURS.id]
    ordered = frame.sort_values("room_hours", ascending=False, kind="stable")
    columns = (person, share, _TARGET, _ROOM, *rest, *about)
    return Table(ordered.reset_index(drop=True), columns, notes)


def _read_people(snapshot: Snapshot) -> pd.DataFrame:
    frame = snapshot.query_frame(
        "SELECT u.id AS user_id, r.name AS role, u.is_contractor AS contractor"
        " FROM users AS u LEFT JOIN roles AS r ON r.id = u.role_id"
    )
    return frame.astype({"user_id": "Int64"})


UTILIZATION_ROWS = TableSpec(
    id="utilization",
    title="Utilization by person",
    make=utilization_table,
    facts=facts_of(_METRICS),
)
