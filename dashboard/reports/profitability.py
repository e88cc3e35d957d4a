"""Profitability by client and project."""

from collections.abc import Mapping

from dashboard.access.rights import Right
from dashboard.metrics.catalog import (
    AVERAGE_RATE,
    COST_AMOUNT,
    COST_COVERAGE,
    EFFECTIVE_RATE,
    EXPENSE_AMOUNT,
    GROSS_MARGIN_AMOUNT,
    MARGIN_SHARE,
    REVENUE_AMOUNT,
)
from dashboard.metrics.dimensions import CLIENT, PROJECT, Dimension
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.metric import facts_of
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec
from dashboard.store.snapshots import Snapshot

_SHOWN = (
    REVENUE_AMOUNT, COST_AMOUNT, EXPENSE_AMOUNT, GROSS_MARGIN_AMOUNT, MARGIN_SHARE, COST_COVERAGE,
    EFFECTIVE_RATE, AVERAGE_RATE,
)  # fmt: skip
_EARNED = [metric.id for metric in _SHOWN if metric is not COST_AMOUNT]
_MONEY = [REVENUE_AMOUNT.id, EXPENSE_AMOUNT.id]


def profitability_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per client and currency, by currency, the highest margin first.

    Cost is in the account's currency. That of a client who pays in another has a row of its own
    below, where nothing but cost is known: so each column adds up to its figure.
    """
    return _table_by(snapshot, scope, (CLIENT,))


def profitability_by_project(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return the same per project."""
    return _table_by(snapshot, scope, (CLIENT, PROJECT))


def _table_by(snapshot: Snapshot, scope: Scope, by: tuple[Dimension, ...]) -> Table:
    result = query_metrics(snapshot, _SHOWN, by=by, scope=scope)
    frame = result.frame.copy()
    cost = frame[COST_AMOUNT.id] = frame[COST_AMOUNT.id].mask(frame[COST_AMOUNT.id] == 0)
    # Elsewhere stands only what was spent for somebody who pays in another currency.
    earned = frame[COST_COVERAGE.id].notna() | (frame[_MONEY] != 0).any(axis=1)
    frame.loc[~earned, _EARNED] = float("nan")
    frame = frame.assign(only_cost=~earned)[earned | cost.notna()].sort_values(
        ["only_cost", "currency", GROSS_MARGIN_AMOUNT.id, REVENUE_AMOUNT.id],
        ascending=[True, True, False, False], kind="stable", ignore_index=True,
    )  # fmt: skip
    labels = [name for d in by for name in (d.id, f"{d.id}_id")]
    frame = frame[[*labels, "currency", *(metric.id for metric in _SHOWN)]]
    columns = (
        *(Column(id=dimension.id, label=dimension.label) for dimension in by),
        *(Column(id=m.id, label=m.label, unit=m.unit, doc=m.doc) for m in _SHOWN),
        Column(id="currency", label="Currency"),
    )
    return Table(frame, columns, result.notes)


PROFITABILITY = TableSpec(
    id="profitability",
    title="Profitability",
    make=profitability_table,
    needs=frozenset({Right.ACCOUNT}),
    facts=facts_of(_SHOWN),
)
PROFITABILITY_BY_PROJECT = TableSpec(
    id="profitability_by_project",
    title="Profitability",
    make=profitability_by_project,
    needs=frozenset({Right.ACCOUNT}),
    facts=facts_of(_SHOWN),
)
