"""Budgets of active projects, those that will not last first."""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard.metrics.budget_forecast import BurnForecast, burn_forecasts
from dashboard.metrics.catalog import (
    BUDGET,
    BUDGET_REMAINING,
    BUDGET_SPENT,
    BUDGET_USED_SHARE,
    Metric,
    Unit,
)
from dashboard.metrics.dimensions import CLIENT, PROJECT
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.metric import facts_of
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec
from dashboard.store.snapshots import Snapshot

OVER, AT_RISK, ON_TRACK, UNKNOWN = STATUSES = ("Over", "At risk", "On track", "Unknown")

HOURS = "hours"  # in the place of a currency, where a budget is in hours
_AHEAD = 0.1  # of the budget used, before as much of the time has passed
_NEARLY = 0.9
_METRICS: tuple[Metric, ...] = (BUDGET, BUDGET_SPENT, BUDGET_REMAINING, BUDGET_USED_SHARE)
_KINDS = {
    "project": "per project",
    "project_cost": "per project",
    "task": "per task",
    "task_fees": "per task",
    "person": "per person",
}
_SIZES = {"budget": "Budget", "spent": "Used", "remaining": "Left"}
_COLUMNS = (
    Column(id="project", label="Project"),
    Column(
        id="status",
        label="Status",
        doc=(
            "Over: more is used than there is. At risk: 90 % or more is used, or 10 points more"
            " than of the time. Unknown: the access token does not see the rates of what is used."
        ),
    ),
    Column(id="used", label="Share used", unit=Unit.SHARE, doc=BUDGET_USED_SHARE.doc),
    Column(
        id="time_passed",
        label="Time passed",
        unit=Unit.SHARE,
        doc="Of the days from start to end of the project; of the month, for a monthly budget.",
    ),
    Column(
        id="run_out",
        label="Runs out",
        doc="The workday on which the rest is used, at the pace of the last four weeks.",
    ),
    Column(id="run_out_early", label="Early", doc="The same at the pace of a strong week."),
    Column(id="run_out_late", label="Late", doc="The same at the pace of a weak week."),
    Column(id="run_out_why", label="No day, as", doc="Reason no run-out date can be projected"),
    Column(id="client", label="Client"),
    Column(id="kind", label="Budget is"),
    *(
        Column(id=f"{size}_hours", label=f"{label} (hours)", unit=Unit.HOURS)
        for size, label in _SIZES.items()
    ),
    *(
        Column(id=f"{size}_amount", label=f"{label} (amount)", unit=Unit.MONEY)
        for size, label in _SIZES.items()
    ),
)
_NAMES = [
    "client", "client_id", "project", "project_id", "status", "used", "time_passed", "run_out",
    "run_out_early", "run_out_late", "run_out_why", "kind", "is_monthly",
    "currency", *(f"{size}_hours" for size in _SIZES), *(f"{size}_amount" for size in _SIZES),
]  # fmt: skip
_ATTENTION = ("project", "status", "used", "run_out")


def projects_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    """Return a row per active project with a budget, as of the last day in scope, by status.

    What is in hours and what is in the row's `currency` have columns of their own, as they must
    not be added. Raises `MetricError` for a filter that budgets cannot follow.
    """
    request = query_metrics(snapshot, _METRICS, by=[PROJECT, CLIENT], scope=scope)
    result = {
        (item.project_id, item.currency): item for item in burn_forecasts(snapshot, on=scope.last)
    }
    plans = _read_plans(snapshot)
    rows = [
        _make_row(line, result[key], plans.get(key[0]), scope.last)
        for line in request.frame.to_dict("records")
        if (key := (line["project_id"], _row_currency(line))) in result
    ]
    rows.sort(key=lambda row: (STATUSES.index(row["status"]), -(row["used"] or 0.0)))
    return Table(_make_frame(rows), _COLUMNS, request.notes)


