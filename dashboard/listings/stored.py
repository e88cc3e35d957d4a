"""Stored records: a row per entity with their number and age."""

from collections.abc import Mapping

import pandas as pd

from dashboard.access.rights import Right
from dashboard.listings.listing import Column, Table, TableSpec
from dashboard.metrics.completeness import record_reasons
from dashboard.metrics.metric import Unit
from dashboard.metrics.scope import Scope
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshot


def storage_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Of the whole copy: neither period nor filter narrow it."""
    frame = snapshot.query_frame(
        "SELECT s.entity AS entity, s.rows AS records, s.read_at AS read_at,"
        " s.refused AS refused FROM entity_state AS s ORDER BY s.entity"
    )
    since = [snapshot.completeness.complete_since(entity) for entity in frame["entity"]]
    frame["complete_since"] = pd.Series(since, index=frame.index, dtype=object)
    notes = [reason for entity in KEPT for reason in record_reasons(snapshot.completeness, entity)]
    return Table(
        frame,
        (
            Column(id="entity", label="Entity"),
            Column(id="records", label="Records", unit=Unit.COUNT),
            Column(id="read_at", label="Read (UTC)", doc="When Harvest was last asked for these."),
            Column(
                id="complete_since",
                label="Complete since",
                doc="The first day of which all records are stored; all are where there is none.",
            ),
            Column(id="refused", label="Refused", doc="Why Harvest did not show them."),
        ),
        tuple(notes),
    )


DATA = TableSpec(
    id="data", title="What is stored", make=storage_table, needs=frozenset({Right.ACCOUNT})
)
