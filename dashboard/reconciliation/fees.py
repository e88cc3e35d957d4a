"""Fixed fees beside what was invoiced for them, as the uninvoiced report may show them."""

from datetime import date
from decimal import Decimal
from itertools import product

from dashboard.reconciliation.sums import Key, Sums, projects_of
from dashboard.store.snapshots import Snapshot

_STATES = {"invoiced": "l.state IS DISTINCT FROM 'draft'", "drafted": "l.state = 'draft'"}
_UNTIL = {"": "true", "_in_time": "l.day <= $last"}
_LINES = {"": "NOT l.is_expense", "_with_expenses": "true"}
_SUMS = {
    f"fee_{state}{until}{lines}": " AND ".join((_STATES[state], _UNTIL[until], _LINES[lines]))
    for state, until, lines in product(_STATES, _UNTIL, _LINES)
}
_FEES = f"""\
SELECT p.id AS project_id, p.currency AS currency, k.starts_on AS starts_on, k.fee AS fee,
    {", ".join(f"coalesce(sum(l.amount) FILTER ({rows}), 0) AS {n}" for n, rows in _SUMS.items())}
FROM projects AS p
JOIN records.projects AS k ON k.id = p.id
CROSS JOIN visibility AS v
LEFT JOIN invoice_line_facts AS l
    ON l.project_id = p.id AND l.currency IS NOT DISTINCT FROM p.currency AND NOT l.is_retainer
WHERE p.is_fixed_fee AND (k.fee > 0 OR k.fee IS NULL AND v.rates <> 'all')
GROUP BY ALL
"""


def add_fees(snapshot: Snapshot, sums: dict[Key, Sums], last: date) -> dict[Key, Sums]:
    """Add each fixed fee to `sums`, but of projects that start after `last`.

    The names are `fee`, and `fee_invoiced` and `fee_drafted`; after these `_in_time` for lines up
    to `last`, and `_with_expenses` for all lines in place of those for work.
    """
    projects = projects_of(snapshot)
    rows = snapshot.rows(_FEES.replace("$last", f"DATE '{last.isoformat()}'"))
    for project_id, currency, starts_on, *amounts in rows:
        if starts_on is None or starts_on <= last:
            key = (project_id, currency)
            into = sums.setdefault(key, Sums(projects[project_id], currency)).stopped
            if amounts[0] is None:
                into["hidden"] = Decimal(1)  # the token does not see the fee
            else:
                into.update(zip(("fee", *_SUMS), amounts, strict=True))
    return sums
