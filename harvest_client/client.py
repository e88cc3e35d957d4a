"""`Harvest` and `AsyncHarvest`: two thin drivers of the same conversations."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Self, TypeVar

import httpx

from harvest_client.access import Access, PersonalToken
from harvest_client.account import Account
from harvest_client.addresses import HARVEST
from harvest_client.budget import Budgets
from harvest_client.errors import Forbidden, NotFound
from harvest_client.oauth import AccountOf
from harvest_client.patience import Conversation, Heard
from harvest_client.records import Record
from harvest_client.resources import Answer, AsyncResource, Resource
from harvest_client.search.query import Copy, Search, SearchPage
from harvest_client.transport import Wait, send, send_async

Result = TypeVar("Result")


class Harvest(Account[Resource, httpx.Client]):
    """A Harvest account, for use from any number of threads.

    `access` says which and by what right: `PersonalToken` (for which token, account_id, base_url
    and contact may stand alone), `OAuth` or `Airbyte`. `copy` is the local copy that searches
    ask where the source has no search of its own.

    `deadline` is how many seconds one answer may take, `patience` how many all the waiting and
    asking again for it may. `budgets` are shared by all clients of the same token when left out.
    `on_request` is called for each request sent, `sleep` for each wait; what either raises ends
    the call. `transport` replaces the network.
    """

    def __init__(
        self,
        access: Access | None = None,
        *,
        token: str | None = None,
        account_id: str | None = None,
        base_url: str = HARVEST,
        contact: str | None = None,
        copy: Copy | None = None,
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
            access
            or PersonalToken(
                token=token, account_id=account_id, base_url=base_url, contact=contact
            ),
            copy=copy,
            budgets=budgets,
            deadline=deadline,
            patience=patience,
            on_request=on_request,
        )
        self._sleep = sleep

    def execute(
        self, entity: str, action: str, params: Mapping[str, object] | None = None
    ) -> Answer:
        """One call by its names, as the hosted API takes it: `execute("users", "get", {"id": 1})`.

        Unknown entities, actions and parameters are refused before any request.
        """
        return self.resource(entity).execute(action, params or {})

    def find(self, asked: Search) -> SearchPage:
        """One page of a search that was checked before, wherever searches are answered."""
        if self.copy is None or self.source.searches:
            return self.run(self.source.search(asked))
        return self.copy.search(asked)

    def me(self, fields: Sequence[str] = ()) -> Record:
        """The owner of the token; the one call that every token may make.

        With `fields`, only those are read, so that an odd value of another does not matter.
        """
        return self.run(self.source.me(fields))

    def accounts(self) -> list[AccountOf]:
        """The Harvest accounts that the token opens."""
        return self.run(self.source.accounts())

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
                except (Forbidden, NotFound) as error:
                    self._suspect(error)
                    raise
                if isinstance(step, Wait):
                    self._sleep(step.seconds)
                    heard = None
                else:
                    self._count_request()
                    heard = send(self._http, step, self._deadline)
                    self._notice(heard, step)

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
        access: Access | None = None,
        *,
        token: str | None = None,
        account_id: str | None = None,
        base_url: str = HARVEST,
        contact: str | None = None,
        copy: Copy | None = None,
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
            access
            or PersonalToken(
                token=token, account_id=account_id, base_url=base_url, contact=contact
            ),
            copy=copy,
            budgets=budgets,
            deadline=deadline,
            patience=patience,
            on_request=on_request,
        )
        self._sleep = sleep

    async def execute(
        self, entity: str, action: str, params: Mapping[str, object] | None = None
    ) -> Answer:
        return await self.resource(entity).execute(action, params or {})

    async def find(self, asked: Search) -> SearchPage:
        if self.copy is None or self.source.searches:
            return await self.run(self.source.search(asked))
        return await asyncio.to_thread(self.copy.search, asked)

    async def me(self, fields: Sequence[str] = ()) -> Record:
        return await self.run(self.source.me(fields))

    async def accounts(self) -> list[AccountOf]:
        return await self.run(self.source.accounts())

    async def run(self, conversation: Conversation[Result]) -> Result:
        heard: Heard = None
        with closing(conversation):
            while True:
                try:
                    step = conversation.send(heard)
                except StopIteration as end:
                    result: Result = end.value
                    return result
                except (Forbidden, NotFound) as error:
                    self._suspect(error)
                    raise
                if isinstance(step, Wait):
                    await self._sleep(step.seconds)
                    heard = None
                else:
                    self._count_request()
                    heard = await send_async(self._http, step, self._deadline)
                    self._notice(heard, step)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.aclose()
