"""Calls of one entity, synchronous and asynchronous."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from harvest_client.entities import Action, Entity
from harvest_client.errors import PaginationLoop, Truncated, UsageError
from harvest_client.http.retry import Flow
from harvest_client.models.decoding import malformed
from harvest_client.models.records import Record
from harvest_client.models.results import Page
from harvest_client.search.query import Search, SearchPage, read_search

_SEARCH_TAKES = ("query", "limit", "cursor", "fields")


def action_of(entity: Entity, name: object) -> Action:
    """Return the action of that name; `UsageError` offers the nearest that the entity has."""
    for action in entity.actions:
        if action == name:
            return action
    raise UsageError.unknown_name(f"{entity.name} has no action", str(name), entity.actions)


def get_id(entity: Entity, params: Mapping[str, object]) -> Any:
    """Return the `id` of a get; None where none was given."""
    _refuse_others(entity, Action.GET, params, ("id",) if entity.primary_key == ("id",) else ())
    return params.get("id")


def search_of(entity: Entity, params: Mapping[str, object]) -> Search:
    """Return the search that these parameters ask for; None counts as left out."""
    action_of(entity, Action.SEARCH)
    _refuse_others(entity, Action.SEARCH, params, _SEARCH_TAKES)
    return read_search(entity, {name: value for name, value in params.items() if value is not None})


def _refuse_others(
    entity: Entity, action: Action, params: Mapping[str, object], known: tuple[str, ...]
) -> None:
    for name in params:
        if name not in known:
            raise UsageError.unknown_name(f"{entity.name} {action} takes no parameter", name, known)


if TYPE_CHECKING:
    from harvest_client.client.harvest import AsyncHarvest, Harvest

Answer = Page | Record | SearchPage
"""What an action answers: a list a `Page`, a get a `Record`, a search a `SearchPage`."""

AnyPage = TypeVar("AnyPage", Page, SearchPage)


class Resource:
    """The calls of one entity.

    Parameters of a list are the entity table's, `from_` standing for `from`; None leaves one out.
    Days are `date` or text, instants are `datetime` with a zone or ISO text. Wrong calls raise
    `UsageError` at once; everything else that can go wrong is in `harvest_client.errors`.
    """

    def __init__(self, entity: Entity, harvest: "Harvest", *, collects_odd: bool = False) -> None:
        self.entity = entity
        self._harvest = harvest
        self._collects_odd = collects_odd

    def collect_odd(self) -> "Resource":
        """Return the same calls, with odd records in the `odd` of a page instead of `Malformed`.

        `get`, `all` and `search_all`, which return records without a page, raise it still.
        """
        return Resource(self.entity, self._harvest, collects_odd=True)

    def list(self, **parameters: object) -> Page:
        """Return the first page: 2,000 records unless `per_page` says less.

        A report over more than Harvest's 365 days is asked for in parts and added up.
        """
        page = self._harvest.run(self._harvest.source.page(self.entity, parameters))
        return page if self._collects_odd else require_documented(page)

    def pages(self, **parameters: object) -> Iterator[Page]:
        """Yield every page, each fetched when it is asked for."""
        walk = self._harvest.source.walk(self.entity, parameters)
        pages = map(self._harvest.run, walk)
        return pages if self._collects_odd else map(require_documented, pages)

    def all(self, **parameters: object) -> Iterator[Record]:
        """Every record, fetched a page at a time; `Truncated` where a hosted list has more."""
        pages = self.pages(**parameters)
        return (record for page in pages for record in require_whole(self.entity, page))

    def count(self, **parameters: object) -> int | None:
        """Return the number of records, for one request; None if Harvest does not state it."""
        return self._harvest.run(self._harvest.source.count(self.entity, parameters))

    def get(self, id: int | str | None = None, **unknown: object) -> Record:
        """Return one record; the company, of which there is one, takes no id."""
        get_id(self.entity, unknown)
        return self._harvest.run(self._harvest.source.record(self.entity, id))

    def search(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> SearchPage:
        """Return one page of the records that `query` selects: `{"filter": …, "sort": […]}`.

        At most `limit` records, 1,000 unless it says otherwise; `cursor` is `meta.cursor` of the
        page before. `fields` are paths such as `client.name`; without them, every field comes that
        is there to be searched. Searches the hosted copy or the local one; see `docs/search.md`.
        """
        return self._search_page(make_search(self.entity, query, limit, cursor, fields, unknown))

    def search_pages(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> Iterator[SearchPage]:
        """Yield every page of the records that `query` selects, `limit` at a time; none twice."""
        return self._search_pages(make_search(self.entity, query, limit, None, fields, unknown))

    def search_all(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> Iterator[Record]:
        """Yield every record that `query` selects, `limit` at a time; none twice."""
        search = make_search(self.entity, query, limit, None, fields, unknown)
        return (
            record
            for page in self._search_pages(search)
            for record in require_documented(page).data
        )

    def execute(self, action: str, params: Mapping[str, object]) -> Answer:
        """Return one action by its name, as `Harvest.execute`."""
        match action_of(self.entity, action):
            case Action.LIST:
                return self.list(**params)
            case Action.GET:
                return self.get(get_id(self.entity, params))
            case Action.SEARCH:
                return self._search_page(search_of(self.entity, params))

    def _search_page(self, search: Search) -> SearchPage:
        page = self._harvest.find(search)
        return page if self._collects_odd else require_documented(page)

    def _search_pages(self, search: Search) -> Iterator[SearchPage]:
        seen = DuplicateFilter(search)
        while True:
            page = self._search_page(search)
            yield replace(page, data=list(seen.drop_duplicates(page)))
            if not page.meta.has_more:
                return
            search = replace(search, cursor=page.meta.cursor)


class AsyncResource:
    """The same calls, awaited or iterated over with `async for`. See `Resource`."""

    def __init__(
        self, entity: Entity, harvest: "AsyncHarvest", *, collects_odd: bool = False
    ) -> None:
        self.entity = entity
        self._harvest = harvest
        self._collects_odd = collects_odd

    def collect_odd(self) -> "AsyncResource":
        return AsyncResource(self.entity, self._harvest, collects_odd=True)

    async def list(self, **parameters: object) -> Page:
        page = await self._harvest.run(self._harvest.source.page(self.entity, parameters))
        return page if self._collects_odd else require_documented(page)

    def pages(self, **parameters: object) -> AsyncIterator[Page]:
        return self._iterate_pages(self._harvest.source.walk(self.entity, parameters))

    def all(self, **parameters: object) -> AsyncIterator[Record]:
        pages = self.pages(**parameters)
        return (record async for page in pages for record in require_whole(self.entity, page))

    async def _iterate_pages(self, walk: Iterator[Flow[Page]]) -> AsyncIterator[Page]:
        for conversation in walk:
            page = await self._harvest.run(conversation)
            yield page if self._collects_odd else require_documented(page)

    async def count(self, **parameters: object) -> int | None:
        return await self._harvest.run(self._harvest.source.count(self.entity, parameters))

    async def get(self, id: int | str | None = None, **unknown: object) -> Record:
        get_id(self.entity, unknown)
        return await self._harvest.run(self._harvest.source.record(self.entity, id))

    async def search(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> SearchPage:
        return await self._search_page(
            make_search(self.entity, query, limit, cursor, fields, unknown)
        )

    def search_pages(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> AsyncIterator[SearchPage]:
        return self._search_pages(make_search(self.entity, query, limit, None, fields, unknown))

    def search_all(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> AsyncIterator[Record]:
        search = make_search(self.entity, query, limit, None, fields, unknown)
        return (
            record
            async for page in self._search_pages(search)
            for record in require_documented(page).data
        )

    async def execute(self, action: str, params: Mapping[str, object]) -> Answer:
        match action_of(self.entity, action):
            case Action.LIST:
                return await self.list(**params)
            case Action.GET:
                return await self.get(get_id(self.entity, params))
            case Action.SEARCH:
                return await self._search_page(search_of(self.entity, params))

    async def _search_page(self, search: Search) -> SearchPage:
        page = await self._harvest.find(search)
        return page if self._collects_odd else require_documented(page)

    async def _search_pages(self, search: Search) -> AsyncIterator[SearchPage]:
        seen = DuplicateFilter(search)
        while True:
            page = await self._search_page(search)
            yield replace(page, data=list(seen.drop_duplicates(page)))
            if not page.meta.has_more:
                return
            search = replace(search, cursor=page.meta.cursor)


class DuplicateFilter:
    """Filter of records that a search has returned: a copy may change while it is read."""

    def __init__(self, search: Search) -> None:
        chosen, key = search.fields, search.entity.primary_key
        # Without its key in it, a record cannot be told from another.
        self._key = key if chosen is None or set(key) <= set(chosen) else ()
        self._seen: set[tuple[object, ...]] = set()
        self._name, self._cursors = search.entity.name, set[str]()

    def drop_duplicates(self, page: SearchPage) -> Iterator[Record]:
        for record in page.data:
            key = tuple(getattr(record, name) for name in self._key)
            # Nor can rows of an unknown currency be told apart.
            if not key or None in key or key not in self._seen:
                self._seen.add(key)
                yield record
        if page.meta.cursor in self._cursors:
            raise PaginationLoop(f"{self._name}: the next page was read before.")
        if page.meta.cursor:
            self._cursors.add(page.meta.cursor)


def make_search(
    entity: Entity, query: object, limit: object, cursor: object, fields: object,
    unknown: Mapping[str, object],
) -> Search:  # fmt: skip
    values = {"query": query, "limit": limit, "cursor": cursor, "fields": fields}
    return search_of(entity, values | dict(unknown))


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
