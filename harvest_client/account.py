"""Base class of `Harvest` and `AsyncHarvest`: an attribute for each entity or report."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Generic, TypeVar

from harvest_client.access import Credentials
from harvest_client.budget import Budgets
from harvest_client.entities import DETAILS, ENTITIES, REPORTS, Entity, Rate
from harvest_client.errors import Forbidden, HarvestError, NotFound, UnknownName, suspect_login
from harvest_client.patience import RetryPolicy
from harvest_client.requests import AuthorizedRequest, Get
from harvest_client.search.query import LocalSearch
from harvest_client.transport import RawResponse, client_options

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
        """The entity or report of that name; `UnknownName` offers the nearest."""
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

    def _note_success(self, heard: RawResponse | HarvestError, asked: AuthorizedRequest) -> None:
        if isinstance(heard, RawResponse) and heard.status < 300 and isinstance(asked.request, Get):
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
