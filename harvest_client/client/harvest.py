"""Clients `Harvest` and `AsyncHarvest`, two drivers of the same flows."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Lock
from typing import Generic, Self, TypeVar

import httpx

from harvest_client.auth.credentials import HARVEST, Credentials, PersonalToken
from harvest_client.auth.oauth import AccountSummary
from harvest_client.client.resources import Answer, AsyncResource, Resource
from harvest_client.entities import DETAILS, ENTITIES, REPORTS, Entity, Rate
from harvest_client.errors import Forbidden, HarvestError, NotFound, UnknownName, suspect_login
from harvest_client.http.rate_limit import Budgets
from harvest_client.http.requests import AuthorizedRequest, Get
from harvest_client.http.retry import Flow, RetryPolicy, StepResult
from harvest_client.http.transport import RawResponse, Sleep, client_options, send, send_async
from harvest_client.models.records import Record
from harvest_client.search.query import LocalSearch, Search, SearchPage

ResourceT = TypeVar("ResourceT")
HttpT = TypeVar("HttpT")


class BaseClient(Generic[ResourceT, HttpT]):
    """One Harvest account. `requests` is how many requests were sent, retries included."""

    users: ResourceT
    clients: ResourceT
    contacts: ResourceT
    company: ResourceT
    projects: ResourceT
    tasks: ResourceT
    time_entries: ResourceT
    invoices: ResourceT
    invoice_item_categories: ResourceT
    estimates: ResourceT
    estimate_item_categories: ResourceT
    expenses: ResourceT
    expense_categories: ResourceT
    roles: ResourceT
    user_assignments: ResourceT
    task_assignments: ResourceT
    time_projects: ResourceT
    time_tasks: ResourceT
    time_clients: ResourceT
    time_team: ResourceT
    expenses_clients: ResourceT
    expenses_projects: ResourceT
    expenses_categories: ResourceT
    expenses_team: ResourceT
    uninvoiced: ResourceT
    project_budget: ResourceT
    invoice_payments: ResourceT
    user_teammates: ResourceT

    def __init__(
        self,
        resource: Callable[[Entity], ResourceT],
        http: Callable[..., HttpT],
        access: Credentials,
        *,
        copy: LocalSearch | None,
        budgets: Budgets | None,
        deadline: float,
        patience: float,
        on_request: Callable[[], None] | None,
    ) -> None:
        self.source = access.make_backend(budgets, RetryPolicy(seconds=patience))
        self.copy = copy
        self.requests = 0
        self._server_time: datetime | None = None
        self._was_answered = False
        self._counting = Lock()
        self._on_request = on_request
        self._deadline = deadline
        self._http = http(
            **client_options(base=access.base, user_agent=access.user_agent, deadline=deadline)
        )
        self._resources = {
            name: resource(entity) for name, entity in {**ENTITIES, **REPORTS, **DETAILS}.items()
        }
        self.__dict__.update(self._resources)

    def get_resource(self, name: str) -> ResourceT:
        """Return the entity or report of that name; `UnknownName` offers the nearest."""
        if name not in self._resources:
            raise UnknownName.unknown_name("there is no entity", name, self._resources)
        return self._resources[name]

    def __getattr__(self, name: str) -> ResourceT:
        # Only called for what is not there. Python's own questions are not misspelled entities.
        if name.startswith("_"):
            raise AttributeError(name)
        return self.get_resource(name)

    @property
    def server_time(self) -> datetime | None:
        """Return the time of Harvest's own clock in its last response; None before the first.

        To the second and in UTC. Changes are stamped by that clock, so it is the one to ask for
        changes by.
        """
        return self._server_time

    @property
    def requests_at_hand(self) -> int:
        """Return the number of requests, reports apart, that the budget allows now."""
        return self.source.at_hand()

    @property
    def reports_at_hand(self) -> int:
        """Number of requests for reports that could be sent now without waiting."""
        return self.source.at_hand(Rate.REPORTS)

    def _note_success(self, heard: RawResponse | HarvestError, request: AuthorizedRequest) -> None:
        if (
            isinstance(heard, RawResponse)
            and heard.status < 300
            and isinstance(request.request, Get)
        ):
            self._was_answered = True
        date = heard.headers.get("Date") if isinstance(heard, RawResponse) else None
        if date is None:
            return
        try:
            moment = parsedate_to_datetime(date)
        except ValueError:
            return
        self._server_time = moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _explain_first_error(self, error: Forbidden | NotFound) -> None:
        """Name a wrong token and a wrong account where the very first question is refused."""
        if not self._was_answered:
            suspect_login(error)

    def _count_request(self) -> None:
        with self._counting:
            self.requests += 1
        if self._on_request:
            self._on_request()


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

    def find(self, search: Search) -> SearchPage:
        """Return one page of a search that was checked before, wherever searches are answered."""
        if self.copy is None or self.source.searches:
            return self.run(self.source.search(search))
        return self.copy.search(search)

    def me(self, fields: Sequence[str] = ()) -> Record:
        """Return the owner of the token; the one call that every token may make.

        With `fields`, only those are read, so that an odd value of another does not matter.
        """
        return self.run(self.source.me(fields))

    def accounts(self) -> list[AccountSummary]:
        """Return the Harvest accounts that the token opens."""
        return self.run(self.source.accounts())

    def run(self, conversation: Flow[Result]) -> Result:
        """Send and sleeps as the conversation wishes, and returns its result."""
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

    async def find(self, search: Search) -> SearchPage:
        if self.copy is None or self.source.searches:
            return await self.run(self.source.search(search))
        return await asyncio.to_thread(self.copy.search, search)

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
