"""The figures of the overview: how it goes, and what needs somebody."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd

from dashboard.errors import MetricError, NotVisible
from dashboard.listings.listing import Column, Kind, Listing
from dashboard.listings.projects import AT_RISK, OVER, counted, projects
from dashboard.metrics.answer import answer
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_SHARE,
    DRAFT_AMOUNT,
    HOURS,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    PAID_AMOUNT,
    UNINVOICED_AMOUNT,
    UNPRICED_HOURS,
    UTILIZATION,
    Fact,
    Metric,
    Unit,
)
from dashboard.metrics.facts import rows
from dashboard.metrics.period import FIRST_DAY
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import demand, hidden, visible
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, around, joined

NOT_DUE = "not_due_amount"
OVERDUE_INVOICES = "overdue_invoices"
OVER_BUDGET, NEARLY = "projects_over_budget", "projects_at_risk"
OLD_UNINVOICED = "uninvoiced_old_amount"
OLD = 60  # days

_GROUPS: tuple[tuple[Metric, ...], ...] = (
    (HOURS, BILLABLE_SHARE, UNPRICED_HOURS),
    (UTILIZATION,),
    (BILLABLE_AMOUNT,),
    (UNINVOICED_AMOUNT,),
)
_BILLS = (OUTSTANDING_AMOUNT, OVERDUE_AMOUNT, DRAFT_AMOUNT, PAID_AMOUNT)
_METRICS = (*(metric for group in _GROUPS for metric in group), *_BILLS)
_COLUMNS = (
    Column(id="metric", label="Id"),
    Column(id="label", label="Figure"),
    Column(id="value", label="Value"),
    Column(id="currency", label="Currency"),
    Column(id="unit", label="Unit"),
)

_Row = tuple[str, str, float, str | None, Unit]
_Made = tuple[list[_Row], tuple[str, ...]]
_Maker = Callable[[Snapshot, Scope], _Made]


def overview(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
    """A row per figure and currency. A figure that has no meaning under the filter is left out.

    `notes` says which and why. Balances and budgets are as of the last day in scope.
    """
    return _listing([*_FIGURES, _budgets, _old], snapshot, scope)


def earlier_figures(snapshot: Snapshot, scope: Scope) -> Listing:
    """The figures of a period to compare with, without what needs somebody today."""
    return _listing(_FIGURES, snapshot, scope)


def _listing(makers: Sequence[_Maker], snapshot: Snapshot, scope: Scope) -> Listing:
    found: list[_Row] = []
    notes = list(hidden(snapshot.viewer, _METRICS))
    for make in makers:
        try:
            made, said = make(snapshot, scope)
        except NotVisible:
            continue  # said above
        except MetricError as error:
            said = (f"{error} {error.remedy}",)
        else:
            found += made
        notes += said
    frame = pd.DataFrame(found, columns=[column.id for column in _COLUMNS])
    return Listing(frame.astype({"value": "float64"}), _COLUMNS, tuple(dict.fromkeys(notes)))


def _figures(group: tuple[Metric, ...], snapshot: Snapshot, scope: Scope) -> _Made:
    metrics = visible(snapshot.viewer, group)
    if not metrics:
        raise NotVisible("None of these figures is visible to you.")
    found = answer(snapshot, metrics, scope=scope)
    made = [
        (metric.id, found.label(metric), row[metric.id], _currency(row), metric.unit)
        for metric in found.metrics
        for row in _rows(found.frame)
    ]
    return made, found.notes


def _bills(snapshot: Snapshot, scope: Scope) -> _Made:
    """Also what is sent and not late, and how many invoices are part of what is late."""
    demand(snapshot.viewer, scope, _BILLS)
    made, notes = _figures(_BILLS, snapshot, scope)
    values = {(metric, currency): value for metric, _, value, currency, _ in made}
    for (metric, currency), owed in values.items():
        if metric == OUTSTANDING_AMOUNT.id:
            rest = round(owed - values[OVERDUE_AMOUNT.id, currency], 6)
            made.append((NOT_DUE, "Not yet due", rest, currency, Unit.MONEY))
    ever = replace(scope, start=FIRST_DAY, end=max(scope.last, FIRST_DAY))
    each = around(
        "SELECT f.invoice_id AS id, any_value(f.due_date) AS due, sum(f.amount) AS open\n",
        rows(Fact.RECEIVABLES, ever),
        "\nGROUP BY f.invoice_id",
    )
    late = Sql(") WHERE open > 0 AND due < ?", (scope.last,))
    ((count,),) = snapshot.rows(*joined("", [Sql("SELECT count(*) FROM ("), each, late]))
    made.append((OVERDUE_INVOICES, "Overdue invoices", float(count), None, Unit.COUNT))
    return made, notes


_FIGURES: tuple[_Maker, ...] = (*(partial(_figures, group) for group in _GROUPS), _bills)


def _budgets(snapshot: Snapshot, scope: Scope) -> _Made:
    found = projects(snapshot, scope, {})
    each = ((OVER_BUDGET, "Projects over budget", OVER), (NEARLY, "Projects at risk", AT_RISK))
    made: list[_Row] = [
        (key, label, float(counted(found, status)), None, Unit.COUNT) for key, label, status in each
    ]
    return made, found.notes


def _old(snapshot: Snapshot, scope: Scope) -> _Made:
    """What is not invoiced though it is more than `OLD` days old today, whatever the period."""
    end = scope.today - timedelta(days=OLD + 1)
    found = answer(snapshot, [UNINVOICED_AMOUNT], scope=replace(scope, start=FIRST_DAY, end=end))
    label = f"Uninvoiced for more than {OLD} days"
    made: list[_Row] = [
        (OLD_UNINVOICED, label, row[UNINVOICED_AMOUNT.id], _currency(row), Unit.MONEY)
        for row in _rows(found.frame)
    ]
    return made, ()


def _rows(frame: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    return (dict(row) for row in frame.to_dict("records"))


def _currency(row: dict[Any, Any]) -> str | None:
    found = row.get("currency")
    return found if isinstance(found, str) else None


OVERVIEW = Kind(id="overview", title="Overview", make=overview)
