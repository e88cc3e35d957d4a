"""The seam between the clients and what they read: Harvest itself, or the hosted connector."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from harvest_client.entities import Entity, Rate
from harvest_client.oauth import AccountSummary
from harvest_client.patience import Flow
from harvest_client.records import Record
from harvest_client.results import Page
from harvest_client.search.query import Search, SearchPage


class Backend(Protocol):
    """Conversations that end in records. Bad calls are refused before any request.

    `searches` says whether it can search by itself; where not, a local copy is searched. `at_hand`
    counts the requests that need not wait; reports have a budget of their own.
    """

    @property
    def searches(self) -> bool: ...
    def at_hand(self, rate: Rate = Rate.GENERAL) -> int: ...
    def page(self, entity: Entity, parameters: Mapping[str, object]) -> Flow[Page]: ...
    def walk(self, entity: Entity, parameters: Mapping[str, object]) -> Iterator[Flow[Page]]: ...
    def record(self, entity: Entity, id: object = None) -> Flow[Record]: ...
    def count(self, entity: Entity, parameters: Mapping[str, object]) -> Flow[int | None]: ...
    def search(self, asked: Search) -> Flow[SearchPage]: ...
    def me(self, fields: Sequence[str] = ()) -> Flow[Record]: ...
    def accounts(self) -> Flow[list[AccountSummary]]: ...
