"""Cascading deletes; raises `Refusal` 422 if the record is in use."""

from harvest_client.demo.account import Account
from harvest_client.demo.copies import Row
from harvest_client.demo.refusals import rejected


def delete(account: Account, entity: str, row: Row) -> None:
    """Removes the record and what Harvest removes with it; raises `Refusal` 422 if it is in use."""
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
        if any(found[key]["id"] == row["id"] for found in account.rows(other)):
            raise rejected(f"This record of {entity} has {other} and can only be archived.")


def _drop(account: Account, entity: str, key: str, row_id: int) -> None:
    kept = {i: row for i, row in account.tables[entity].items() if row[key]["id"] != row_id}
    account.tables[entity] = kept
