"""The approval of hours and expenses, and what it locks."""

import random
from datetime import date

from harvest_client.demo.account import Account

_LONG_AGO = 21  # days after which nearly everything has been approved
_THIS_WEEK = 7


def approve(account: Account, rng: random.Random) -> None:
    """Fills approval states and locks of time entries and expenses."""
    archived = {row["id"] for row in account.rows("projects") if not row["is_active"]}
    gone = {row["id"] for row in account.rows("users") if not row["is_active"]}
    for entry in account.entries:
        entry.approval_status = _status(rng, account.today, entry.spent_date, entry.is_billed)
        entry.is_closed = entry.approval_status == "approved"
        stale = entry.project["id"] in archived or entry.user["id"] in gone
        entry.locked_reason = lock(
            is_billed=entry.is_billed, is_archived=stale, is_approved=entry.is_closed
        )
        entry.is_locked = entry.locked_reason is not None
    for row in account.rows("expenses"):
        status = _status(rng, account.today, row["spent_date"], row["is_billed"])
        stale = row["project"]["id"] in archived or row["user"]["id"] in gone
        reason = lock(
            is_billed=row["is_billed"], is_archived=stale, is_approved=status == "approved"
        )
        row["approval_status"], row["is_closed"] = status, status == "approved"
        row["is_locked"], row["locked_reason"] = reason is not None, reason


def lock(*, is_billed: bool, is_archived: bool, is_approved: bool) -> str | None:
    """Return the reason why a record cannot be edited; None if it can."""
    if is_billed:
        return "Item Invoiced"
    if is_archived:
        return "Item Archived"
    return "Item Approved" if is_approved else None


def _status(rng: random.Random, today: date, day: date, is_billed: bool) -> str:
    age, luck = (today - day).days, rng.random()
    if is_billed:
        return "approved"
    if age > _LONG_AGO:
        return "approved" if luck < 0.96 else "submitted" if luck < 0.99 else "unsubmitted"
    if age > _THIS_WEEK:
        return "submitted" if luck < 0.6 else "approved" if luck < 0.9 else "unsubmitted"
    return "unsubmitted" if luck < 0.9 else "submitted"
