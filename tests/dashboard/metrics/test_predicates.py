"""Conditions that several places share are stated in one."""

import re
from pathlib import Path

from dashboard.metrics.catalog import predicates

DASHBOARD = Path(predicates.__file__).parents[2]
# A condition of late, issued, uninvoiced, hourly or priced rows, as SQL in a text of Python.
STATED = re.compile(
    r"due_date\s*<|\bis_billed AND|NOT \w+\.is_(billed|fixed_fee|deposit|credit|leave)\b"
    r"|billable_rate\s*(>|=|, 0\))|state (= |IS DISTINCT FROM )'(draft|sent|accepted)'"
    r"|kind = '"
)


def test_shared_condition_is_stated_in_predicates_alone() -> None:
    stated = {
        str(path.relative_to(DASHBOARD)): found[0]
        for path in DASHBOARD.rglob("*.py")
        # The store makes the facts that conditions are about; reconciliation adds up anew, under
        # each reading of the documents.
        if path.relative_to(DASHBOARD).parts[0] not in ("store", "reconciliation")
        and (found := STATED.search(path.read_text("utf-8")))
    }

    assert set(stated) == {"metrics/catalog/predicates.py"}
