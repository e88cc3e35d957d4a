"""Records that could not be read: a record a row, with what is wrong and what counts instead."""

from collections.abc import Mapping

import pandas as pd

from dashboard.access.rights import Right
from dashboard.listings.listing import Column, Table, TableSpec
from dashboard.metrics.scope import Scope
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshot

_ROWS = """\
SELECT o.entity AS entity, CAST(o.id AS VARCHAR) AS id, CAST(o.owner AS VARCHAR) AS owner,
    o.day AS day, o.field AS field, o.problem AS problem, o.noticed AS noticed,
    CASE WHEN o.is_stored THEN 'an earlier version' ELSE 'nothing' END AS counts
FROM odd_records AS o
ORDER BY o.noticed DESC, o.entity, o.id, o.owner"""
_COLUMNS = (
    Column(id="entity", label="Entity"),
    Column(id="id", label="ID", doc="The record's key in Harvest."),
    Column(id="owner", label="Of", doc="The invoice of a payment, or the manager of a teammate."),
    Column(id="day", label="Day", doc="The record's own day, where it could be read."),
    Column(id="field", label="Field", doc="The place of the value that could not be read."),
    Column(id="problem", label="What is wrong"),
    Column(id="noticed", label="Noticed (UTC)", doc="The first sync that met the value."),
    Column(id="counts", label="Counts", doc="What of the record is in figures meanwhile."),
)


def odd_records(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Of the whole copy: neither period nor filter narrow it. No value of any record is in it."""
    if not snapshot.has_table("odd_records"):  # published before there was a list
        return Table(pd.DataFrame(columns=[column.id for column in _COLUMNS]), _COLUMNS)
    frame = snapshot.query_frame(_ROWS)
    frame["entity"] = [KEPT[name].label for name in frame["entity"]]
    return Table(frame, _COLUMNS)


ODD_RECORDS = TableSpec(
    id="odd-records",
    title="Records that could not be read",
    make=odd_records,
    needs=frozenset({Right.ACCOUNT}),
)
