"""Selections: the filter behind a bar or row, and its label."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, Self, TypeVar

import pandas as pd
import streamlit as st

from dashboard.charts.formatting import NONE
from dashboard.components.chart import Point
from dashboard.components.text import md_text
from dashboard.metrics.catalog import BILLABLE_HOURS, NONBILLABLE_HOURS, Metric
from dashboard.metrics.dimensions import CURRENCY, Dimension, last_day_of, period_label
from dashboard.metrics.execute import QueryResult
from dashboard.store.snapshots import Snapshot
from dashboard.web.page_access import callback
from harvest_client.search import Compare, Filter, OneOf, Operator, all_of

_TURN = "_cleared"


def selection_epoch() -> int:
    """Part of the key of whatever can be selected: under another it begins with nothing."""
    count: int = st.session_state.setdefault(_TURN, 0)
    return count


def clear_button(says: str, *, key: str = "clear_selection", rows: str = "entries") -> None:
    """Return what is selected, and shows all `rows` again when it is clicked."""
    st.button(
        md_text(says),
        key=key,
        icon=":material/close:",
        icon_position="right",
        help=f"Show all {rows} again",
        on_click=callback(_next_epoch),
    )


def _next_epoch() -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


_PATHS = {
    "client": "client.id",
    "project": "project.id",
    "task": "task.id",
    "user": "user.id",
    "currency": "client.currency",
    "expense_category": "expense_category.id",
}
_BILLABLE = {BILLABLE_HOURS.id: True, NONBILLABLE_HOURS.id: False}


class Combinable(Protocol):
    """Selection of a chart or table."""

    def and_(self, other: Self | None) -> Self: ...

    def conflicts(self, other: Self) -> bool: ...


_S = TypeVar("_S", bound=Combinable)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Selected part of the time entries, or of the expenses, in scope.

    `about` names the dimensions that it restricts.
    """

    where: Filter
    says: str
    about: frozenset[str] = frozenset()

    def and_(self, other: "Narrowing | None") -> "Narrowing":
        if other is None:
            return self
        return Narrowing(
            all_of(self.where, other.where),
            f"{self.says} · {other.says}",
            self.about | other.about,
        )

    def conflicts(self, other: "Narrowing") -> bool:
        """Return whether both restrict the same dimension: together they may select nothing."""
        return bool(self.about & other.about)


def combine(selections: Mapping[str, _S | None], key: str) -> _S | None:
    """Return the selections of several charts and tables as one, None if there is none.

    Of two selections that conflict, the later one replaces the earlier one. The session state
    holds their order under `key`.
    """
    order: list[tuple[str, _S]] = st.session_state.get(key, [])
    order = [(name, past) for name, past in order if selections.get(name) == past]
    names = {name for name, _ in order}
    order += [(name, new) for name, new in selections.items() if new and name not in names]
    st.session_state[key] = order
    combined: _S | None = None
    for _, selection in reversed(order):
        if combined is None:
            combined = selection
        elif not combined.conflicts(selection):
            combined = selection.and_(combined)
    return combined


def selection_from_bar(
    point: Point | None, answer: QueryResult, snapshot: Snapshot
) -> Narrowing | None:
    """Return the selection of a bar in a chart of `answer`, None if the bar does not exist."""
    if point is None or point.trace >= len(answer.metrics):
        return None  # none is selected, or a text beside a bar
    metric = answer.metrics[point.trace]
    (dimension,) = answer.by
    row = row_of_bar(answer.frame, dimension, point.value)
    if row is None:
        return None
    result = selection_from_value(dimension, row, snapshot, fiscal_start=answer.scope.fiscal_start)
    return result.and_(_metric_part(metric))


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


def selection_from_row(
    row: dict[str, Any],
    dimensions: tuple[Dimension, ...],
    snapshot: Snapshot,
    *,
    fiscal_start: int = 1,
) -> Narrowing:
    """Return the selection of a row by `dimensions`; one per currency if amounts are in it."""
    if "currency" in row and CURRENCY not in dimensions:
        dimensions = (*dimensions, CURRENCY)
    first, *others = (
        selection_from_value(dimension, row, snapshot, fiscal_start=fiscal_start)
        for dimension in dimensions
    )
    for other in others:
        first = first.and_(other)
    return first


def selection_from_value(
    dimension: Dimension, row: dict[str, Any], snapshot: Snapshot, *, fiscal_start: int = 1
) -> Narrowing:
    """Return the entries with the row's value of one dimension."""
    value = row.get(f"{dimension.id}_id", row[dimension.id])
    value = None if pd.isna(value) else value
    label = NONE if pd.isna(row[dimension.id]) else str(row[dimension.id])
    if dimension.is_period:
        first = row[dimension.id].date()
        named = period_label(dimension, first, fiscal_start)
        says = f"Week of {named}" if dimension.id == "week" else named
        return Narrowing(
            _days_filter(first, last_day_of(dimension, first)), says, frozenset({"period"})
        )
    about = frozenset({dimension.id})
    if dimension.id == "role":
        return Narrowing(_people_of(value, snapshot), label, about)
    known = None if value is None else _plain_value(value)
    return Narrowing(Compare(Operator.EQ, _PATHS[dimension.id], known), label, about)


def _plain_value(value: Any) -> int | str:
    return value if isinstance(value, str) else int(value)


def _metric_part(metric: Metric) -> Narrowing | None:
    return selection_from_flag(_BILLABLE[metric.id]) if metric.id in _BILLABLE else None


def selection_from_flag(billable: bool) -> Narrowing:
    """Return the selection of billable or of non-billable entries."""
    says = "billable" if billable else "non-billable"
    return Narrowing(Compare(Operator.EQ, "billable", billable), says, frozenset({"billable"}))


def _days_filter(first: date, last: date) -> Filter:
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
