"""The requests that change the account, as somebody using Harvest itself would."""

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_client.demo import changes, entry_writes
from harvest_client.demo.account import Account
from harvest_client.demo.answers import answer
from harvest_client.demo.copies import Row
from harvest_client.demo.deletions import delete
from harvest_client.demo.entry import TimeEntry
from harvest_client.demo.permissions import Viewer, rows_seen, shown
from harvest_client.demo.refusals import bad_request, forbidden, not_found, rejected

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
        entry = entry_writes.create(self._account, user, body)
        self._account.version += 1
        return answer(shown(viewer, entry), 201)

    async def update_entry(self, request: Request) -> Response:
        entry, body = self._entry(request), await _body(request)
        if entry.is_locked and not request["viewer"].is_administrator:
            raise rejected(f"This entry is locked: {entry.locked_reason}")
        entry_writes.update(self._account, entry, body)
        return self._written(request, entry)

    async def delete_entry(self, request: Request) -> Response:
        entry = self._entry(request)
        if entry.is_locked and not request["viewer"].is_administrator:
            raise rejected(f"This entry is locked: {entry.locked_reason}")
        self._account.entries.remove(entry)
        self._account.version += 1
        return Response()

    async def stop(self, request: Request) -> Response:
        return self._timer(request, entry_writes.stop)

    async def restart(self, request: Request) -> Response:
        return self._timer(request, entry_writes.restart)

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
    """The request's object. Harvest also takes forms; nobody here sends them."""
    try:
        body = msgspec.json.decode(await request.body() or b"{}")
    except msgspec.DecodeError:
        raise bad_request("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("The body is not an object.")
    return body
