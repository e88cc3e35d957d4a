"""Read endpoints: lists, single records, and the few other paths."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_demo.account.account import Account, Row
from harvest_demo.server.entry_lists import EntrySelections
from harvest_demo.server.lists import LISTINGS, Listing, rows_of
from harvest_demo.server.paging import Page, cut
from harvest_demo.server.permissions import Viewer, rows_seen, shown
from harvest_demo.server.refusals import answer, forbidden, not_found, rejected

_RATES = ("billable_rates", "cost_rates")
_TEAMMATE = ("id", "first_name", "last_name", "email")
_BELOW_A_PROJECT = ("user_assignments", "task_assignments")


class Reads:
    """The GET requests, except those for reports."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._selections = EntrySelections(account)
        self.routes = [
            Route("/v2/company", self.company),
            Route("/v2/users/me", self.me),
            Route("/v2/users/{id:int}/teammates", self.teammates),
            Route("/v2/users/{id:int}/{kind}", self.rates),
            Route("/v2/invoices/{id:int}/payments", self.payments),
            Route("/v2/projects/{id:int}/{entity}", self.project_list),
            Route("/v2/projects/{project:int}/{entity}/{id:int}", self.project_record),
            Route("/v2/time_entries", self.entries),
            Route("/v2/time_entries/{id:int}", self.entry),
            Route("/v2/{entity}", self.records),
            Route("/v2/{entity}/{id:int}", self.record),
        ]

    async def company(self, request: Request) -> Response:
        rows_seen(request["viewer"], "company")
        return answer(self._account.company)

    async def me(self, request: Request) -> Response:
        viewer: Viewer = request["viewer"]
        return answer(shown(viewer, viewer.user))

    async def entries(self, request: Request) -> Response:
        query = request.query_params
        result = self._selections.find(request["viewer"], query)
        return _page("time_entries", request, cut(result, _url(request), query, by_cursor=False))

    async def entry(self, request: Request) -> Response:
        viewer: Viewer = request["viewer"]
        result = self._account.entries.get(request.path_params["id"])
        sees = rows_seen(viewer, "time_entries")
        if result is None or (sees is not None and not sees(result)):
            raise not_found()
        return answer(shown(viewer, result))

    async def records(self, request: Request) -> Response:
        listing = LISTINGS.get(request.path_params["entity"])
        if listing is None:
            raise not_found()
        return self._list(request, listing)

    async def record(self, request: Request) -> Response:
        entity = request.path_params["entity"]
        # Assignments have no address of their own, only one below their project.
        if entity not in LISTINGS or entity in _BELOW_A_PROJECT:
            raise not_found()
        return self._single(request, entity)

    async def project_list(self, request: Request) -> Response:
        entity = request.path_params["entity"]
        if entity not in _BELOW_A_PROJECT or not self._has("projects", request):
            raise not_found()
        listing = Listing(entity, LISTINGS[entity].filters, by_cursor=False)
        return self._list(request, listing, project_id=request.path_params["id"])

    async def project_record(self, request: Request) -> Response:
        entity = request.path_params["entity"]
        if entity not in _BELOW_A_PROJECT:
            raise not_found()
        row = self._account.tables[entity].get(request.path_params["id"])
        if row is None or row["project"]["id"] != request.path_params["project"]:
            raise not_found()
        return self._single(request, entity)

    async def payments(self, request: Request) -> Response:
        self._visible(request, "invoices")
        paid = self._account.payments.get(request.path_params["id"], [])
        rows = sorted(paid, key=lambda row: row["id"], reverse=True)
        page = cut(rows, _url(request), request.query_params, by_cursor=False)
        return _page("invoice_payments", request, page)

    async def teammates(self, request: Request) -> Response:
        if not self._has("users", request):
            raise not_found()
        if not request["viewer"].is_administrator:
            raise forbidden()
        users, manager_id = self._account.tables["users"], request.path_params["id"]
        if "manager" not in users[manager_id]["access_roles"]:
            raise rejected("User must be a Manager")
        mates = [users[id] for id in self._account.teammates.get(manager_id, ()) if id in users]
        mates.sort(key=lambda row: (row["created_at"], row["id"]), reverse=True)
        page = cut(mates, _url(request), request.query_params, by_cursor=True)
        rows = [{name: row[name] for name in _TEAMMATE} for row in page.rows]
        return _page("teammates", request, Page(rows, page.about))

    async def rates(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in _RATES or not self._has("users", request):
            raise not_found()
        if not request["viewer"].is_administrator:
            raise forbidden()
        histories = getattr(self._account, kind)
        rows = histories[request.path_params["id"]]
        page = cut(rows, _url(request), request.query_params, by_cursor=False)
        return _page(kind, request, page)

    def _list(
        self, request: Request, listing: Listing, *, project_id: int | None = None
    ) -> Response:
        query = request.query_params
        rows = rows_of(self._account, request["viewer"], listing, query)
        if project_id is not None:
            rows = [row for row in rows if row["project"]["id"] == project_id]
        page = cut(rows, _url(request), query, by_cursor=listing.by_cursor)
        return _page(listing.entity, request, page)

    def _single(self, request: Request, entity: str) -> Response:
        return answer(shown(request["viewer"], self._visible(request, entity)))

    def _visible(self, request: Request, entity: str) -> Row:
        sees = rows_seen(request["viewer"], entity)
        row = self._account.tables.get(entity, {}).get(request.path_params["id"])
        if row is None or (sees is not None and not sees(row)):
            raise not_found()
        return row

    def _has(self, entity: str, request: Request) -> bool:
        return request.path_params["id"] in self._account.tables[entity]


def _url(request: Request) -> str:
    return str(request.url.replace(query=""))


def _page(envelope: str, request: Request, page: Page) -> Response:
    viewer: Viewer = request["viewer"]
    rows: Any = [shown(viewer, row) for row in page.rows] if viewer.hidden else page.rows
    return answer({envelope: rows, **page.about})