def _row_currency(line: dict[Any, Any]) -> str | None:
    """Return the currency of a row, None for pandas' own words for nothing."""
    result = line["currency"]
    return result if isinstance(result, str) else None


def filter_at_risk(budgets: Table) -> Table:
    """Return those of `projects` that are not on track, with the few columns that say so."""
    needy = budgets.frame["status"].isin([OVER, AT_RISK])
    frame = budgets.frame[needy].reset_index(drop=True)
    columns = tuple(column for column in _COLUMNS if column.id in _ATTENTION)
    return Table(frame, columns, budgets.notes)


def count_status(budgets: Table, status: str) -> int:
    """Return the number of rows of `projects` with the status."""
    return int((budgets.frame["status"] == status).sum())


def _read_plans(snapshot: Snapshot) -> dict[int, tuple[str, bool, date | None, date | None]]:
    rows = snapshot.rows(
        "SELECT r.id AS id, r.budget_by AS budget_by,"
        " coalesce(r.budget_is_monthly, false) AS is_monthly, r.starts_on AS starts_on,"
        " r.ends_on AS ends_on FROM records.projects AS r"
    )
    return {key: (str(by), monthly, start, end) for key, by, monthly, start, end in rows}


def _make_row(
    line: dict[Any, Any],
    rest: BurnForecast,
    plan: tuple[str, bool, date | None, date | None] | None,
    on: date,
) -> dict[str, Any]:
    by, monthly, start, end = plan or ("", False, None, None)
    if monthly:
        start, end = _month_span(on)
    in_hours = line["currency"] == HOURS
    share, passed = line[BUDGET_USED_SHARE.id], time_passed(start, end, on)
    used = None if math.isnan(share) else float(share)
    run_out, early, late = (
        None if monthly and day and end and day > end else day
        for day in (rest.day, rest.early, rest.late)
    )
    why = "lasts this month" if rest.day and run_out is None else rest.why
    kind = f"{'Hours' if in_hours else 'Fees'} {_KINDS.get(by, '')}".rstrip()
    sizes = {
        f"{size}_{unit}": line[metric.id] if (unit == "hours") is in_hours else None
        for unit in ("hours", "amount")
        for size, metric in zip(_SIZES, _METRICS, strict=False)
    }
    return {
        "client": line["client"],
        "client_id": line["client_id"],
        "project": line["project"],
        "project_id": line["project_id"],
        "status": budget_status(used, passed),
        "used": used,
        "time_passed": passed,
        "run_out": run_out,
        "run_out_early": early,
        "run_out_late": late,
        "run_out_why": why,
        "kind": f"{kind} and month" if monthly else kind,
        "is_monthly": monthly,
        "currency": None if in_hours else _row_currency(line),
        **sizes,
    }


def budget_status(used: float | None, passed: float | None) -> str:
    """Return the status of a budget by the shares `used` of it and `passed` of its time."""
    if used is None:
        return UNKNOWN
    used = round(used, 6)
    if used > 1:
        return OVER
    ahead = passed is not None and used > round(passed + _AHEAD, 6)
    return AT_RISK if ahead or used >= _NEARLY else ON_TRACK


def time_passed(start: date | None, end: date | None, on: date) -> float | None:
    """The share of the days from `start` to `end` that is over with `on`; None if not planned."""
    if start is None or end is None or end < start:
        return None
    share = ((on - start).days + 1) / ((end - start).days + 1)
    return min(max(share, 0.0), 1.0)


def _month_span(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _make_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    numbers = [name for name in _NAMES if name.endswith(("_hours", "_amount"))]
    floats = dict.fromkeys(["used", "time_passed", *numbers], "float64")
    frame = pd.DataFrame(rows, columns=_NAMES).astype(floats)
    for name in ("client_id", "project_id"):
        # Not from the frame, where a column with an empty value is one of floats.
        frame[name] = pd.array([row[name] for row in rows], dtype="Int64")
    return frame


PROJECTS = TableSpec(id="projects", title="Budgets", make=projects_table, facts=facts_of(_METRICS))
