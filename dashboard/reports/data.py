"""Tables of the Data and Audit pages: stored records, odd records, audit log."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pandas as pd

from dashboard.access.audit_log import audit_log
from dashboard.access.rights import Right
from dashboard.config.errors import MetricError
from dashboard.metrics.completeness import record_reasons
from dashboard.metrics.metric import Unit
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec
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
    id="data", title="Synced records", make=storage_table, needs=frozenset({Right.ACCOUNT})
)


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
    Column(id="noticed", label="Detected (UTC)", doc="The first sync that met the value."),
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


LONGEST = 100 * 366  # days

_AUDIT_ROWS = """\
SELECT e.number, substr(replace(e.at, 'T', ' '), 1, 19) AS at, e.name, e.user_id, e.account,
    e.seen_as, coalesce(f.did, e.did) AS did, e.what, e.period, e.filter,
    coalesce(f.rows, e.rows) AS rows, coalesce(f.bytes, e.bytes) AS bytes,
    coalesce(f.sha256, e.sha256) AS sha256, f.number AS ended_by, e.hash
FROM entries AS e LEFT JOIN entries AS f ON f.completes = e.number
WHERE (e.completes IS NULL OR e.completes < (SELECT min(number) FROM entries)) AND e.at >= ?"""
_FRAME = (
    "number", "at", "name", "user_id", "account", "seen_as", "did", "what", "period", "filter",
    "rows", "bytes", "sha256", "ended_by", "hash",
)  # fmt: skip
_AUDIT_COLUMNS = (
    Column(id="at", label="When (UTC)"),
    Column(id="name", label="Who"),
    Column(id="did", label="Did", doc="A file that only began is on its way or was cut off."),
    Column(id="what", label="What", doc="The page or the file."),
    Column(id="period", label="Period"),
    Column(id="filter", label="Filter", doc="And what else narrowed it."),
    Column(id="rows", label="Rows", unit=Unit.COUNT, doc="Of a search or a file."),
    Column(id="bytes", label="Bytes", unit=Unit.COUNT, doc="Of a file, as far as it was taken."),
    Column(id="sha256", label="SHA-256", doc="Of the whole file, as it was taken."),
    Column(id="account", label="Sign-in", doc="A hash of the account signed in with."),
    Column(id="seen_as", label="Seen as", doc="Whose rights a command was run with."),
)


def audit_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return the newest first, a file in one row; neither period nor filter of a page narrow them.

    Of the last `days`, or all; by the `person` of that name, of `what` is called that. Raises
    `MetricError` for days that are none.
    """
    sql, since = _AUDIT_ROWS, _since_instant(also.get("days") or "")
    values = [since.isoformat(timespec="milliseconds") if since else ""]
    for column, name in (("name", "person"), ("what", "what")):
        if also.get(name):
            sql, values = f"{sql} AND e.{column} = ?", [*values, also[name]]
    rows = audit_log(snapshot.path.parent).rows(f"{sql} ORDER BY e.number DESC", tuple(values))
    frame = pd.DataFrame(rows, columns=list(_FRAME), dtype=object)  # a number or none at all
    of = f"since {since:%Y-%m-%d %H:%M} UTC" if since else "there are"
    return Table(frame, _AUDIT_COLUMNS, (f"All entries {of}, whatever the period says.",))


def _since_instant(days: str) -> datetime | None:
    if not days:
        return None
    if not (days.isascii() and days.isdecimal()) or not 0 < int(days[:9]) <= LONGEST:
        raise MetricError(f"{days[:60]!r} is no number of days.", remedy="Give one such as 30.")
    return datetime.now(UTC) - timedelta(days=int(days))


AUDIT = TableSpec(id="audit", title="Audit log", make=audit_table, needs=frozenset({Right.ACCOUNT}))
