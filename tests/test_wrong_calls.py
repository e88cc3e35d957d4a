"""What is wrong with a call is said before any request, with the nearest right name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from harvest_client import Airbyte, AsyncHarvest, Harvest, NoCopy, PersonalToken, UsageError
from harvest_client.auth.credentials import Credentials
from harvest_client.search import SearchError

HOSTED = Airbyte(client_id="id", client_secret="secret")
ACCESS: dict[str, Credentials] = {
    "direct": PersonalToken(token="token", account_id="1"),
    "hosted": HOSTED,
}
both = pytest.mark.parametrize("source", ACCESS)

Call = Callable[[Any], Any]


def nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url.path} was asked")


@pytest.fixture(params=["sync", "async"])
def refusal(request: pytest.FixtureRequest) -> Iterator[Callable[[Credentials, Call], str]]:
    """The words that a call is refused with by a client that may not ask anybody."""

    def refused(access: Credentials, call: Call) -> str:
        with Harvest(access, transport=httpx.MockTransport(nobody)) as harvest:
            with pytest.raises(UsageError) as caught:
                wait_for(call(harvest))
            assert harvest.requests == 0
        return str(caught.value)

    async def refused_awaiting(access: Credentials, call: Call) -> str:
        async with AsyncHarvest(access, transport=httpx.MockTransport(nobody)) as harvest:
            with pytest.raises(UsageError) as caught:
                await wait_for_all(call, harvest)
            assert harvest.requests == 0
        return str(caught.value)

    with closing(asyncio.Runner()) as runner:
        if request.param == "sync":
            yield refused
        else:
            yield lambda access, call: runner.run(refused_awaiting(access, call))


def wait_for(answer: Any) -> None:
    if isinstance(answer, Iterator):
        list(answer)


async def wait_for_all(call: Call, harvest: AsyncHarvest) -> None:
    answer = call(harvest)
    if isinstance(answer, AsyncIterator):
        _ = [one async for one in answer]
    else:
        await answer


WRONG: dict[str, tuple[Call, str]] = {
    "entity": (lambda harvest: harvest.time_entry.list(), "did you mean 'time_entries'?"),
    "entity by name": (lambda h: h.execute("user", "list"), "did you mean 'users'?"),
    "action": (lambda h: h.execute("users", "lst"), "did you mean 'list'?"),
    "action of others": (lambda h: h.execute("company", "list"), "company has no action 'list'"),
    "get of a report": (
        lambda h: h.execute("time_projects", "get", {"id": 1}),
        "time_projects has no action 'get'",
    ),
    "get of a report by method": (lambda h: h.time_tasks.get(1), "time_tasks has no action 'get'"),
    "list of the company": (lambda h: h.company.list(), "company has no action 'list'"),
    "writing action": (lambda h: h.execute("users", "delete", {"id": 1}), "no action 'delete'"),
    "parameter of list": (lambda h: h.users.list(per_pag=5), "did you mean 'per_page'?"),
    "parameter of pages": (lambda h: h.users.pages(per_pag=5), "did you mean 'per_page'?"),
    "parameter of all": (lambda h: h.users.all(per_pag=5), "did you mean 'per_page'?"),
    "parameter of a report": (
        lambda h: h.time_tasks.list(fro="20260101", to="20260131"),
        "did you mean 'from'?",
    ),
    "parameter of get": (lambda h: h.users.get(idd=5), "did you mean 'id'?"),
    "parameter of get by name": (
        lambda h: h.execute("users", "get", {"ids": 5}),
        "did you mean 'id'?",
    ),
    "parameter of search": (lambda h: h.users.search({}, limits=5), "did you mean 'limit'?"),
    "parameter of search by name": (
        lambda h: h.execute("users", "search", {"query": {}, "field": ["id"]}),
        "did you mean 'fields'?",
    ),
    "key of a query": (lambda h: h.users.search({"filters": {}}), "did you mean filter?"),
    "no query": (lambda h: h.users.search(), "$.query must be there"),
    "no query by name": (lambda h: h.execute("users", "search"), "$.query must be there"),
    "field": (
        lambda h: h.users.search({"filter": {"eq": {"first_nam": "Ada"}}}),
        "did you mean first_name?",
    ),
    "field inside": (
        lambda h: h.projects.search({"filter": {"eq": {"client.nam": "Ada"}}}),
        "did you mean client.name?",
    ),
    "field to sort by": (
        lambda h: h.users.search({"sort": [{"first_nam": "asc"}]}),
        "did you mean first_name?",
    ),
    "field to return": (
        lambda h: h.users.search({}, fields=["idd"]),
        "did you mean id?",
    ),
    "operator": (
        lambda h: h.users.search({"filter": {"equals": {"first_name": "Ada"}}}),
        "is no operator; there are and, any,",
    ),
    "operator of later": (
        lambda h: h.users.search_all({"filter": {"startwith": {"first_name": "Ada"}}}),
        "did you mean startswith?",
    ),
    "operator for another kind": (
        lambda h: h.users.search({"filter": {"like": {"is_active": "t%"}}}),
        "which `like` does not compare",
    ),
    "order": (lambda h: h.users.search({"sort": [{"id": "up"}]}), "must be asc or desc"),
    "per_page 0": (lambda h: h.users.list(per_page=0), "per_page is 1 to 2000, not 0"),
    "per_page 2001": (lambda h: h.users.list(per_page=2001), "1 to 2000, not 2001"),
    "per_page of all": (lambda h: h.users.all(per_page=2001), "1 to 2000, not 2001"),
    "per_page by name": (
        lambda h: h.execute("users", "list", {"per_page": -1}),
        "1 to 2000, not -1",
    ),
    "per_page True": (lambda h: h.users.list(per_page=True), "1 to 2000, not True"),
    "per_page of a report": (
        lambda h: h.time_projects.list(from_="20260101", to="20260131", per_page=2001),
        "1 to 2000, not 2001",
    ),
    "limit 0": (lambda h: h.users.search({}, limit=0), "$.limit must be"),
    "id 0": (lambda h: h.users.get(0), "positive whole number, not 0"),
    "id -1": (lambda h: h.users.get("-1"), "positive whole number, not '-1'"),
    "id with a path": (lambda h: h.users.get("1/../2"), "positive whole number"),
    "no id": (lambda h: h.users.get(), "positive whole number, not None"),
    "id of the company": (lambda h: h.company.get(7), "there is only one"),
    "no window": (lambda h: h.time_projects.list(), "needs from"),
    "half a window": (lambda h: h.time_projects.list(from_="20260101"), "needs to"),
    "window backwards": (
        lambda h: h.time_tasks.list(from_="20260131", to="20260101"),
        "is later than to",
    ),
    "no day": (
        lambda h: h.time_tasks.list(from_="20260230", to="20260301"),
        "from is a day such as 2026-01-31, not '20260230'",
    ),
    "day as printed by others": (
        lambda h: h.time_tasks.list(from_="31.01.2026", to="20260301"),
        "from is a day",
    ),
    "both names of one parameter": (
        lambda h: h.time_tasks.list(**{"from": "20260101", "from_": "20260101"}, to="20260301"),
        "are the same parameter",
    ),
}


@both
@pytest.mark.parametrize(("call", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_call_is_refused_before_any_request(
    refusal: Callable[[Credentials, Call], str], source: str, call: Call, words: str
) -> None:
    assert words in refusal(ACCESS[source], call)


HOSTED_TAKES: dict[str, tuple[Call, str]] = {
    "page": (lambda h: h.users.list(page=2), "takes no parameter 'page'"),
    "updated_since": (
        lambda h: h.users.list(updated_since="2026-01-01T00:00:00Z"),
        "takes no parameter 'updated_since'; there are: per_page",
    ),
    "is_active": (lambda h: h.projects.list(is_active=True), "takes no parameter 'is_active'"),
    "all": (lambda h: h.projects.all(client_id=1), "takes no parameter 'client_id'"),
    "pages": (lambda h: h.projects.pages(client_id=1), "takes no parameter 'client_id'"),
    "count": (lambda h: h.projects.count(client_id=1), "takes no parameter 'client_id'"),
    "window of entries": (
        lambda h: h.time_entries.list(user_id=1),
        "takes no parameter 'user_id'",
    ),
    "fixed fees": (
        lambda h: h.time_projects.list(from_="20260101", to="20260131", include_fixed_fee=True),
        "takes no parameter 'include_fixed_fee'",
    ),
    "report it lacks": (
        lambda h: h.time_clients.list(from_="20260101", to="20260131"),
        "the hosted connector",
    ),
    "report it lacks, searched": (
        lambda h: h.execute("uninvoiced", "list", {"from": "20260101", "to": "20260131"}),
        "the hosted connector",
    ),
    "who": (lambda h: h.me(), "does not say"),
    "accounts": (lambda h: h.accounts(), "the one account"),
    "field that no copy has": (
        lambda h: h.time_entries.search({"filter": {"gt": {"rounded_hours": 1}}}),
        "has no field 'rounded_hours'",
    ),
    "sorted by it": (
        lambda h: h.time_entries.search({"sort": [{"rounded_hours": "asc"}]}),
        "cannot be sorted by 'rounded_hours'",
    ),
    "returned": (
        lambda h: h.time_entries.search({}, fields=["id", "rounded_hours"]),
        "has no field 'rounded_hours'",
    ),
    "cursor of nobody": (lambda h: h.users.search({}, cursor="bm9ib2R5"), "$.cursor is damaged"),
    "cursor out of letters": (lambda h: h.users.search({}, cursor="ä"), "$.cursor is damaged"),
}


@pytest.mark.parametrize(("call", "words"), HOSTED_TAKES.values(), ids=HOSTED_TAKES)
def test_what_the_connector_would_ignore_in_silence_is_refused(
    refusal: Callable[[Credentials, Call], str], call: Call, words: str
) -> None:
    assert words in refusal(HOSTED, call)


def test_a_search_of_harvest_itself_wants_a_copy(
    refusal: Callable[[Credentials, Call], str],
) -> None:
    words = refusal(ACCESS["direct"], lambda harvest: harvest.users.search({}))

    assert "Harvest itself has no search" in words
    assert issubclass(NoCopy, UsageError)
    assert issubclass(SearchError, UsageError)
