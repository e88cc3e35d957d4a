"""The requests for reports."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_client.demo import queries
from harvest_client.demo.account import Account
from harvest_client.demo.answers import answer
from harvest_client.demo.copies import Row
from harvest_client.demo.entry import TimeEntry
from harvest_client.demo.paging import cut
from harvest_client.demo.permissions import Viewer, rows_seen
from harvest_client.demo.queries import Query
from harvest_client.demo.time_reports import time_report


class Reports:
    """Everything under `/v2/reports`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.routes = [
            *(
                Route(f"/v2/reports/time/{subject}", self._time(subject))
                for subject in ("clients", "projects", "tasks", "team")
            ),
        ]

    def _time(self, subject: str) -> Callable[[Request], object]:
        async def report(request: Request) -> Response:
            viewer, query = request["viewer"], request.query_params
            entries = self._entries(viewer, query)
            fixed = queries.flag(query.get("include_fixed_fee", "false"), "include_fixed_fee")
            return _page(request, time_report(viewer, subject, entries, include_fixed_fee=fixed))

        return report

    def _entries(self, viewer: Viewer, query: Query) -> Sequence[TimeEntry]:
        places = self._account.entries.between(*queries.window(query))
        entries = self._account.entries.ordered[places.start : places.stop]
        sees = rows_seen(viewer, "time_entries")
        return [entry for entry in entries if sees(entry)] if sees else entries


def _page(request: Request, rows: Sequence[Row]) -> Response:
    url = str(request.url.replace(query=""))
    page = cut(rows, url, request.query_params, by_cursor=False)
    return answer({"results": page.rows, **page.about})
