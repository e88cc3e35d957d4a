"""The calls of one entity, awaited."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harvest_client.calls import action_of, get_id, search_of
from harvest_client.entities import Action, Entity
from harvest_client.patience import Conversation
from harvest_client.records import Record
from harvest_client.resources import Answer
from harvest_client.result_pages import Seen, make_search, require_documented, require_whole
from harvest_client.results import Page
from harvest_client.search.query import Search, SearchPage

if TYPE_CHECKING:
    from harvest_client.client import AsyncHarvest


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
        return self._each(self._harvest.source.walk(self.entity, parameters))

    def all(self, **parameters: object) -> AsyncIterator[Record]:
        pages = self.pages(**parameters)
        return (record async for page in pages for record in require_whole(self.entity, page))

    async def _each(self, walk: Iterator[Conversation[Page]]) -> AsyncIterator[Page]:
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
        return await self._find(make_search(self.entity, query, limit, cursor, fields, unknown))

    def search_pages(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> AsyncIterator[SearchPage]:
        return self._pages(make_search(self.entity, query, limit, None, fields, unknown))

    def search_all(
        self,
        query: Mapping[str, object] | str | None = None,
        *,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
        **unknown: object,
    ) -> AsyncIterator[Record]:
        asked = make_search(self.entity, query, limit, None, fields, unknown)
        return (
            record async for page in self._pages(asked) for record in require_documented(page).data
        )

    async def execute(self, action: str, params: Mapping[str, object]) -> Answer:
        match action_of(self.entity, action):
            case Action.LIST:
                return await self.list(**params)
            case Action.GET:
                return await self.get(get_id(self.entity, params))
            case Action.SEARCH:
                return await self._find(search_of(self.entity, params))

    async def _find(self, asked: Search) -> SearchPage:
        page = await self._harvest.find(asked)
        return page if self._collects_odd else require_documented(page)

    async def _pages(self, asked: Search) -> AsyncIterator[SearchPage]:
        seen = Seen(asked)
        while True:
            page = await self._find(asked)
            yield replace(page, data=list(seen.new(page)))
            if not page.meta.has_more:
                return
            asked = replace(asked, cursor=page.meta.cursor)
