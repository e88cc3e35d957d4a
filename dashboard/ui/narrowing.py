"""What a selected bar or row stands for: the filter for what it counts, and how to say it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.charts.formats import NONE
from dashboard.metrics.answer import Answer
from dashboard.metrics.catalog import BILLABLE_HOURS, NONBILLABLE_HOURS, Metric
from dashboard.metrics.dimensions import CURRENCY, Dimension, last_day_of, period_label
from dashboard.store.snapshots import Snapshot
from harvest_client.search import Compare, Filter, OneOf, Operator, all_of

_PATHS = {
    "client": "client.id",
    "project": "project.id",
    "task": "task.id",
    "user": "user.id",
    "currency": "client.currency",
    "expense_category": "expense_category.id",
}
_BILLABLE = {BILLABLE_HOURS.id: True, NONBILLABLE_HOURS.id: False}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Part of the time entries, or of the expenses, in scope."""

    where: Filter
    says: str

    def and_(self, other: "Narrowing | None") -> "Narrowing":
        if other is None:
            return self
        return Narrowing(all_of(self.where, other.where), f"{self.says} · {other.says}")


def of_bar(event: Any, answer: Answer, snapshot: Snapshot) -> Narrowing | None:
    """What the selected bar of a chart of `answer` counts; None when none is, or it is gone."""
    points = event["selection"]["points"] if event else []
    if not points or points[0]["curve_number"] >= len(answer.metrics):
        return None  # none is, or a text beside a bar
    key = points[0].get("customdata")
    metric = answer.metrics[points[0]["curve_number"]]
    (dimension,) = answer.by
    row = row_of_bar(answer.frame, dimension, key)
    if row is None:
        return None
    found = of_value(dimension, row, snapshot, fiscal_start=answer.scope.fiscal_start)
    return found.and_(_part(metric))


def row_of_bar(frame: pd.DataFrame, dimension: Dimension, key: object) -> dict[str, Any] | None:
    """The row by `dimension` whose bar carries `key`; None where it was selected of others."""
    if dimension.is_period:
        rows = frame[frame[dimension.id].astype(str).str.startswith(str(key))]
    else:
        ids = frame[f"{dimension.id}_id"]
        rows = frame[ids.isna() if key is None else (ids == key).fillna(False)]
    if rows.empty:
        return None
    return {str(name): value for name, value in rows.iloc[0].items()}


def of_row(
    row: dict[str, Any],
    dimensions: tuple[Dimension, ...],
    snapshot: Snapshot,
    *,
    fiscal_start: int = 1,
) -> Narrowing:
    """What a row of an answer by `dimensions` counts; one per currency where money is asked for."""
    if "currency" in row and CURRENCY not in dimensions:
        dimensions = (*dimensions, CURRENCY)
    first, *others = (
        of_value(dimension, row, snapshot, fiscal_start=fiscal_start) for dimension in dimensions
    )
    for other in others:
        first = first.and_(other)
    return first


def of_value(
    dimension: Dimension, row: dict[str, Any], snapshot: Snapshot, *, fiscal_start: int = 1
) -> Narrowing:
    """The entries with the row's value of one dimension."""
    value = row.get(f"{dimension.id}_id", row[dimension.id])
    value = None if pd.isna(value) else value
    label = NONE if pd.isna(row[dimension.id]) else str(row[dimension.id])
    if dimension.is_period:
        first = row[dimension.id].date()
        named = period_label(dimension, first, fiscal_start)
        says = f"Week of {named}" if dimension.id == "week" else named
        return Narrowing(_days(first, last_day_of(dimension, first)), says)
    if dimension.id == "role":
        return Narrowing(_people_of(value, snapshot), label)
    if value is None:
        return Narrowing(Compare(Operator.EQ, _PATHS[dimension.id], None), label)
    return Narrowing(Compare(Operator.EQ, _PATHS[dimension.id], _plain(value)), label)


def _plain(value: Any) -> int | str:
    return value if isinstance(value, str) else int(value)


def _part(metric: Metric) -> Narrowing | None:
    return of_flag(_BILLABLE[metric.id]) if metric.id in _BILLABLE else None


def of_flag(billable: bool) -> Narrowing:
    """What is billable, or what is not."""
    says = "billable" if billable else "non-billable"
    return Narrowing(Compare(Operator.EQ, "billable", billable), says)


def _days(first: date, last: date) -> Filter:
    return all_of(
        Compare(Operator.GTE, "spent_date", first), Compare(Operator.LTE, "spent_date", last)
    )


def _people_of(role_id: Any, snapshot: Snapshot) -> Filter:
    """Time counts for a person's first role only, which no field of an entry says."""
    rows = snapshot.rows(
        "SELECT u.id AS id FROM users AS u WHERE u.role_id IS NOT DISTINCT FROM ? ORDER BY u.id",
        [None if role_id is None else int(role_id)],
    )
    return OneOf("user.id", tuple(user_id for (user_id,) in rows))
