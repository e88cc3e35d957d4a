"""Scope of a query: its days, the filter on entries, and the rounding of hours."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from dashboard.config.errors import MetricError
from harvest_client.entities import ENTITIES
from harvest_client.search import Fields, parse
from harvest_client.search.filter_ast import Filter, all_of, canonical_json, field_paths


class RoundingBasis(StrEnum):
    """Rounding of hours. Harvest's reports and invoices use rounded hours."""

    ROUNDED = "rounded"
    RAW = "raw"


_ENTRY = (
    "id",
    "spent_date",
    "hours",
    "rounded_hours",
    "notes",
    "billable",
    "is_billed",
    "is_running",
    "approval_status",
    "billable_rate",
    "cost_rate",
    "user.id",
    "user.name",
    "client.id",
    "client.name",
    "project.id",
    "project.name",
    "task.id",
    "task.name",
    "invoice.id",
)

TIME_FIELDS: Fields = {
    **{path: ENTITIES["time_entries"].field(path) for path in _ENTRY},
    "user.roles": ENTITIES["users"].field("roles"),
    "user.is_contractor": ENTITIES["users"].field("is_contractor"),
    "client.currency": ENTITIES["clients"].field("currency"),
    "project.code": ENTITIES["projects"].field("code"),
    "project.is_fixed_fee": ENTITIES["projects"].field("is_fixed_fee"),
}
"""What a question about time may filter on."""

FIELDS: Fields = {
    **TIME_FIELDS,
    "expense_category.id": ENTITIES["expenses"].field("expense_category.id"),
    "expense_category.name": ENTITIES["expenses"].field("expense_category.name"),
    "invoice.number": ENTITIES["invoices"].field("number"),
    "invoice.state": ENTITIES["invoices"].field("state"),
    "estimate.state": ENTITIES["estimates"].field("state"),
}
"""What any question may filter on; which fact knows which of them is in `facts.py`."""


def time_filter(document: object) -> Filter | None:
    """Return the filter that `document` stands for, None for None; raises `SearchError`."""
    return None if document is None else parse(document, TIME_FIELDS)


@dataclass(frozen=True, slots=True)
class Scope:
    """The days `start` to `end`, both included, and the entries among them that `where` selects.

    `today` is the reporting date: capacity is counted up to it, and balances are. `fiscal_start`
    is the first month of the fiscal year, with which quarters begin.
    """

    start: date
    end: date
    where: Filter | None = None
    basis: RoundingBasis = RoundingBasis.ROUNDED
    today: date = field(kw_only=True)
    fiscal_start: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise MetricError(
                f"The period ends ({self.end}) before it starts ({self.start}).",
                remedy="Swap the two dates.",
            )
        if self.start.year < 1000 or self.end.year > 9000:
            raise MetricError("The period is longer than history.", remedy="Correct the dates.")
        unknown = field_paths(self.where) - FIELDS.keys() if self.where else set()
        if unknown:
            raise MetricError(f"Time has no field {', '.join(sorted(unknown))} to filter on.")

    @property
    def last(self) -> date:
        """The last of the days that has begun; today where the period is all ahead."""
        return min(self.end, self.today)

    @property
    def key(self) -> str:
        """The scope as text, the same for equal scopes only: part of every cache key."""
        where = canonical_json(self.where) if self.where else ""
        requested = (self.basis, self.today, self.fiscal_start, where)
        return f"{self.start}..{self.end}|{'|'.join(map(str, requested))}"

    def and_(self, where: Filter | None) -> "Scope":
        """Return the part of this scope that `where` selects too."""
        return replace(self, where=all_of(self.where, where)) if where else self
