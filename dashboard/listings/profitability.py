"""Which clients and projects make money."""

from collections.abc import Mapping

from dashboard.access.rights import Right
from dashboard.listings.listing import Column, Kind, Listing
from dashboard.metrics.answer import answer
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
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot

_EARNED = (
    REVENUE_AMOUNT, EXPENSE_AMOUNT, GROSS_MARGIN_AMOUNT, MARGIN_SHARE, COST_COVERAGE,
    EFFECTIVE_RATE, AVERAGE_RATE,
)  # fmt: skip
_SHOWN = (
    REVENUE_AMOUNT, COST_AMOUNT, EXPENSE_AMOUNT, GROSS_MARGIN_AMOUNT, MARGIN_SHARE, COST_COVERAGE,
    EFFECTIVE_RATE, AVERAGE_RATE,
)  # fmt: skip


def profitability(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
    """A row per client and currency, by currency, the highest margin first.

    Cost is in the account's currency. That of a client who pays in another has a row of its own
    below, where nothing but cost is known: so each column adds up to its figure.
    """
    return _by(snapshot, scope, (CLIENT,))


def profitability_by_project(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
    """The same per project."""
    return _by(snapshot, scope, (CLIENT, PROJECT))


def _by(snapshot: Snapshot, scope: Scope, by: tuple[Dimension, ...]) -> Listing:
    earned = answer(snapshot, _EARNED, by=by, scope=scope)
    spent = answer(snapshot, (COST_AMOUNT,), by=by, scope=scope)
    cost = spent.frame[spent.frame[COST_AMOUNT.id].notna() & (spent.frame[COST_AMOUNT.id] != 0)]
    labels = [name for d in by for name in (d.id, f"{d.id}_id")] + ["currency"]
    # Names are told apart among the rows of each answer, so a label may differ between the two.
    keys = [*(f"{dimension.id}_id" for dimension in by), "currency"]
    frame = earned.frame.merge(cost, how="outer", on=keys, suffixes=("", "_there"))
    for dimension in by:
        frame[dimension.id] = frame[dimension.id].fillna(frame.pop(f"{dimension.id}_there"))
    frame = frame[[*labels, *(metric.id for metric in _SHOWN)]]
    order = ["currency", GROSS_MARGIN_AMOUNT.id, REVENUE_AMOUNT.id]
    frame = frame.sort_values(order, ascending=[True, False, False], kind="stable")
    only_cost = frame[REVENUE_AMOUNT.id].isna()
    frame = frame.loc[only_cost.sort_values(kind="stable").index].reset_index(drop=True)
    columns = (
        *(Column(id=dimension.id, label=dimension.label) for dimension in by),
        *(Column(id=m.id, label=m.label, unit=m.unit, doc=m.doc) for m in _SHOWN),
        Column(id="currency", label="Currency"),
    )
    return Listing(frame, columns, tuple(dict.fromkeys((*earned.notes, *spent.notes))))


PROFITABILITY = Kind(
    id="profitability", title="Profitability", make=profitability, needs=frozenset({Right.ACCOUNT})
)
PROFITABILITY_BY_PROJECT = Kind(
    id="profitability_by_project",
    title="Profitability",
    make=profitability_by_project,
    needs=frozenset({Right.ACCOUNT}),
)
