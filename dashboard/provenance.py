"""Description of a file or page: source, time, filter, and reconciliation with Harvest."""

from collections.abc import Sequence
from datetime import UTC

from dashboard.config import Settings
from dashboard.listings.listing import Table
from dashboard.metrics.bounds import note_strays
from dashboard.metrics.entries import hidden_columns
from dashboard.metrics.scope import Scope
from dashboard.reconciliation.reports import REPORTS, Report
from dashboard.reconciliation.result import Reconciliation, ReconciliationFile
from dashboard.reconciliation.status import ReconciliationStatus, compared_since, period_status
from dashboard.store.snapshots import Snapshot
from harvest_client.search import canonical_json

_STANDINGS = {
    ReconciliationStatus.EQUAL: "equal to Harvest's report",
    ReconciliationStatus.PARTLY: "equal to Harvest's report where compared",
    ReconciliationStatus.DIFFERENT: "differs from Harvest's report: see the Data page",
    ReconciliationStatus.UNKNOWN: "not compared with Harvest's report",
    ReconciliationStatus.REFUSED: "not compared: the token may not read Harvest's report",
}


def describe_table(
    table: str,
    listing: Table | None,
    scope: Scope,
    settings: Settings,
    snapshot: Snapshot,
    lacking: Sequence[str] = (),
) -> list[tuple[str, str]]:
    """Name and text of each thing a reader of the numbers should know, in order.

    `lacking` are the reasons why not all records of these days are in the table.
    """
    meta = snapshot.meta
    told = [
        ("Table", table),
        ("Account", f"{meta.account_name} ({meta.account_id}), source {meta.source}"),
        ("Period", f"{scope.start.isoformat()} to {scope.end.isoformat()}"),
        ("Filter", canonical_json(scope.where) if scope.where else "none"),
        ("Hours", f"{scope.basis.value}"),
        ("Reporting date", scope.today.isoformat()),
        ("Data as of", meta.synced_at.replace(tzinfo=UTC).isoformat(timespec="seconds")),
        ("Copy", f"version {meta.version}" + (", history incomplete" if meta.partial else "")),
    ]
    if lacking:
        told.append(("Complete", f"no: {' '.join(lacking)}"))
    if snapshot.viewer.sees_everything:  # as it is the whole account that is compared
        result = ReconciliationFile(settings.cache_dir, settings.account_id).read()
        told += [
            (report.label, _reconciliation_text(result, report, scope, snapshot))
            for report in REPORTS.values()
        ]
    told += [("Note", note) for note in note_strays(snapshot, scope)]
    if snapshot.viewer.name:
        told.append(("Seen by", snapshot.viewer.name))
    if listing is None and (empty := hidden_columns(snapshot.viewer)):
        told.append(("Note", f"Not visible to you, so empty: {', '.join(empty)}."))
    if listing:
        told += [("Note", note) for note in listing.notes if note not in lacking]
        told += [(column.id, column.doc) for column in listing.columns if column.doc]
    return told


def _reconciliation_text(
    result: Reconciliation, report: Report, scope: Scope, snapshot: Snapshot
) -> str:
    """Return the standing of a period; of days that are not stored there is none."""
    since = compared_since(snapshot, report, scope.start)
    if since is None:
        return _STANDINGS[period_status(result, report.id, scope.start, scope.end).standing]
    if since > scope.end:
        return f"not compared: complete since {since.isoformat()} only"
    found = period_status(result, report.id, since, scope.end)
    return f"complete since {since.isoformat()} only; from then on {_STANDINGS[found.standing]}"
