"""The figures of the overview: how it goes, and what needs somebody."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd

from dashboard.access.rights import Viewer
from dashboard.config.dates import FIRST_DAY
from dashboard.config.errors import MetricError, NotVisible
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_SHARE,
    CLIENT_CREDIT_AMOUNT,
    DRAFT_AMOUNT,
    HOURS,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    PAID_AMOUNT,
    UNINVOICED_AMOUNT,
    UNPRICED_HOURS,
    UTILIZATION,
    Metric,
    Unit,
)
from dashboard.metrics.execute import QueryResult, query_metrics
from dashboard.metrics.metric import facts_of
from dashboard.metrics.permissions import hidden_notice, require_visible, visible_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports.invoices import late_invoices
from dashboard.reports.projects import AT_RISK, OVER, PROJECTS, count_status, projects_table
from dashboard.reports.table import Column, Table, TableSpec
from dashboard.store.snapshots import Snapshot

NOT_DUE = "not_due_amount"
OVERDUE_INVOICES = "overdue_invoices"
OVER_BUDGET, NEARLY = "projects_over_budget", "projects_at_risk"
OLD_UNINVOICED = "uninvoiced_old_amount"
OLD = 60  # days

BILLS = (OUTSTANDING_AMOUNT, OVERDUE_AMOUNT, CLIENT_CREDIT_AMOUNT, DRAFT_AMOUNT, PAID_AMOUNT)
GROUPS: tuple[tuple[Metric, ...], ...] = (
    (HOURS, BILLABLE_SHARE, UNPRICED_HOURS),
    (UTILIZATION,),
    (BILLABLE_AMOUNT,),
    (UNINVOICED_AMOUNT,),
    BILLS,
)
"""The metrics among the figures; each group is one question."""

_METRICS = tuple(metric for group in GROUPS for metric in group)
_COLUMNS = (
    Column(id="metric", label="Id"),
    Column(id="label", label="Figure"),
    Column(id="value", label="Value"),
    Column(id="currency", label="Currency"),
    Column(id="unit", label="Unit"),
)

_Row = tuple[str, str, float, str | None, Unit]
_Made = tuple[list[_Row], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Sources of the parts: the store, or results that a page has already."""

    group: Callable[[tuple[Metric, ...]], QueryResult]
    late: Callable[[], int]
    budgets: Callable[[], Table]
    old: Callable[[], QueryResult]


def overview_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """A row per figure and currency. A figure that has no meaning under the filter is left out.

    `notes` says which and why. Balances and budgets are as of the last day in scope.
    """
    return combine_results(
        Sources(
            group=lambda metrics: query_metrics(snapshot, metrics, scope=scope),
            late=lambda: count_late_invoices(snapshot, scope),
            budgets=lambda: projects_table(snapshot, scope, {}),
            old=lambda: query_metrics(snapshot, [UNINVOICED_AMOUNT], scope=of_old(scope)),
        ),
        snapshot.viewer,
    )


def combine_results(sources: Sources, viewer: Viewer) -> Table:
    """Return the listing, made of its parts: those that the viewer may see."""
    makers: list[Callable[[], _Made]] = [
        *(partial(_figure_rows, sources, group) for group in visible_groups(viewer)),
        partial(_late_rows, sources),
        partial(_budget_rows, sources),
        partial(_old_rows, sources),
    ]
    matches: list[_Row] = []
    notes = list(hidden_notice(viewer, _METRICS))
    for make in makers:
        try:
            made, said = make()
        except NotVisible:
            continue  # said above
        except MetricError as error:
            said = (f"{error} {error.remedy}",)
        else:
            matches += made
        notes += said
    frame = pd.DataFrame(matches, columns=[column.id for column in _COLUMNS])
    return Table(frame.astype({"value": "float64"}), _COLUMNS, tuple(dict.fromkeys(notes)))


def values_of(listing: Table) -> dict[tuple[str, str | None], float]:
    """Return the figures by metric and currency, in the order of rows; those that have a value."""
    frame = listing.frame
    lines = zip(*(frame[name].tolist() for name in ("metric", "currency", "value")), strict=True)
    return {
        (metric, currency if isinstance(currency, str) else None): value
        for metric, currency, value in lines
        if not math.isnan(value)
    }


def visible_groups(viewer: Viewer) -> list[tuple[Metric, ...]]:
    """`GROUPS` without what the viewer may not see; bills are seen together or not at all."""
    matches = [visible_metrics(viewer, group) for group in GROUPS]
    return [group for group in matches if group and (group == BILLS or group[0] not in BILLS)]


def of_old(scope: Scope) -> Scope:
    """Return rows of uninvoiced work older than `OLD` days today, whatever the period."""
    return replace(scope, start=FIRST_DAY, end=scope.today - timedelta(days=OLD + 1))


def count_late_invoices(snapshot: Snapshot, scope: Scope) -> int:
    """Return the number of invoices that are overdue: those that the invoices' table calls late."""
    require_visible(snapshot.viewer, scope, BILLS)
    return sum(count for count, _ in late_invoices(snapshot, scope).values())


def _figure_rows(sources: Sources, group: tuple[Metric, ...]) -> _Made:
    """Beside what is owed also what is sent and not late."""
    result = sources.group(group)
    lines = list(_rows(result.frame))
    made = [
        (metric.id, result.label_of(metric), row[metric.id], _row_currency(row), metric.unit)
        for metric in group
        for row in lines
    ]
    if group == BILLS:
        for row in lines:
            rest = round(row[OUTSTANDING_AMOUNT.id] - row[OVERDUE_AMOUNT.id], 6)
            made.append((NOT_DUE, "Not yet due", rest, _row_currency(row), Unit.MONEY))
    return made, result.notes


def _late_rows(sources: Sources) -> _Made:
    count = float(sources.late())
    return [(OVERDUE_INVOICES, "Overdue invoices", count, None, Unit.COUNT)], ()


def _budget_rows(sources: Sources) -> _Made:
    result = sources.budgets()
    item = ((OVER_BUDGET, "Projects over budget", OVER), (NEARLY, "Projects at risk", AT_RISK))
    made: list[_Row] = [
        (key, label, float(count_status(result, status)), None, Unit.COUNT)
        for key, label, status in item
    ]
    return made, result.notes


def _old_rows(sources: Sources) -> _Made:
    label, result = f"Uninvoiced for more than {OLD} days", sources.old()
    made: list[_Row] = [
        (OLD_UNINVOICED, label, row[UNINVOICED_AMOUNT.id], _row_currency(row), Unit.MONEY)
        for row in _rows(result.frame)
    ]
    return made, result.reasons


def _rows(frame: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    names = list(frame)
    values = zip(*(frame[name].tolist() for name in names), strict=True)
    return (dict(zip(names, row, strict=True)) for row in values)


def _row_currency(row: dict[Any, Any]) -> str | None:
    result = row.get("currency")
    return result if isinstance(result, str) else None


OVERVIEW = TableSpec(
    id="overview",
    title="Overview",
    make=overview_table,
    facts=facts_of(_METRICS) | PROJECTS.facts,
)
