"""Rows that a user may see, and their columns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from harvest_demo.account.account import Account, Row, TimeEntry
from harvest_demo.server.refusals import forbidden

Sees = Callable[[Any], bool]

BILLABLE_RATES = frozenset(
    {"billable_rate", "default_hourly_rate", "hourly_rate", "fee", "cost_budget"}
)
COST_RATES = frozenset({"cost_rate"})
_ADMINISTRATORS_ONLY = {"company", "roles", "expense_categories", "estimate_item_categories"}
_INVOICE_RIGHTS = {"managed_projects_invoice_drafter", "managed_projects_invoice_manager"}


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person that a token acts for."""

    account: Account
    user: Row

    @property
    def user_id(self) -> int:
        user_id: int = self.user["id"]
        return user_id

    @property
    def is_administrator(self) -> bool:
        return "administrator" in self.user["access_roles"]

    @property
    def is_manager(self) -> bool:
        return "manager" in self.user["access_roles"]

    @property
    def sees_billable_rates(self) -> bool:
        return self.is_administrator or self.may("billable_rates_manager")

    @property
    def may_invoice(self) -> bool:
        return self.is_administrator or any(self.may(right) for right in _INVOICE_RIGHTS)

    def may(self, right: str) -> bool:
        return self.is_manager and right in self.user["access_roles"]

    @property
    def people(self) -> frozenset[int]:
        """Those whose time the person sees wherever it was spent: their own, and teammates'."""
        mates = self.account.teammates.get(self.user_id, frozenset()) if self.is_manager else set()
        return frozenset({self.user_id, *mates})

    @property
    def projects(self) -> frozenset[int]:
        """The projects that the person manages; only managers do."""
        return self.account.managed_by(self.user_id) if self.is_manager else frozenset()

    @property
    def hidden(self) -> frozenset[str]:
        """The names of the fields that are null for this person."""
        if self.is_administrator:
            return frozenset()
        return COST_RATES if self.sees_billable_rates else COST_RATES | BILLABLE_RATES


def rows_seen(viewer: Viewer, entity: str) -> Sees | None:
    """Return the test of the rows of `entity` that the viewer sees; None if they see all.

    Raises `Refusal` 403 when the viewer may not ask at all.
    """
    if viewer.is_administrator:
        return None
    people, projects = viewer.people, viewer.projects
    if entity == "time_entries":
        return lambda entry: entry.user["id"] in people or entry.project["id"] in projects
    if entity == "expenses":
        return lambda row: row["user"]["id"] in people or row["project"]["id"] in projects
    if not viewer.is_manager or entity in _ADMINISTRATORS_ONLY:
        raise forbidden()
    return _manager_sees(viewer, entity, people, projects)


def _manager_sees(
    viewer: Viewer, entity: str, people: frozenset[int], projects: frozenset[int]
) -> Sees | None:
    allowed: bool
    sees: Sees | None = None
    match entity:
        case "users":
            allowed, sees = len(people) > 1, lambda row: row["id"] in people
        case "clients" | "contacts" | "tasks":
            allowed = viewer.may("client_and_task_manager")
        case "projects":
            allowed, sees = bool(projects), lambda row: row["id"] in projects
        case "task_assignments":
            allowed, sees = bool(projects), lambda row: row["project"]["id"] in projects
        case "invoice_item_categories":
            allowed = bool(projects)
        case "user_assignments":
            allowed = bool(projects) or len(people) > 1

            def sees(row: Row) -> bool:
                return row["user"]["id"] in people or row["project"]["id"] in projects
        case "invoices":
            allowed = viewer.may_invoice

            def sees(row: Row) -> bool:
                return any(
                    line["project"] and line["project"]["id"] in projects
                    for line in row["line_items"]
                )
        case "estimates":
            allowed = viewer.may("estimates_manager")
        case _:
            allowed = False
    if not allowed:
        raise forbidden()
    return sees


def shown(viewer: Viewer, row: Row | TimeEntry) -> Row | TimeEntry:
    """Return the record as the viewer gets it: hidden fields are null, at any depth."""
    hidden = viewer.hidden
    if not hidden:
        return row
    plain = msgspec.to_builtins(row, builtin_types=(Decimal, datetime, date))
    blinded: Row = _without(plain, hidden)
    return blinded


def _without(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {k: None if k in hidden else _without(v, hidden) for k, v in value.items()}
    if isinstance(value, list):
        return [_without(item, hidden) for item in value]
    return value
