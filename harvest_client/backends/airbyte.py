"""Flows of Airbyte's hosted connector.

`list` and `get` are live and cost a request of Harvest's limits; a list ends after 2,000 records.
Only `search` reads everything, of the copy and with the searchable fields alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from harvest_client.auth.flow import AuthorizedSender
from harvest_client.auth.oauth import AccountSummary
from harvest_client.backends.airbyte_responses import read_list, read_record
from harvest_client.backends.airbyte_search import AirbyteSearch
from harvest_client.backends.harvest_api import merge_report_pages
from harvest_client.entities import ENTITIES, Action, Entity, Rate
from harvest_client.errors import (
    AmbiguousConnector,
    BadRequest,
    HarvestError,
    InvalidResponse,
    NotFound,
    UsageError,
)
from harvest_client.http.rate_limit import Budget, Budgets
from harvest_client.http.request_params import list_query, record_id, split_report_window
from harvest_client.http.requests import ConnectorRequest, Get
from harvest_client.http.retry import Flow
from harvest_client.http.single_flight import SingleFlight
from harvest_client.http.transport import RawResponse
from harvest_client.models.records import Record
from harvest_client.models.results import Meta, Page
from harvest_client.search.query import Search, SearchPage
from harvest_client.search.wire_format import ApiVersion

DEFINITION_ID = "fe2b4084-3386-4d3b-9ad6-308f61a6f1e6"
"""What Airbyte calls the Harvest connector."""

_PATH = "/api/v1/integrations/connectors"


class _Named(msgspec.Struct):
    id: str
    definition_id: str = DEFINITION_ID


class _Listed(msgspec.Struct):
    data: list[_Named]


class Connector:
    """The connector's id, looked up when it is first needed and remembered."""

    def __init__(self, connector_id: str | None, workspace: str) -> None:
        self._configured = connector_id
        self._workspace = workspace
        self._found: SingleFlight[str] = SingleFlight()

    def find_id(self, desk: AuthorizedSender, budget: Budget) -> Flow[str]:
        """Raise `AmbiguousConnector` where the workspace has none or several."""
        if self._configured:
            return self._configured
        return (yield from self._found.get(lambda: self._look_up(desk, budget)))

    def forget_id(self, connector_id: str) -> bool:
        """Note that the connector is not there; whether looking again may find another."""
        self._found.invalidate(connector_id)
        return self._configured is None

    def _look_up(self, desk: AuthorizedSender, budget: Budget) -> Flow[str]:
        reply = None
        with suppress(BadRequest):  # by a server older than the name
            reply = yield from desk.send_request(self._list_request("workspace_name"), budget)
        if reply is None:
            reply = yield from desk.send_request(self._list_request("customer_name"), budget)
        return self._read_only_id(reply)

    def _list_request(self, name: str) -> Get:
        return Get(_PATH, urlencode({name: self._workspace, "definition_id": DEFINITION_ID}))

    def _read_only_id(self, reply: RawResponse) -> str:
        try:
            listed = _LISTED.decode(reply.body).data
            # A server that takes no notice of the definition lists whatever the workspace has.
            matches = [item.id for item in listed if item.definition_id == DEFINITION_ID]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            matches = None
        if matches is None:
            raise InvalidResponse(f"{_PATH}: the answer is no list of connectors.")
        where = f"The Airbyte workspace {self._workspace!r}"
        if not matches:
            raise AmbiguousConnector(f"{where} has no Harvest connector.")
        if len(matches) > 1:
            raise AmbiguousConnector(
                f"{where} has several Harvest connectors: {', '.join(matches)}."
            )
        return matches[0]


_LISTED = msgspec.json.Decoder(_Listed)


_LIST_TAKES = ("per_page", "from", "to")


