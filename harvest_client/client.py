"""`Harvest` and `AsyncHarvest`: two thin drivers of the same conversations."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Self, TypeVar

import httpx

from harvest_client.account import HARVEST, Account
from harvest_client.budget import Budgets
from harvest_client.direct import Page
from harvest_client.entities import Entity
from harvest_client.patience import Conversation, Heard
from harvest_client.records import Record
from harvest_client.transport import Wait, send, send_async

Result = TypeVar("Result")


class Resource:
    """The calls of one entity.

    Parameters are the entity table's, `from_` standing for `from`; None leaves one out. Days are
    `date` or text, instants are `datetime` with a zone or ISO text. Wrong calls raise `UsageError`
    at once; everything else that can go wrong is in `harvest_client.errors`.
    """

    def __init__(self, entity: Entity, harvest: "Harvest") -> None:
        self.entity = entity
        self._harvest = harvest

    def list(self, **parameters: object) -> Page:
        """The first page: 2,000 records unless `per_page` says less."""
        return self._harvest.run(self._harvest.direct.page(self.entity, parameters))

    def pages(self, **parameters: object) -> Iterator[Page]:
        """Every page, each fetched when it is asked for."""
        walk = self._harvest.direct.walk(self.entity, parameters)
        return (self._harvest.run(page) for page in walk)

    def all(self, **parameters: object) -> Iterator[Record]:
        """Every record, fetched a page at a time."""
        return (record for page in self.pages(**parameters) for record in page.data)

    def count(self, **parameters: object) -> int | None:
        """How many records there are, for one request; None when Harvest does not say."""
        return self._harvest.run(self._harvest.direct.count(self.entity, parameters))

    def get(self, id: int | str | None = None) -> Record:
        """One record; the company, of which there is one, takes no id."""
        return self._harvest.run(self._harvest.direct.record(self.entity, id))


class AsyncResource:
    """The same calls, awaited or iterated over with `async for`. See `Resource`."""

    def __init__(self, entity: Entity, harvest: "AsyncHarvest") -> None:
        self.entity = entity
        self._harvest = harvest

    async def list(self, **parameters: object) -> Page:
        return await self._harvest.run(self._harvest.direct.page(self.entity, parameters))

    def pages(self, **parameters: object) -> AsyncIterator[Page]:
        return self._each(self._harvest.direct.walk(self.entity, parameters))

    def all(self, **parameters: object) -> AsyncIterator[Record]:
        pages = self.pages(**parameters)
        return (record async for page in pages for record in page.data)

    async def _each(self, walk: Iterator[Conversation[Page]]) -> AsyncIterator[Page]:
        for page in walk:
            yield await self._harvest.run(page)

    async def count(self, **parameters: object) -> int | None:
        return await self._harvest.run(self._harvest.direct.count(self.entity, parameters))

    async def get(self, id: int | str | None = None) -> Record:
        return await self._harvest.run(self._harvest.direct.record(self.entity, id))


class Harvest(Account[Resource, httpx.Client]):
    """A Harvest account, for use from any number of threads.

    `deadline` is how many seconds one answer may take, `patience` how many all the waiting and
    asking again for it may. `budgets` are shared by all clients of the same token when left out.
    `on_request` is called for each request sent, `sleep` for each wait; what either raises ends
    the call. `transport` replaces the network.
    """

    def __init__(
        self,
        *,
        token: str | None,
        account_id: str | None,
        base_url: str = HARVEST,
        contact: str | None = None,
        transport: httpx.BaseTransport | None = None,
        budgets: Budgets | None = None,
        deadline: float = 60.0,
        patience: float = 120.0,
        on_request: Callable[[], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(
            lambda entity: Resource(entity, self),
            partial(httpx.Client, transport=transport),
            token=token,
            account_id=account_id,
            base_url=base_url,
            contact=contact,
            budgets=budgets,
            deadline=deadline,
            patience=patience,
            on_request=on_request,
        )
        self._sleep = sleep

    def me(self) -> Record:
        """The owner of the token; the one call that every token may make."""
        return self.run(self.direct.me())

    def run(self, conversation: Conversation[Result]) -> Result:
        """Sends and sleeps as the conversation wishes, and returns its result."""
        heard: Heard = None
        with closing(conversation):
            while True:
                try:
                    step = conversation.send(heard)
                except StopIteration as end:
                    result: Result = end.value
                    return result
                if isinstance(step, Wait):
                    self._sleep(step.seconds)
                    heard = None
                else:
                    self._count_request()
                    heard = send(self._http, step, self._deadline)
                    self._notice(heard)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class AsyncHarvest(Account[AsyncResource, httpx.AsyncClient]):
    """A Harvest account, for use from one event loop. See `Harvest`."""

    def __init__(
        self,
        *,
        token: str | None,
        account_id: str | None,
        base_url: str = HARVEST,
        contact: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        budgets: Budgets | None = None,
        deadline: float = 60.0,
        patience: float = 120.0,
        on_request: Callable[[], None] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(
            lambda entity: AsyncResource(entity, self),
            partial(httpx.AsyncClient, transport=transport),
            token=token,
            account_id=account_id,
            base_url=base_url,
            contact=contact,
            budgets=budgets,
            deadline=deadline,
            patience=patience,
            on_request=on_request,
        )
        self._sleep = sleep

    async def me(self) -> Record:
        return await self.run(self.direct.me())

    async def run(self, conversation: Conversation[Result]) -> Result:
        heard: Heard = None
        with closing(conversation):
            while True:
                try:
                    step = conversation.send(heard)
                except StopIteration as end:
                    result: Result = end.value
                    return result
                if isinstance(step, Wait):
                    await self._sleep(step.seconds)
                    heard = None
                else:
                    self._count_request()
                    heard = await send_async(self._http, step, self._deadline)
                    self._notice(heard)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.aclose()
