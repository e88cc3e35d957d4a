"""Uninvoiced work by client and age."""

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from dashboard.access.rights import Right
from dashboard.metrics.catalog import (
    UNINVOICED_AMOUNT,
    UNINVOICED_EXPENSE_AMOUNT,
    UNINVOICED_FEES_AMOUNT,
    UNINVOICED_HOURS,
    Unit,
)
from dashboard.metrics.dimensions import AGE_BUCKET, CLIENT, PROJECT, Dimension
from dashboard.metrics.execute import query_metrics, rollup
from dashboard.metrics.metric import facts_of, metric_facts
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec, table_of_result
from dashboard.store.snapshots import Snapshot

AGES = ("0–30 days", "31–60 days", "61–90 days", "90+ days")
"""The columns of ages, youngest first; what was worked today is 0 days old."""

_AGE_OF = {
    "current": AGES[0], "1-30": AGES[0], "31-60": AGES[1], "61-90": AGES[2], "90+": AGES[3],
}  # fmt: skip
_METRICS = (UNINVOICED_AMOUNT, UNINVOICED_EXPENSE_AMOUNT, UNINVOICED_HOURS)
_DOC = "Uninvoiced amount by days since the work was done."


def uninvoiced_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per client and currency, with its uninvoiced amount by age; the largest first.

    The ages add up to `uninvoiced_amount`, and that to the figure of the scope.
    """
    return _by_age(snapshot, scope, (CLIENT,))


def wip_by_project(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return the same per project."""
    return _by_age(snapshot, scope, (CLIENT, PROJECT))


def wip_fees(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return the rest of fixed fees to invoice, a row per project; a fee has no age."""
    result = query_metrics(snapshot, (UNINVOICED_FEES_AMOUNT,), by=[CLIENT, PROJECT], scope=scope)
    listing = table_of_result(result)
    remaining = listing.frame[listing.frame[UNINVOICED_FEES_AMOUNT.id] != 0]
    return Table(
        _largest_first(remaining, UNINVOICED_FEES_AMOUNT.id), listing.columns, listing.notes
    )


def _by_age(snapshot: Snapshot, scope: Scope, by: tuple[Dimension, ...]) -> Table:
    both = rollup(snapshot, _METRICS, by, AGE_BUCKET, scope)
    is_whole = both.frame["level"] == 0
    whole = replace(both, frame=both.frame[is_whole].reset_index(drop=True), by=by)
    # Each group is followed by its parts.
    groups, parts = (is_whole.cumsum() - 1)[~is_whole].tolist(), both.frame[~is_whole]
    ages, amounts = parts[AGE_BUCKET.id].tolist(), parts[UNINVOICED_AMOUNT.id].tolist()
    result: dict[tuple[str, int], list[float]] = {}
    for group, age, amount in zip(groups, ages, amounts, strict=True):
        result.setdefault((_AGE_OF[age], group), []).append(amount)
    sums = {
        age: [_sum_known(result.get((age, group), [])) for group in range(len(whole.frame))]
        for age in AGES
    }
    frame = whole.frame.drop(columns=["level", AGE_BUCKET.id]).assign(**sums)
    *labels, currency, total, expenses, hours = table_of_result(whole).columns
    columns = (*labels, total, *map(_age_column, AGES), expenses, hours, currency)
    some = (frame[[metric.id for metric in _METRICS]] != 0).any(axis=1)
    return Table(_largest_first(frame[some], UNINVOICED_AMOUNT.id), columns, whole.notes)


def _sum_known(amounts: list[float]) -> float:
    """Return the sum of the known amounts; unknown if none of several is known."""
    known = [amount for amount in amounts if not math.isnan(amount)]
    return math.fsum(known) if known or not amounts else math.nan


def _age_column(age: str) -> Column:
    return Column(id=age, label=age, unit=Unit.MONEY, adds_up=True, doc=_DOC)


def _largest_first(frame: pd.DataFrame, amount: str) -> pd.DataFrame:
    """Currency by currency: amounts in two of them have no order."""
    return frame.sort_values(
        ["currency", amount], ascending=[True, False], kind="stable", ignore_index=True
    )


WIP = TableSpec(
    id="wip",
    title="Uninvoiced work by age",
    make=uninvoiced_table,
    needs=frozenset({Right.RATES}),
    facts=facts_of(_METRICS),
)
WIP_BY_PROJECT = TableSpec(
    id="wip_by_project",
    title="Uninvoiced work by age",
    make=wip_by_project,
    needs=frozenset({Right.RATES}),
    facts=facts_of(_METRICS),
)
WIP_FEES = TableSpec(
    id="wip_fees",
    title="Fixed fees left to invoice",
    make=wip_fees,
    needs=frozenset({Right.RATES}),
    facts=metric_facts(UNINVOICED_FEES_AMOUNT),
)
