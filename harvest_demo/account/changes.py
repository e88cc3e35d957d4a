"""Edits and deletions of the account's records, with their consequences."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from harvest_demo.account.account import Account, Row, TimeEntry, cents
from harvest_demo.account.pricing import is_budgeted, reprice
from harvest_demo.server.refusals import rejected


def text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError
    return value


def texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError
    return value


def truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def number(value: Any) -> Decimal | None:
    """Return a decimal number, from JSON's numbers or from text; null stays null."""
    if value is None:
        return None
    try:
        result = Decimal(str(value))
    except InvalidOperation:
        raise ValueError from None
    if not result.is_finite():
        raise ValueError
    return result


def whole(value: Any) -> int:
    return int(value)


def day(value: Any) -> date:
    return date.fromisoformat(value)


_NAMED = {"name": text, "is_active": truth}
_RATED = {"hourly_rate": number, "budget": number, "is_active": truth}

WRITABLE: dict[str, dict[str, Callable[[Any], Any]]] = {
    "users": {
        "first_name": text, "last_name": text, "email": text, "telephone": text, "timezone": text,
        "is_active": truth, "is_contractor": truth, "weekly_capacity": whole,
        "default_hourly_rate": number, "cost_rate": number, "access_roles": texts,
    },
    "clients": {**_NAMED, "address": text, "currency": text},
    "projects": {
        **_NAMED, "code": text, "is_billable": truth, "is_fixed_fee": truth, "bill_by": text,
        "hourly_rate": number, "budget_by": text, "budget_is_monthly": truth, "budget": number,
        "cost_budget": number, "cost_budget_include_expenses": truth, "fee": number, "notes": text,
        "show_budget_to_all": truth, "starts_on": day, "ends_on": day,
    },
    "tasks": {**_NAMED, "billable_by_default": truth, "default_hourly_rate": number,
              "is_default": truth},
    "task_assignments": {**_RATED, "billable": truth},
    "user_assignments": {**_RATED, "is_project_manager": truth, "use_default_rates": truth},
    "expenses": {"notes": text, "billable": truth, "spent_date": day, "units": number,
                 "total_cost": number},
    "invoices": {"subject": text, "notes": text, "purchase_order": text, "due_date": day,
                 "issue_date": day},
}  # fmt: skip

_PRICES_OF_A_PROJECT = {
    "bill_by", "hourly_rate", "is_billable", "billable", "use_default_rates", "budget", "budget_by",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """New values for some fields of one record."""

    entity: str
    values: Row


def read(entity: str, body: Row) -> Change:
    """Return the change that a request asks for; fields that cannot be written are ignored."""
    values = {}
    for name, parse in WRITABLE[entity].items():
        if name in body:
            try:
                values[name] = parse(body[name])
            except (TypeError, ValueError):
                raise rejected(f"{name} is invalid") from None
    return Change(entity, values)


def apply(account: Account, row: Row, change: Change) -> None:
    """Carry the change into the record, its copies inside others, and the prices of time.

    A new rate reprices time that was tracked long ago; the entries' `updated_at` stays.
    """
    row |= change.values | {"updated_at": account.moment()}
    account.copies.refresh(change.entity, row)
    changed = change.values.keys()
    match change.entity:
        case "projects" if changed & _PRICES_OF_A_PROJECT:
            _reprice(account, lambda entry: entry.project["id"] == row["id"])
        case "task_assignments" if changed & _PRICES_OF_A_PROJECT:
            _reprice(account, lambda entry: entry.task_assignment["id"] == row["id"])
        case "user_assignments" if changed & _PRICES_OF_A_PROJECT:
            _reprice(account, lambda entry: entry.user_assignment["id"] == row["id"])
        case "users" if changed & {"default_hourly_rate", "cost_rate"}:
            _replace_rates(account, row, change.values)
        case "expenses" if "units" in changed and "total_cost" not in changed:
            price = row["expense_category"]["unit_price"]
            if price is not None:
                row["total_cost"] = cents(row["units"] * price)


def _replace_rates(account: Account, user: Row, values: Row) -> None:
    # A rate that is set without a start date replaces all earlier ones.
    kinds = (
        ("default_hourly_rate", account.billable_rates),
        ("cost_rate", account.cost_rates),
    )
    for name, histories in kinds:
        if name in values:
            now = account.moment()
            histories[user["id"]] = [
                {
                    "id": user["id"] * 100 + 99 - (name == "cost_rate"),
                    "amount": values[name],
                    "start_date": None,
                    "end_date": None,
                    "created_at": now,
                    "updated_at": now,
                }
            ]
    _reprice(account, lambda entry: entry.user["id"] == user["id"])


def _reprice(account: Account, chosen: Callable[[TimeEntry], bool]) -> None:
    for entry in account.entries:
        if chosen(entry):
            reprice(account, entry)
            project = account.tables["projects"][entry.project["id"]]
            entry.budgeted = is_budgeted(project, entry.task_assignment, entry.user_assignment)


def delete(account: Account, entity: str, row: Row) -> None:
    """Remove the record and what Harvest removes with it; raises `Refusal` 422 if it is in use."""
    match entity:
        case "clients":
            _refuse_if_used(account, entity, row, ("projects", "invoices", "estimates"), "client")
        case "users":
            _refuse_if_used(account, entity, row, ("expenses",), "user")
            if any(entry.user["id"] == row["id"] for entry in account.entries):
                raise rejected("This person has tracked time and can only be archived.")
            _drop(account, "user_assignments", "user", row["id"])
        case "tasks":
            if any(entry.task["id"] == row["id"] for entry in account.entries):
                raise rejected("This task has tracked time and can only be archived.")
            _drop(account, "task_assignments", "task", row["id"])
        case "projects":
            _delete_work_of(account, row["id"])
        case "invoices":
            _free_what_was_billed(account, row["id"])
    del account.tables[entity][row["id"]]


def _delete_work_of(account: Account, project_id: int) -> None:
    """Time and expenses go with their project; its invoices stay."""
    entries = account.entries
    entries.remove_all([entry for entry in entries if entry.project["id"] == project_id])
    for entity in ("expenses", "user_assignments", "task_assignments"):
        _drop(account, entity, "project", project_id)


def _free_what_was_billed(account: Account, invoice_id: int) -> None:
    now = account.moment()
    for entry in account.entries:
        if entry.invoice is not None and entry.invoice["id"] == invoice_id:
            entry.is_billed, entry.invoice, entry.updated_at = False, None, now
            entry.locked_reason = "Item Approved" if entry.is_closed else None
            entry.is_locked = entry.is_closed
    for row in account.rows("expenses"):
        if row["invoice"] is not None and row["invoice"]["id"] == invoice_id:
            row["is_billed"], row["invoice"], row["updated_at"] = False, None, now
            row["locked_reason"] = "Item Approved" if row["is_closed"] else None
            row["is_locked"] = row["is_closed"]
    account.payments.pop(invoice_id, None)


def _refuse_if_used(
    account: Account, entity: str, row: Row, others: tuple[str, ...], key: str
) -> None:
    for other in others:
        if any(result[key]["id"] == row["id"] for result in account.rows(other)):
            raise rejected(f"This record of {entity} has {other} and can only be archived.")


def _drop(account: Account, entity: str, key: str, row_id: int) -> None:
    remaining = {i: row for i, row in account.tables[entity].items() if row[key]["id"] != row_id}
    account.tables[entity] = remaining
