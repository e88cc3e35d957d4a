"""`Harvest` and `AsyncHarvest`: two thin drivers of the same conversations."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Self, TypeVar

import httpx

from harvest_client.access import Credentials, PersonalToken
from harvest_client.account import BaseClient
from harvest_client.addresses import HARVEST
from harvest_client.budget import Budgets
from harvest_client.errors import Forbidden, NotFound
from harvest_client.oauth import AccountSummary
from harvest_client.patience import Flow, StepResult
from harvest_client.records import Record
from harvest_client.resources import Answer, AsyncResource, Resource
from harvest_client.search.query import LocalSearch, Search, SearchPage
from harvest_client.transport import Sleep, send, send_async

Result = TypeVar("Result")


class Harvest(BaseClient[Resource, httpx.Client]):
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
        access: Credentials | None = None,
        *,
        token: str | None = None,
        account_id: str | None = None,
        base_url: str = HARVEST,
        contact: str | None = None,
        copy: LocalSearch | None = None,
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
        return self.get_resource(entity).execute(action, params or {})

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

    def accounts(self) -> list[AccountSummary]:
        """The Harvest accounts that the token opens."""
        return self.run(self.source.accounts())

    def run(self, conversation: Flow[Result]) -> Result:
        """Sends and sleeps as the conversation wishes, and returns its result."""
        heard: StepResult = None
        with closing(conversation):
            while True:
                try:
                    step = conversation.send(heard)
                except StopIteration as end:
                    result: Result = end.value
                    return result
                except (Forbidden, NotFound) as error:
                    self._explain_first_error(error)
                    raise
                if isinstance(step, Sleep):
                    self._sleep(step.seconds)
                    heard = None
                else:
                    self._count_request()
                    heard = send(self._http, step, self._deadline)
                    self._note_success(heard, step)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class AsyncHarvest(BaseClient[AsyncResource, httpx.AsyncClient]):
    """A Harvest account, for use from one event loop. See `Harvest`."""

    def __init__(
        self,
        access: Credentials | None = None,
        *,
        token: str | None = None,
        account_id: str | None = None,
        base_url: str = HARVEST,
        contact: str | None = None,
        copy: LocalSearch | None = None,
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
        return await self.get_resource(entity).execute(action, params or {})

    async def find(self, asked: Search) -> SearchPage:
        if self.copy is None or self.source.searches:
            return await self.run(self.source.search(asked))
        return await asyncio.to_thread(self.copy.search, asked)

    async def me(self, fields: Sequence[str] = ()) -> Record:
        return await self.run(self.source.me(fields))

    async def accounts(self) -> list[AccountSummary]:
        return await self.run(self.source.accounts())

    async def run(self, conversation: Flow[Result]) -> Result:
        heard: StepResult = None
        with closing(conversation):
            while True:
                try:
                    step = conversation.send(heard)
                except StopIteration as end:
                    result: Result = end.value
                    return result
                except (Forbidden, NotFound) as error:
                    self._explain_first_error(error)
                    raise
                if isinstance(step, Sleep):
                    await self._sleep(step.seconds)
                    heard = None
                else:
                    self._count_request()
                    heard = await send_async(self._http, step, self._deadline)
                    self._note_success(heard, step)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.aclose()
