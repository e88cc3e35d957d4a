"""Revenue leaks by kind, ranked by the amount at stake."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.metric import Fact, Unit
from dashboard.metrics.scope import Scope
from dashboard.reports.leaks.billing import AFTER_ARCHIVE, BILLED_WITHOUT_INVOICE, STALE_WIP
from dashboard.reports.leaks.leak import Leak, LeakTotal, leak_totals
from dashboard.reports.leaks.pricing import UNPRICED
from dashboard.reports.leaks.spending import EXPENSES_WITHOUT_RECEIPT, OVER_BUDGET
from dashboard.reports.leaks.timesheets import LONG_DAYS, MISSING_TIMESHEETS
from dashboard.reports.table import Column, Table, TableSpec
from dashboard.store.snapshots import Snapshot

KINDS = (
    MISSING_TIMESHEETS, UNPRICED, STALE_WIP, BILLED_WITHOUT_INVOICE, AFTER_ARCHIVE, OVER_BUDGET,
    EXPENSES_WITHOUT_RECEIPT, LONG_DAYS,
)  # fmt: skip

_FACTS: frozenset[Fact] = frozenset().union(*(leak.facts for leak in KINDS))
_AT_ONCE = 2  # each is one question, which the store answers on one core

_OVERLAP = "One hour can appear in several leaks, so there is no total."
_RANKED = f"{_OVERLAP} Those in different currencies are ranked by their numbers alone."


def leaks_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per kind and currency, the most at stake first and what is unknown last.

    `kind` is the id of the leak, whose rows are the listing `leaks_<kind>`. Kinds of which there is
    nothing, and those that have no answer under the scope's filter, are in the notes.
    """
    lines: list[tuple[object, ...]] = []
    nothing: list[str] = []
    notes: list[str] = []
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="leaks") as pool:
        matches = list(pool.map(lambda leak: leak_totals(leak, snapshot, scope), KINDS))
    of_all = incomplete_reasons(snapshot, _FACTS, scope)  # said once, not with each kind
    for leak, (sums, said) in zip(KINDS, matches, strict=True):
        notes += [f"{leak.label}: {note}" for note in said if note not in of_all]
        lines += [_leak_row(leak, item) for item in sums]
        if not sums and not said:
            nothing.append(leak.label)
    frame = pd.DataFrame(lines, columns=list(_FRAME))
    frame = frame.astype({"at_stake": float, "hours": float})
    frame = frame.sort_values("at_stake", ascending=False, na_position="last", kind="stable")
    if len(frame) > 1:
        several = frame.loc[frame["at_stake"].notna(), "currency"].nunique(dropna=False) > 1
        notes.insert(0, _RANKED if several else _OVERLAP)
    if nothing:
        notes.append(f"Nothing found of: {', '.join(nothing)}.")
    return Table(frame.reset_index(drop=True), _COLUMNS, tuple(notes))


def _leak_row(leak: Leak, item: LeakTotal) -> tuple[object, ...]:
    return (
        leak.id, leak.label, item.at_stake, item.hours, item.count, item.unknown, leak.advice,
        item.currency,
    )  # fmt: skip


_FRAME = ("kind", "leak", "at_stake", "hours", "count", "unknown", "advice", "currency")
_COLUMNS = (
    Column(id="leak", label="Leak"),
    Column(
        id="at_stake",
        label="At stake",
        unit=Unit.MONEY,
        doc="What of it is known; how it is worked out is said at the rows of each kind.",
    ),
    Column(id="hours", label="Hours", unit=Unit.HOURS, doc="Where the kind is about hours."),
    Column(id="count", label="Rows", unit=Unit.COUNT, doc="How many rows the kind has."),
    Column(
        id="unknown",
        label="No amount",
        unit=Unit.COUNT,
        doc="How many of these rows have no amount that is known, so that they add none.",
    ),
    Column(id="advice", label="What to do"),
)


def rows_of(kind: str) -> str:
    """Return the name of the table of the leak `kind` among the reports."""
    return {leak.id: leak.listing for leak in KINDS}[kind]


LEAKS = TableSpec(id="leaks", title="Revenue leaks", make=leaks_table, facts=_FACTS)
LEAK_ROWS = tuple(leak.to_spec() for leak in KINDS)
