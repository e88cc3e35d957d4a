"""What a file or a page is made of: where from, of when, of which part, and whether it agrees."""

from datetime import UTC

from dashboard.config import Settings
from dashboard.listings.listing import Listing
from dashboard.metrics.bounds import note_strays
from dashboard.metrics.entries import hidden_columns
from dashboard.metrics.scope import Scope
from dashboard.reconciliation.reports import REPORTS
from dashboard.reconciliation.result import ReconciliationFile
from dashboard.reconciliation.status import Standing, verdict
from dashboard.store.snapshots import Snapshot
from harvest_client.search import canonical

_STANDINGS = {
    Standing.EQUAL: "equal to Harvest's report",
    Standing.PARTLY: "equal to Harvest's report where compared",
    Standing.DIFFERENT: "differs from Harvest's report: see the Data page",
    Standing.UNKNOWN: "not compared with Harvest's report",
    Standing.REFUSED: "not compared: the token may not read Harvest's report",
}


def about(
    table: str, listing: Listing | None, scope: Scope, settings: Settings, snapshot: Snapshot
) -> list[tuple[str, str]]:
    """Name and text of each thing a reader of the numbers should know, in order."""
    meta = snapshot.meta
    told = [
        ("Table", table),
        ("Account", f"{meta.account_name} ({meta.account_id}), source {meta.source}"),
        ("Period", f"{scope.start.isoformat()} to {scope.end.isoformat()}"),
        ("Filter", canonical(scope.where) if scope.where else "none"),
        ("Hours", f"{scope.basis.value}"),
        ("Reporting date", scope.today.isoformat()),
        ("Data as of", meta.synced_at.replace(tzinfo=UTC).isoformat(timespec="seconds")),
        ("Copy", f"version {meta.version}" + (", history incomplete" if meta.partial else "")),
    ]
    if snapshot.viewer.sees_everything:  # as it is the whole account that is compared
        result = ReconciliationFile(settings.cache_dir, settings.account_id).read()
        verdicts = {
            report.label: verdict(result, name, scope.start, scope.end)
            for name, report in REPORTS.items()
        }
        told += [(label, _STANDINGS[found.standing]) for label, found in verdicts.items()]
    told += [("Note", note) for note in note_strays(snapshot, scope)]
    if snapshot.viewer.name:
        told.append(("Seen by", snapshot.viewer.name))
    if listing is None and (empty := hidden_columns(snapshot.viewer)):
        told.append(("Note", f"Not visible to you, so empty: {', '.join(empty)}."))
    if listing:
        told += [("Note", note) for note in listing.notes]
        told += [(column.id, column.doc) for column in listing.columns if column.doc]
    return told
