"""Estimates one by one: the period's own, those decided in it, and the open ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from dashboard.access.rights import Right
from dashboard.metrics.catalog import ESTIMATE_AMOUNT, predicates
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.dimensions import ESTIMATE_STATE, day_label
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.metric import Fact, Unit
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec, bars_note, filter_by_bars, record_url
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join, sql_wrap

_FIRST = date(1000, 1, 1)

# A copy from before there were records in it does not know them.
_UNNAMED = (
    "(SELECT e.id AS id, CAST(NULL AS VARCHAR) AS number, CAST(NULL AS VARCHAR) AS subject"
    " FROM estimate_facts AS e)"
)

_AGE = Column(
    id="age", label="Days open", unit=Unit.COUNT, doc="Days since issue (open estimates only)."
)
_WHAT = (
    Column(id="number", label="Number"),
    Column(id="client", label="Client"),
    Column(id="subject", label="Subject"),
    Column(id="issued", label="Issued"),
)
_MONEY = (
    Column(
        id="amount",
        label="Amount",
        unit=Unit.MONEY,
        adds_up=True,
        doc="Discount taken off, tax included. The file's `estimated_amount` and `draft_amount`,"
        " of those issued in the period, add up to Estimated and Draft estimates;"
        " `accepted_amount` and `decided_amount`, of those decided in it, to the win rate.",
    ),
    Column(id="currency", label="Currency"),
)
_STATE = Column(id="state", label="State", doc="As it is today: sent is open.")
_DECIDED = Column(id="decided", label="Decided", doc="The day it was accepted or declined.")

_MORE_AMOUNTS = ("estimated_amount", "draft_amount", "accepted_amount", "decided_amount")

_ROWS = f"""\
SELECT
    f.id AS id,
    r.number AS number,
    CASE WHEN f.client_id IS NULL THEN 'No client' ELSE coalesce(c.name, '#' || f.client_id) END
        AS client,
    f.client_id AS client_id,
    r.subject AS subject,
    f.day AS issued,
    f.state AS state,
    f.decided_day AS decided,
    CAST(CASE WHEN {predicates.UNDECIDED} THEN d.today - f.day END AS DOUBLE) AS age,
    CAST(f.amount AS DOUBLE) AS amount,
    CAST(CASE WHEN n.id IS NOT NULL AND {predicates.OFFERED} THEN f.amount ELSE 0 END
        AS DOUBLE) AS estimated_amount,
    CAST(CASE WHEN n.id IS NOT NULL AND {predicates.DRAFT} THEN f.amount ELSE 0 END AS DOUBLE)
        AS draft_amount,
    CAST(CASE WHEN k.id IS NOT NULL AND {predicates.ACCEPTED} THEN f.amount ELSE 0 END AS DOUBLE)
        AS accepted_amount,
    CAST(CASE WHEN k.id IS NOT NULL THEN f.amount ELSE 0 END AS DOUBLE) AS decided_amount,
    n.id IS NOT NULL AS issued_in_period,
    k.id IS NOT NULL AS decided_in_period,
    f.currency AS currency
FROM estimate_facts AS f
CROSS JOIN (SELECT CAST(? AS DATE) AS today) AS d
LEFT JOIN issued AS n ON n.id = f.id
LEFT JOIN decided AS k ON k.id = f.id
LEFT JOIN pipeline AS o ON o.id = f.id
LEFT JOIN clients AS c ON c.id = f.client_id
LEFT JOIN {{records}} AS r ON r.id = f.id
WHERE n.id IS NOT NULL OR k.id IS NOT NULL OR o.id IS NOT NULL
ORDER BY f.day DESC, f.id DESC"""


def estimates_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """A row per estimate issued or decided in the period, or open at its end; the newest first.

    States are today's. Per currency `estimated_amount`, `draft_amount`, `accepted_amount` and
    `decided_amount` add up to the figures. `also` may name the `state` and `currency` of a bar, as
    `of_bars` has them. Raises `MetricError` for a filter on what estimates do not know.
    """
    columns = (*_WHAT, _STATE, _DECIDED, _AGE, *_MONEY)
    frame = filter_by_bars(
        _estimate_rows(snapshot, scope), {**also, "age": ""}, ESTIMATE_STATE.values
    )
    notes = (*_table_notes(snapshot, scope), *bars_note({**also, "age": ""}))
    return _make_table(snapshot, frame, columns, notes)


def open_estimates(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """The estimates issued up to the period's end that are undecided today, the oldest first."""
    frame = _estimate_rows(snapshot, scope)
    frame = frame[frame["state"] == predicates.UNDECIDED_STATE].sort_values(
        ["age", "id"], ascending=[False, True], kind="stable"
    )
    number, client, *what = _WHAT
    # What is asked comes first: the card is narrow.
    columns = (client, _AGE, *_MONEY, number, *what)
    return _make_table(
        snapshot, frame.reset_index(drop=True), columns, _table_notes(snapshot, scope)
    )


def _make_table(
    snapshot: Snapshot, frame: pd.DataFrame, columns: tuple[Column, ...], notes: tuple[str, ...]
) -> Table:
    links = [record_url(snapshot.meta, f"/estimates/{key}") for key in frame["id"]]
    if None in links:
        return Table(frame, columns, notes, _MORE_AMOUNTS)
    link = Column(id="harvest", label="In Harvest", is_link=True)
    with_links = frame.assign(harvest=pd.Series(links, index=frame.index, dtype=object))
    return Table(with_links, (*columns[:-1], link, columns[-1]), notes, _MORE_AMOUNTS)


def _table_notes(snapshot: Snapshot, scope: Scope) -> tuple[str, ...]:
    # Also what says that a copy is too old to be asked.
    notes = query_metrics(snapshot, (ESTIMATE_AMOUNT,), scope=scope).notes
    # Whatever is open, or decided in the period, may have been issued on any day before.
    older = incomplete_reasons(snapshot, [Fact.ESTIMATES], replace(scope, start=_FIRST))
    return (*older, *notes, f"States and ages are as of {day_label(scope.today)}, today.")


def _estimate_rows(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    offered = replace(scope, start=_FIRST)
    tables = [
        sql_wrap("issued AS (SELECT f.id AS id\n", rows(Fact.ESTIMATES, scope), ")"),
        sql_wrap(
            "decided AS (SELECT f.id AS id\n",
            rows(
                Fact.ESTIMATES,
                scope,
                day="f.decided_day",
                among=predicates.DECIDED,
            ),
            ")",
        ),
        sql_wrap(
            "pipeline AS (SELECT f.id AS id\n",
            rows(Fact.ESTIMATES, offered, among=predicates.UNDECIDED),
            ")",
        ),
    ]
    records = "records.estimates" if snapshot.holds_records else _UNNAMED
    last = Sql(_ROWS.format(records=records), (scope.today,))
    result = sql_join("\n", [sql_wrap("WITH ", sql_join(",\n", tables), ""), last])
    return snapshot.query_frame(*result).astype({"id": "Int64", "client_id": "Int64"})


ESTIMATES = TableSpec(
    id="estimates",
    title="Estimates",
    make=estimates_table,
    needs=frozenset({Right.ESTIMATES}),
    facts=frozenset({Fact.ESTIMATES}),
)
ESTIMATES_OPEN = TableSpec(
    id="estimates_open",
    title="Open estimates",
    make=open_estimates,
    needs=frozenset({Right.ESTIMATES}),
    facts=frozenset({Fact.ESTIMATES}),
)
