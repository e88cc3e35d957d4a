"""What a search asks, and what it answers, wherever it is answered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from harvest_client.entities import Entity
from harvest_client.records import Record
from harvest_client.search.conditions import Filter

DEFAULT_LIMIT = 1000


class Order(StrEnum):
    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort condition. Records without a value come last, either way."""

    field: str
    order: Order = Order.ASC


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was checked against the entity.

    `sort` always ends with the entity's primary key, so that no two records are equal in it.
    `fields` are the paths to return, in the order asked for; None: everything the place of the
    search has. `cursor` is `meta.cursor` of the page before.
    """

    entity: Entity
    filter: Filter
    sort: tuple[Sort, ...]
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SearchMeta:
    """`cursor` leads to the next page, None on the last; `took_ms` is what the query took."""

    has_more: bool
    cursor: str | None
    took_ms: float | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of a search, in the order asked for.

    A record has the attributes that were searched for and no others: a field that was left out,
    or that the hosted copy does not have, is not there at all, rather than None.
    """

    data: list[Record]
    meta: SearchMeta


class Copy(Protocol):
    """A local copy of the account that can be searched."""

    def search(self, asked: Search) -> SearchPage:
        """Raises `SearchError` for a cursor that belongs to another search."""
        ...
