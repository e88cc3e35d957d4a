"""Conversations with the hosted connector, which asks Harvest or searches a copy of its own.

`list` and `get` are live and cost a request of Harvest's limits; a list ends after 2,000 records.
Only `search` reads everything, of the copy and with the searchable fields alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from harvest_client.budget import Budget, Budgets
from harvest_client.connectors import Connector
from harvest_client.entities import ENTITIES, Action, Entity, Rate
from harvest_client.errors import BadRequest, HarvestError, NotFound, UsageError
from harvest_client.hosted_answers import read_list, read_record
from harvest_client.hosted_search import AirbyteSearch
from harvest_client.oauth import AccountSummary
from harvest_client.parameters import list_query, record_id, split_report_window
from harvest_client.patience import Flow
from harvest_client.records import Record
from harvest_client.requests import ConnectorRequest
from harvest_client.results import Meta, Page
from harvest_client.search.generations import ApiVersion
from harvest_client.search.query import Search, SearchPage
from harvest_client.signing import AuthorizedSender
from harvest_client.sums import merge_report_pages
from harvest_client.transport import RawResponse

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
        """The whole list, or its newest records with `meta.truncated`."""
        calls = [_list(entity, part) for part in split_report_window(entity, parameters)]
        return (
            self._merged_page(entity, calls)
            if len(calls) > 1
            else self._read_page(entity, calls[0])
        )

    def walk(self, entity: Entity, parameters: Mapping[str, object]) -> Iterator[Flow[Page]]:
        """The one page that a hosted list has."""
        return iter([self.page(entity, parameters)])

    def record(self, entity: Entity, id: object = None) -> Flow[Record]:
        """One record by its id; the company, of which there is one, takes none."""
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

    def search(self, asked: Search) -> Flow[SearchPage]:
        """One page of a search in the hosted copy; of searchable fields only."""
        return self._search.read_page(asked)

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
        """Runs one action, on another connector where the one that was looked up has gone."""
        connector_id = yield from self._connector.find_id(self._desk, self._budgets.copy)
        error: HarvestError
        try:
            return (yield from self._request_uncut(connector_id, entity, action, params, budget))
        except NotFound as missing:
            error = missing
        if self._connector.forget_id(connector_id):
            found = yield from self._connector.find_id(self._desk, self._budgets.copy)
            if found != connector_id:
                return (yield from self._request_uncut(found, entity, action, params, budget))
        raise error

    def _request_uncut(
        self,
        connector_id: str,
        entity: Entity,
        action: str,
        params: Mapping[str, Any],
        budget: Budget,
    ) -> Flow[RawResponse]:
        """Asks for uncut texts, and without that where the server is too old to know it."""

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


def _list(entity: Entity, given: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a list as the connector takes them; it ignores all others in silence."""
    _check_action(entity, Action.LIST)
    known = [name for name in entity.parameter_names if name in _LIST_TAKES]
    for name, value in given.items():
        if value is not None and name.rstrip("_") not in known:
            raise UsageError.unknown_name(
                f"a hosted list of {entity.name} takes no parameter", name, known
            )
    query = dict(parse_qsl(list_query(entity, given)))
    return {**query, "per_page": int(query["per_page"])}


def _check_action(entity: Entity, action: Action) -> None:
    if entity.name not in ENTITIES:
        raise UsageError(f"{entity.name} is not among what the hosted connector has.")
    if action not in entity.actions:
        raise UsageError.unknown_name(f"{entity.name} has no action", action, entity.actions)


def _no_request() -> Flow[None]:
    return None
    yield  # a conversation of no steps
