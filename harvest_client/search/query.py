"""Search query and result, for every backend."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from harvest_client.entities import Entity
from harvest_client.models.records import OddRecord, Record
from harvest_client.search.document import parse
from harvest_client.search.errors import SearchError, nearest_name, quote_name
from harvest_client.search.filter_ast import And, Filter, canonical_json
from harvest_client.search.projection import Order, Sort, read_fields, read_sort
from harvest_client.search.values import is_unicode, load_json

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "LocalSearch",
    "Order",
    "Search",
    "SearchMeta",
    "SearchPage",
    "Sort",
    "search_digest",
    "read_search",
]

DEFAULT_LIMIT = 1000
MAX_LIMIT = 10_000
_MAX_CURSOR = 1_000_000  # characters: it holds the values sorted by, a long note perhaps
_PARAMETERS = ("query", "limit", "cursor", "fields")
_QUERY = ("filter", "sort")


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
    or that the hosted copy does not have, is not there at all, rather than None. `odd` has the
    records of the hosted copy that `data` leaves out.
    """

    data: list[Record]
    meta: SearchMeta
    odd: tuple[OddRecord, ...] = ()


class LocalSearch(Protocol):
    """A local copy of the account that can be searched."""

    def search(self, search: Search) -> SearchPage:
        """Raise `SearchError` for a cursor that belongs to another search."""
        ...


def read_search(entity: Entity, parameters: Mapping[str, object]) -> Search:
    """Return the search of `entity` that the connector's parameters ask for.

    `query` is an object with `filter` and `sort`, or that as JSON text; it must be there, but may
    be empty. Raises `SearchError` with the place of the first fault, such as
    `$.query.filter.and[1].eq.hour`.
    """
    for name in parameters:
        if name not in _PARAMETERS:
            raise SearchError(
                f"$.{quote_name(name)}", "is no parameter" + nearest_name(name, _PARAMETERS)
            )
    if "query" not in parameters:
        raise SearchError("$.query", "must be there; {} asks for everything")
    query = _check_query(parameters["query"])
    cursor, chosen = parameters.get("cursor"), parameters.get("fields")
    return Search(
        entity,
        _read_filter(entity, query),
        read_sort(entity, query.get("sort", ()), "$.query.sort"),
        _check_limit(parameters.get("limit", DEFAULT_LIMIT)),
        None if cursor is None else _check_cursor(cursor),
        None if chosen is None else read_fields(entity, chosen, "$.fields"),
    )


def search_digest(search: Search) -> str:
    """32 hexadecimal digits, the same for searches with the same records in the same order."""
    sort = ",".join(f"{sort.field} {sort.order}" for sort in search.sort)
    whole = f"{search.entity.name}\n{sort}\n{canonical_json(search.filter)}"
    return sha256(whole.encode()).hexdigest()[:32]


def _check_query(query: object) -> Mapping[str, object]:
    if isinstance(query, str):
        try:
            query = load_json(query)
        except SearchError as error:
            raise error.at_place("$.query") from None
    if not isinstance(query, Mapping):
        raise SearchError("$.query", 'must be an object such as {"filter": …, "sort": […]}')
    for name in query:
        if name not in _QUERY:
            raise SearchError(
                f"$.query.{quote_name(name)}", "is no part of it" + nearest_name(name, _QUERY)
            )
    return query


def _read_filter(entity: Entity, query: Mapping[str, object]) -> Filter:
    if "filter" not in query:
        return And(())
    try:
        return parse(query["filter"], entity)
    except SearchError as error:
        raise error.at_place("$.query.filter") from None


def _check_limit(limit: object) -> int:
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_LIMIT:
        raise SearchError("$.limit", f"must be a whole number from 1 to {MAX_LIMIT:,}")
    return limit


def _check_cursor(cursor: object) -> str:
    if not isinstance(cursor, str) or not cursor or not is_unicode(cursor):
        raise SearchError("$.cursor", "must be the `meta.cursor` of the page before")
    if len(cursor) > _MAX_CURSOR:
        raise SearchError("$.cursor", f"is longer than {_MAX_CURSOR:,} characters")
    return cursor
