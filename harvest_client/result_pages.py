"""Pages of records: checked, and freed of records that came before."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from harvest_client.calls import search_of
from harvest_client.decoding import malformed
from harvest_client.entities import Entity
from harvest_client.errors import EndlessList, Truncated
from harvest_client.records import Record
from harvest_client.results import Page
from harvest_client.search.query import Search, SearchPage

AnyPage = TypeVar("AnyPage", Page, SearchPage)


class Seen:
    """Which records a search has had: a copy may change while it is read."""

    def __init__(self, asked: Search) -> None:
        chosen, key = asked.fields, asked.entity.primary_key
        # Without its key in it, a record cannot be told from another.
        self._key = key if chosen is None or set(key) <= set(chosen) else ()
        self._seen: set[tuple[object, ...]] = set()
        self._name, self._cursors = asked.entity.name, set[str]()

    def new(self, page: SearchPage) -> Iterator[Record]:
        for record in page.data:
            key = tuple(getattr(record, name) for name in self._key)
            if not key or key not in self._seen:
                self._seen.add(key)
                yield record
        if page.meta.cursor in self._cursors:
            raise EndlessList(f"{self._name}: the next page was read before.")
        if page.meta.cursor:
            self._cursors.add(page.meta.cursor)


def make_search(
    entity: Entity, query: object, limit: object, cursor: object, fields: object,
    unknown: Mapping[str, object],
) -> Search:  # fmt: skip
    given = {"query": query, "limit": limit, "cursor": cursor, "fields": fields}
    return search_of(entity, given | dict(unknown))


def require_whole(entity: Entity, page: Page) -> Iterator[Record]:
    """Return the records; raises `Truncated` or `Malformed` if they are not all."""
    if page.meta.truncated:
        raise Truncated(
            f"{entity.name}: the hosted list ends after {len(page.data):,} of more records."
        )
    return iter(require_documented(page).data)


def require_documented(page: AnyPage) -> AnyPage:
    """Return the page; raises `Malformed` if it has an odd record."""
    if page.odd:
        raise malformed(page.odd[0])
    return page
