"""The requests for reports."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_client.demo import queries
from harvest_client.demo.account import Account
from harvest_client.demo.answers import answer
from harvest_client.demo.copies import Row
from harvest_client.demo.entry import TimeEntry
from harvest_client.demo.expense_reports import expense_report
from harvest_client.demo.money_reports import project_budget, uninvoiced
from harvest_client.demo.paging import cut
from harvest_client.demo.permissions import Viewer, rows_seen
from harvest_client.demo.queries import Query
from harvest_client.demo.refusals import forbidden
from harvest_client.demo.time_reports import time_report

Endpoint = Callable[[Request], Awaitable[Response]]


class Reports:
    """Everything under `/v2/reports`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.routes = [
            *(
                Route(f"/v2/reports/time/{subject}", self._time(subject))
                for subject in ("clients", "projects", "tasks", "team")
            ),
            *(
                Route(f"/v2/reports/expenses/{subject}", self._spent(subject))
                for subject in ("clients", "projects", "categories", "team")
            ),
            Route("/v2/reports/uninvoiced", self._uninvoiced),
            Route("/v2/reports/project_budget", self._budget),
        ]

    def _time(self, subject: str) -> Endpoint:
        async def report(request: Request) -> Response:
            viewer, query = request["viewer"], request.query_params
            rows = time_report(
                viewer,
                subject,
                self._entries(viewer, query),
                include_fixed_fee=_fixed_fee(query, default="false"),
            )
            return _page(request, rows)

        return report

    def _spent(self, subject: str) -> Endpoint:
        async def report(request: Request) -> Response:
            viewer = request["viewer"]
            expenses = self._expenses(viewer, request.query_params)
            return _page(request, expense_report(viewer, subject, expenses))

        return report

    async def _uninvoiced(self, request: Request) -> Response:
        viewer, query = request["viewer"], request.query_params
        if not viewer.may_invoice:
            raise forbidden()
        managed = viewer.projects

        def manages(project: Row) -> bool:
            return viewer.is_administrator or project["id"] in managed

        rows = uninvoiced(
            self._account,
            [entry for entry in self._entries(viewer, query) if manages(entry.project)],
            [row for row in self._expenses(viewer, query) if manages(row["project"])],
            include_fixed_fee=_fixed_fee(query, default="true"),
        )
        return _page(request, rows)

    async def _budget(self, request: Request) -> Response:
        viewer, query = request["viewer"], request.query_params
        rows = list(self._account.rows("projects"))
        if "is_active" in query:
            wanted = queries.flag(query["is_active"], "is_active")
            rows = [row for row in rows if row["is_active"] == wanted]
        if not viewer.is_administrator:
            assigned, managed = self._account.assigned_to(viewer.user_id), viewer.projects
            rows = [
                row
                for row in rows
                if row["id"] in managed or (row["id"] in assigned and row["show_budget_to_all"])
            ]
        return _page(request, list(project_budget(viewer, rows)))

    def _entries(self, viewer: Viewer, query: Query) -> Sequence[TimeEntry]:
        places = self._account.entries.between(*queries.window(query))
        entries = self._account.entries.ordered[places.start : places.stop]
        sees = rows_seen(viewer, "time_entries")
        return [entry for entry in entries if sees(entry)] if sees else entries

    def _expenses(self, viewer: Viewer, query: Query) -> list[Row]:
        first, last = queries.window(query)
        sees = rows_seen(viewer, "expenses")
        return [
            row
            for row in self._account.rows("expenses")
            if first <= row["spent_date"] <= last and (sees is None or sees(row))
        ]


def _fixed_fee(query: Query, *, default: str) -> bool:
    return queries.flag(query.get("include_fixed_fee", default), "include_fixed_fee")


def _page(request: Request, rows: Sequence[Row]) -> Response:
    url = str(request.url.replace(query=""))
    page = cut(rows, url, request.query_params, by_cursor=False)
    return answer({"results": page.rows, **page.about})
