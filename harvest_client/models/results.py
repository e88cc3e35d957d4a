"""Results of lists, and the protocol of the back ends that return them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harvest_client.auth.oauth import AccountSummary
from harvest_client.entities import Entity, Rate
from harvest_client.http.retry import Flow
from harvest_client.models.records import OddRecord, Record
from harvest_client.search.query import Search, SearchPage


@dataclass(frozen=True, slots=True)
class Meta:
    """Metadata of a page. `total_entries` counts the whole list, as of this response.

    `truncated`: there are more records, and no way to list them (hosted only): nobody should sum
    what is here.
    """

    next_link: str | None
    total_entries: int | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, in Harvest's order. `odd` has the records that `data` leaves out."""

    data: list[Record]
    meta: Meta
    odd: tuple[OddRecord, ...] = ()


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
    def search(self, search: Search) -> Flow[SearchPage]: ...
    def me(self, fields: Sequence[str] = ()) -> Flow[Record]: ...
    def accounts(self) -> Flow[list[AccountSummary]]: ...
