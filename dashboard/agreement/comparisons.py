"""What is compared: each of Harvest's reports with the metrics that say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import DIMENSIONS, Dimension
from dashboard.metrics.metric import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One report by project and currency, and for each of its fields the id of a metric.

    `hosted` says whether the hosted connector has the report. `parameters` make it mean the same.
    """

    id: str
    label: str
    report: str
    metrics: Mapping[str, str]
    entity: str
    hosted: bool = False
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def by(self) -> Dimension:
        return DIMENSIONS["project"]

    @property
    def pairs(self) -> list[tuple[str, Metric]]:
        return [(name, METRICS[metric]) for name, metric in self.metrics.items()]


TIME = Comparison(
    id="time",
    label="Time report",
    report="time_projects",
    entity="time_entries",
    metrics={
        "total_hours": "hours",
        "billable_hours": "billable_hours",
        "billable_amount": "billable_amount",
    },
    hosted=True,
)
EXPENSES = Comparison(
    id="expenses",
    label="Expense report",
    report="expenses_projects",
    entity="expenses",
    metrics={"total_amount": "expense_amount", "billable_amount": "billable_expense_amount"},
)
UNINVOICED = Comparison(
    id="uninvoiced",
    label="Uninvoiced report",
    report="uninvoiced",
    entity="time_entries",
    metrics={
        "uninvoiced_hours": "uninvoiced_hours",
        "uninvoiced_expenses": "uninvoiced_expense_amount",
        "uninvoiced_amount": "uninvoiced_amount",
    },
    # Fixed fees have no day: they are a metric of their own.
    parameters={"include_fixed_fee": False},
)

COMPARISONS: dict[str, Comparison] = {one.id: one for one in (TIME, EXPENSES, UNINVOICED)}
