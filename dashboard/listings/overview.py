"""The figures of the overview: how it goes, and what needs somebody."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd

from dashboard.access.rights import Viewer
from dashboard.dates import FIRST_DAY
from dashboard.errors import MetricError, NotVisible
from dashboard.listings.invoices import late_invoices
from dashboard.listings.listing import Column, Kind, Listing
from dashboard.listings.projects import AT_RISK, OVER, PROJECTS, counted, projects
from dashboard.metrics.answer import Answer, answer
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
from dashboard.metrics.metric import facts_of
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import demand, hidden, visible
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
    """Where the parts come from: the store, or what a page has asked for already."""

    group: Callable[[tuple[Metric, ...]], Answer]
    late: Callable[[], int]
    budgets: Callable[[], Listing]
    old: Callable[[], Answer]


def overview(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
    """A row per figure and currency. A figure that has no meaning under the filter is left out.

    `notes` says which and why. Balances and budgets are as of the last day in scope.
    """
    return put_together(
        Sources(
            group=lambda metrics: answer(snapshot, metrics, scope=scope),
            late=lambda: count_late_invoices(snapshot, scope),
            budgets=lambda: projects(snapshot, scope, {}),
            old=lambda: answer(snapshot, [UNINVOICED_AMOUNT], scope=of_old(scope)),
        ),
        snapshot.viewer,
    )


def put_together(sources: Sources, viewer: Viewer) -> Listing:
    """The listing, made of its parts: those that the viewer may see."""
    makers: list[Callable[[], _Made]] = [
        *(partial(_figures, sources, group) for group in shown(viewer)),
        partial(_late, sources),
        partial(_budgets, sources),
        partial(_old, sources),
    ]
    found: list[_Row] = []
    notes = list(hidden(viewer, _METRICS))
    for make in makers:
        try:
            made, said = make()
        except NotVisible:
            continue  # said above
        except MetricError as error:
            said = (f"{error} {error.remedy}",)
        else:
            found += made
        notes += said
    frame = pd.DataFrame(found, columns=[column.id for column in _COLUMNS])
    return Listing(frame.astype({"value": "float64"}), _COLUMNS, tuple(dict.fromkeys(notes)))


def values_of(listing: Listing) -> dict[tuple[str, str | None], float]:
    """The figures by metric and currency, in the order of rows; those that have a value."""
    frame = listing.frame
    lines = zip(*(frame[name].tolist() for name in ("metric", "currency", "value")), strict=True)
    return {
        (metric, currency if isinstance(currency, str) else None): value
        for metric, currency, value in lines
        if not math.isnan(value)
    }


def shown(viewer: Viewer) -> list[tuple[Metric, ...]]:
    """`GROUPS` without what the viewer may not see; bills are seen together or not at all."""
    found = [visible(viewer, group) for group in GROUPS]
    return [group for group in found if group and (group == BILLS or group[0] not in BILLS)]


def of_old(scope: Scope) -> Scope:
    """What is more than `OLD` days old today, whatever the period."""
    return replace(scope, start=FIRST_DAY, end=scope.today - timedelta(days=OLD + 1))


def count_late_invoices(snapshot: Snapshot, scope: Scope) -> int:
    """Return the number of invoices that are overdue: those that the invoices' table calls late."""
    demand(snapshot.viewer, scope, BILLS)
    return sum(count for count, _ in late_invoices(snapshot, scope).values())


def _figures(sources: Sources, group: tuple[Metric, ...]) -> _Made:
    """Beside what is owed also what is sent and not late."""
    found = sources.group(group)
    lines = list(_rows(found.frame))
    made = [
        (metric.id, found.label(metric), row[metric.id], _currency(row), metric.unit)
        for metric in group
        for row in lines
    ]
    if group == BILLS:
        for row in lines:
            rest = round(row[OUTSTANDING_AMOUNT.id] - row[OVERDUE_AMOUNT.id], 6)
            made.append((NOT_DUE, "Not yet due", rest, _currency(row), Unit.MONEY))
    return made, found.notes


def _late(sources: Sources) -> _Made:
    count = float(sources.late())
    return [(OVERDUE_INVOICES, "Overdue invoices", count, None, Unit.COUNT)], ()


def _budgets(sources: Sources) -> _Made:
    found = sources.budgets()
    each = ((OVER_BUDGET, "Projects over budget", OVER), (NEARLY, "Projects at risk", AT_RISK))
    made: list[_Row] = [
        (key, label, float(counted(found, status)), None, Unit.COUNT) for key, label, status in each
    ]
    return made, found.notes


def _old(sources: Sources) -> _Made:
    label, found = f"Uninvoiced for more than {OLD} days", sources.old()
    made: list[_Row] = [
        (OLD_UNINVOICED, label, row[UNINVOICED_AMOUNT.id], _currency(row), Unit.MONEY)
        for row in _rows(found.frame)
    ]
    return made, found.reasons


def _rows(frame: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    names = list(frame)
    values = zip(*(frame[name].tolist() for name in names), strict=True)
    return (dict(zip(names, row, strict=True)) for row in values)


def _currency(row: dict[Any, Any]) -> str | None:
    found = row.get("currency")
    return found if isinstance(found, str) else None


OVERVIEW = Kind(
    id="overview",
    title="Overview",
    make=overview,
    facts=facts_of(_METRICS) | PROJECTS.facts,
)
