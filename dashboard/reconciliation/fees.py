"""Fixed fees beside what was invoiced for them, as the uninvoiced report may show them."""

from datetime import date

from dashboard.reconciliation.sums import Key, Sums, projects_of
from dashboard.store.snapshots import Snapshot

_FEES = """\
SELECT p.id AS project_id, p.currency AS currency, k.fee AS fee, k.starts_on AS starts_on,
    coalesce(sum(l.amount) FILTER (l.state IS DISTINCT FROM 'draft'), 0) AS invoiced,
    coalesce(sum(l.amount) FILTER (l.state IS DISTINCT FROM 'draft' AND l.day <= $last), 0)
        AS invoiced_in_time,
    coalesce(sum(l.amount) FILTER (l.state = 'draft'), 0) AS drafted,
    coalesce(sum(l.amount) FILTER (l.state = 'draft' AND l.day <= $last), 0) AS drafted_in_time
FROM projects AS p
JOIN records.projects AS k ON k.id = p.id
LEFT JOIN invoice_line_facts AS l
    ON l.project_id = p.id AND l.currency IS NOT DISTINCT FROM p.currency
    AND NOT l.is_retainer AND NOT l.is_expense
WHERE p.is_fixed_fee AND k.fee > 0
GROUP BY ALL
"""


def add_fees(snapshot: Snapshot, sums: dict[Key, Sums], last: date) -> dict[Key, Sums]:
    """Add each fixed fee to `sums`, but of projects that start after `last`."""
    projects = projects_of(snapshot)
    names = ("fee", "fee_invoiced", "fee_invoiced_in_time", "fee_drafted", "fee_drafted_in_time")
    rows = snapshot.rows(_FEES.replace("$last", f"DATE '{last.isoformat()}'"))
    for project_id, currency, fee, starts_on, *invoiced in rows:
        if starts_on is None or starts_on <= last:
            key = (project_id, currency)
            into = sums.setdefault(key, Sums(projects[project_id], currency)).stopped
            into.update(zip(names, (fee, *invoiced), strict=True))
    return sums