class AirbyteApi:
    """Airbyte's hosted connector. Invalid calls are refused before any request.

    `generation` is found out by the first search where it is not given.
    """

    searches = True

    def __init__(
        self,
        desk: AuthorizedSender,
        connector: Connector,
        budgets: Budgets,
        generation: ApiVersion | None = None,
    ) -> None:
        self._desk = desk
        self._connector = connector
        self._budgets = budgets
        self._takes_whole: bool | None = None  # whether the server knows `skip_truncation`
        self._search = AirbyteSearch(self._run, budgets.copy, generation)

    def at_hand(self, rate: Rate = Rate.GENERAL) -> int:
        return self._budgets.for_rate(rate).available()

    def page(self, entity: Entity, parameters: Mapping[str, object]) -> Flow[Page]:
        """Return the whole list, or its newest records with `meta.truncated`."""
        calls = [_list(entity, part) for part in split_report_window(entity, parameters)]
        return (
            self._merged_page(entity, calls)
            if len(calls) > 1
            else self._read_page(entity, calls[0])
        )

    def walk(self, entity: Entity, parameters: Mapping[str, object]) -> Iterator[Flow[Page]]:
        """Yield the one page that a hosted list has."""
        return iter([self.page(entity, parameters)])

    def record(self, entity: Entity, id: object = None) -> Flow[Record]:
        """Return one record by its id; the company, of which there is one, takes none."""
        _check_action(entity, Action.GET)
        if entity.get_path and "{id}" in entity.get_path:
            return self._read_record(entity, {"id": record_id(entity, id)})
        if id is not None:
            raise UsageError(f"{entity.name}: there is only one, so get takes no id.")
        return self._read_record(entity, {})

    def count(self, entity: Entity, parameters: Mapping[str, object]) -> Flow[int | None]:
        """None: the hosted API does not say."""
        _list(entity, parameters)
        return _no_request()

    def me(self, fields: Sequence[str] = ()) -> Flow[Record]:
        raise UsageError("the hosted API does not say who its Harvest login belongs to.")

    def accounts(self) -> Flow[list[AccountSummary]]:
        raise UsageError("the hosted API reads the one account that its connector was set up for.")

    def search(self, search: Search) -> Flow[SearchPage]:
        """Return one page of a search in the hosted copy; of searchable fields only."""
        return self._search.read_page(search)

    def _read_page(self, entity: Entity, params: Mapping[str, object]) -> Flow[Page]:
        reply = yield from self._run(entity, "list", params, self._budgets.for_rate(entity.rate))
        answer, odd = read_list(entity, reply)
        meta = Meta(answer.next_link, truncated=answer.next_link is not None)
        return Page(answer.rows, meta, odd)

    def _merged_page(self, entity: Entity, calls: list[dict[str, object]]) -> Flow[Page]:
        pages: list[Page] = []
        for params in calls:
            pages += [(yield from self._read_page(entity, params))]
        return merge_report_pages(entity, pages)

    def _read_record(self, entity: Entity, params: Mapping[str, object]) -> Flow[Record]:
        reply = yield from self._run(entity, "get", params, self._budgets.for_rate(entity.rate))
        return read_record(entity, reply)

    def _run(
        self, entity: Entity, action: str, params: Mapping[str, Any], budget: Budget
    ) -> Flow[RawResponse]:
        """Run one action, on another connector where the one that was looked up has gone."""
        connector_id = yield from self._connector.find_id(self._desk, self._budgets.copy)
        error: HarvestError
        try:
            return (yield from self._request_uncut(connector_id, entity, action, params, budget))
        except NotFound as missing:
            error = missing
        if self._connector.forget_id(connector_id):
            result = yield from self._connector.find_id(self._desk, self._budgets.copy)
            if result != connector_id:
                return (yield from self._request_uncut(result, entity, action, params, budget))
        raise error

    def _request_uncut(
        self,
        connector_id: str,
        entity: Entity,
        action: str,
        params: Mapping[str, Any],
        budget: Budget,
    ) -> Flow[RawResponse]:
        """Request for uncut texts, and without that where the server is too old to know it."""

        def execute(whole: bool) -> Flow[RawResponse]:
            request = ConnectorRequest(connector_id, entity.name, action, params, whole)
            return self._desk.send_request(request, budget)

        if self._takes_whole is False:
            return (yield from execute(False))
        error: HarvestError
        try:
            reply = yield from execute(True)
        except BadRequest as refused:
            error = refused
        else:
            self._takes_whole = True
            return reply
        if self._takes_whole:
            raise error
        reply = yield from execute(False)
        self._takes_whole = False
        return reply


def _list(entity: Entity, values: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a list as the connector takes them; it ignores all others in silence."""
    _check_action(entity, Action.LIST)
    known = [name for name in entity.parameter_names if name in _LIST_TAKES]
    for name, value in values.items():
        if value is not None and name.rstrip("_") not in known:
            raise UsageError.unknown_name(
                f"a hosted list of {entity.name} takes no parameter", name, known
            )
    query = dict(parse_qsl(list_query(entity, values)))
    return {**query, "per_page": int(query["per_page"])}


def _check_action(entity: Entity, action: Action) -> None:
    if entity.name not in ENTITIES:
        raise UsageError(f"{entity.name} is not among what the hosted connector has.")
    if action not in entity.actions:
        raise UsageError.unknown_name(f"{entity.name} has no action", action, entity.actions)


def _no_request() -> Flow[None]:
    return None
    yield  # a conversation of no steps
