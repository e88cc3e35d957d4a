"""Write endpoints of time entries, timers included."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_demo.account import changes
from harvest_demo.account.account import (
    CLIENT,
    PROJECT,
    TASK,
    TASK_ASSIGNMENT,
    USER,
    USER_ASSIGNMENT,
    Account,
    Row,
    TimeEntry,
    cents,
    rounded,
)
from harvest_demo.account.changes import delete
from harvest_demo.account.pricing import is_budgeted, reprice
from harvest_demo.server.permissions import Viewer, rows_seen, shown
from harvest_demo.server.refusals import answer, bad_request, forbidden, not_found, rejected

_REFERENCE = ("id", "group_id", "account_id", "permalink", "service", "service_icon_url")
_DAY = Decimal(24)


def create(account: Account, user: Row, body: Row) -> TimeEntry:
    """Return a new entry of `user`; without hours, its timer runs."""
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
    """Change what `body` names; the rest, and what cannot be written, stays."""
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
    """Return the copies that an entry of that person on that project and task shows."""
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


_DELETABLE = {"projects", "clients", "users", "tasks", "expenses", "invoices"}
_BELOW_A_PROJECT = {"task_assignments", "user_assignments"}


class Writes:
    """POST, PATCH and DELETE. Members and managers may edit time; all else is administrators'."""

    def __init__(self, account: Account) -> None:
        self._account = account
        entry = "/v2/time_entries/{id:int}"
        self.routes = [
            Route("/v2/time_entries", self.create_entry, methods=["POST"]),
            Route(entry, self.update_entry, methods=["PATCH"]),
            Route(entry, self.delete_entry, methods=["DELETE"]),
            Route(f"{entry}/stop", self.stop, methods=["PATCH"]),
            Route(f"{entry}/restart", self.restart, methods=["PATCH"]),
            Route("/v2/projects/{project:int}/{entity}/{id:int}", self.update, methods=["PATCH"]),
            Route("/v2/{entity}/{id:int}", self.update, methods=["PATCH"]),
            Route("/v2/{entity}/{id:int}", self.delete, methods=["DELETE"]),
        ]

    async def create_entry(self, request: Request) -> Response:
        viewer: Viewer = request["viewer"]
        body = await _body(request)
        user_id = body.get("user_id", viewer.user_id)
        user = self._account.tables["users"].get(user_id) if isinstance(user_id, int) else None
        if user is None:
            raise rejected("user_id is invalid")
        if user["id"] not in viewer.people and not viewer.is_administrator:
            raise forbidden()
        entry = create(self._account, user, body)
        self._account.version += 1
        return answer(shown(viewer, entry), 201)

    async def update_entry(self, request: Request) -> Response:
        entry, body = self._entry(request), await _body(request)
        if entry.is_locked and not request["viewer"].is_administrator:
            raise rejected(f"This entry is locked: {entry.locked_reason}")
        update(self._account, entry, body)
        return self._written(request, entry)

    async def delete_entry(self, request: Request) -> Response:
        entry = self._entry(request)
        if entry.is_locked and not request["viewer"].is_administrator:
            raise rejected(f"This entry is locked: {entry.locked_reason}")
        self._account.entries.remove(entry)
        self._account.version += 1
        return Response()

    async def stop(self, request: Request) -> Response:
        return self._timer(request, stop)

    async def restart(self, request: Request) -> Response:
        return self._timer(request, restart)

    async def update(self, request: Request) -> Response:
        entity = request.path_params["entity"]
        below_a_project = "project" in request.path_params
        if entity not in changes.WRITABLE or (entity in _BELOW_A_PROJECT) != below_a_project:
            raise not_found()
        row = self._row(request, entity)
        if below_a_project and row["project"]["id"] != request.path_params["project"]:
            raise not_found()
        change = changes.read(entity, await _body(request))
        changes.apply(self._account, row, change)
        return self._written(request, row)

    async def delete(self, request: Request) -> Response:
        entity = request.path_params["entity"]
        if entity not in _DELETABLE:
            raise not_found()
        delete(self._account, entity, self._row(request, entity))
        self._account.version += 1
        return Response()

    def _timer(self, request: Request, change: Callable[[Account, TimeEntry], None]) -> Response:
        entry = self._entry(request)
        change(self._account, entry)
        return self._written(request, entry)

    def _written(self, request: Request, record: Row | TimeEntry) -> Response:
        self._account.version += 1
        return answer(shown(request["viewer"], record))

    def _entry(self, request: Request) -> TimeEntry:
        viewer: Viewer = request["viewer"]
        entry = self._account.entries.get(request.path_params["id"])
        sees = rows_seen(viewer, "time_entries")
        if entry is None or (sees is not None and not sees(entry)):
            raise not_found()
        return entry

    def _row(self, request: Request, entity: str) -> Row:
        if not request["viewer"].is_administrator:
            raise forbidden()
        row = self._account.tables.get(entity, {}).get(request.path_params["id"])
        if row is None:
            raise not_found()
        return row


async def _body(request: Request) -> Row:
    """Return the request's object. Harvest also takes forms; nobody here sends them."""
    try:
        body = msgspec.json.decode(await request.body() or b"{}")
    except msgspec.DecodeError:
        raise bad_request("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("The body is not an object.")
    return body
