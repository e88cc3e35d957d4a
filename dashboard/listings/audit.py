"""The audit log as rows: who looked at restricted figures, and who took which file."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pandas as pd

from dashboard.access.audit import audit_log
from dashboard.access.rights import Right
from dashboard.errors import MetricError
from dashboard.listings.listing import Column, Table, TableSpec
from dashboard.metrics.metric import Unit
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot

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
    """The newest first, a file in one row; neither period nor filter of a page narrow them.

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
