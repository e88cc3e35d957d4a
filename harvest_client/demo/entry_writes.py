"""Edits of single time entries, timers included."""

from datetime import date
from decimal import Decimal
from typing import Any

from harvest_client.demo import changes
from harvest_client.demo.account import Account
from harvest_client.demo.copies import (
    CLIENT,
    PROJECT,
    TASK,
    TASK_ASSIGNMENT,
    USER,
    USER_ASSIGNMENT,
    Row,
)
from harvest_client.demo.entry import TimeEntry, cents, rounded
from harvest_client.demo.pricing import is_budgeted, reprice
from harvest_client.demo.refusals import rejected

_REFERENCE = ("id", "group_id", "account_id", "permalink", "service", "service_icon_url")
_DAY = Decimal(24)


def create(account: Account, user: Row, body: Row) -> TimeEntry:
    """A new entry of `user`; without hours, its timer runs."""
    hours = _read("hours", changes.number, body, None)
    spent_date = _read("spent_date", changes.day, body, None)
    if spent_date is None:
        raise rejected("spent_date is required")
    now = account.moment()
    assigned = _assigned(account, user["id"], body.get("project_id"), body.get("task_id"))
    entry = TimeEntry(
        id=account.entries.new_id(),
        spent_date=spent_date,
        hours=Decimal(0),
        hours_without_timer=Decimal(0),
        rounded_hours=Decimal(0),
        notes=_read("notes", changes.text, body, None),
        is_locked=False,
        locked_reason=None,
        is_closed=False,
        is_billed=False,
        timer_started_at=now if hours is None else None,
        started_time=None,
        ended_time=None,
        is_running=hours is None,
        billable=False,
        budgeted=False,
        billable_rate=None,
        cost_rate=None,
        created_at=now,
        updated_at=now,
        approval_status="unsubmitted",
        user=account.copy("users", user["id"], USER),
        **assigned,
        external_reference=_reference(body.get("external_reference")),
        invoice=None,
    )
    if hours is not None:
        _set_hours(entry, hours)
    _price(account, entry)
    account.entries.add(entry)
    return entry


def update(account: Account, entry: TimeEntry, body: Row) -> None:
    """Changes what `body` names; the rest, and what cannot be written, stays."""
    spent_date: date = _read("spent_date", changes.day, body, entry.spent_date)
    hours = _read("hours", changes.number, body, None)
    if {"project_id", "task_id"} & body.keys():
        project_id = body.get("project_id", entry.project["id"])
        task_id = body.get("task_id", entry.task["id"])
        for name, copy in _assigned(account, entry.user["id"], project_id, task_id).items():
            setattr(entry, name, copy)
    if hours is not None:
        _set_hours(entry, hours)
    entry.notes = _read("notes", changes.text, body, entry.notes)
    if "external_reference" in body:
        entry.external_reference = _reference(body["external_reference"])
    if spent_date != entry.spent_date:
        account.entries.move(entry, spent_date)
    entry.updated_at = account.moment()
    _price(account, entry)


def stop(account: Account, entry: TimeEntry) -> None:
    if not entry.is_running or entry.timer_started_at is None:
        raise rejected("This timer is not running.")
    now = account.moment()
    ran = Decimal(max((now - entry.timer_started_at).total_seconds(), 0)) / 3600
    # A timer is stopped by midnight at the latest.
    _set_hours(entry, min(max(cents(entry.hours_without_timer + ran), entry.hours), _DAY))
    entry.is_running, entry.timer_started_at, entry.updated_at = False, None, now


def restart(account: Account, entry: TimeEntry) -> None:
    if entry.is_running:
        raise rejected("This timer is already running.")
    if entry.is_locked:
        raise rejected(f"This entry is locked: {entry.locked_reason}")
    entry.is_running = True
    entry.timer_started_at = entry.updated_at = account.moment()


def _set_hours(entry: TimeEntry, hours: Decimal) -> None:
    if not 0 <= hours <= _DAY:
        raise rejected("hours must be between 0 and 24")
    entry.hours = entry.hours_without_timer = cents(hours)
    entry.rounded_hours = rounded(entry.hours)


def _price(account: Account, entry: TimeEntry) -> None:
    reprice(account, entry)
    project = account.tables["projects"][entry.project["id"]]
    entry.budgeted = is_budgeted(project, entry.task_assignment, entry.user_assignment)


def _assigned(account: Account, user_id: int, project_id: Any, task_id: Any) -> dict[str, Row]:
    """The copies that an entry of that person on that project and task shows."""
    person = _assignment(account, "user_assignments", project_id, "user", user_id)
    task = _assignment(account, "task_assignments", project_id, "task", task_id)
    if person is None or task is None:
        raise rejected("The project and task must be assigned to the person.")
    project = account.tables["projects"][person["project"]["id"]]
    return {
        "client": account.copy("clients", project["client"]["id"], CLIENT),
        "project": account.copy("projects", project["id"], PROJECT),
        "task": account.copy("tasks", task["task"]["id"], TASK),
        "user_assignment": account.copy("user_assignments", person["id"], USER_ASSIGNMENT),
        "task_assignment": account.copy("task_assignments", task["id"], TASK_ASSIGNMENT),
    }


def _assignment(
    account: Account, entity: str, project_id: Any, key: str, row_id: Any
) -> Row | None:
    for row in account.rows(entity):
        if row["project"]["id"] == project_id and row[key]["id"] == row_id:
            return row
    return None


def _reference(value: Any) -> Row | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise rejected("external_reference is invalid")
    return {name: value.get(name) for name in _REFERENCE}


def _read(name: str, parse: Any, body: Row, default: Any) -> Any:
    if name not in body:
        return default
    try:
        return parse(body[name])
    except (TypeError, ValueError):
        raise rejected(f"{name} is invalid") from None
