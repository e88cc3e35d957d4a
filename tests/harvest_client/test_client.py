import asyncio
import itertools
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import get_type_hints

import httpx
import pytest

import harvest_client
from harvest_client import (
    DETAILS,
    AsyncHarvest,
    AsyncResource,
    Budget,
    Budgets,
    Harvest,
    HarvestError,
    RateLimited,
    Record,
    Resource,
    Unreachable,
)
from harvest_client.client.harvest import BaseClient
from tests.harvest_client.clock import Clock
from tests.harvest_client.fake_harvest import ALL, FakeHarvest
from tests.harvest_client.strict_harvest import LIMIT, ROWS, WINDOW, StrictHarvest, now, sleep


def asynchronous(fake: FakeHarvest, clock: Clock) -> AsyncHarvest:
    return AsyncHarvest(
        token="secret-token",
        account_id="1",
        transport=fake.transport(),
        budgets=Budgets(Budget(95, 15.3, clock=clock), Budget(95, 903.0, clock=clock)),
        sleep=clock.sleep_async,
    )


def test_what_the_door_shows_is_what_it_lists() -> None:
    shown = {
        name
        for name, value in vars(harvest_client).items()
        if not name.startswith("_") and not hasattr(value, "__path__") and hasattr(value, "__doc__")
        if getattr(value, "__spec__", None) is None
    }

    assert shown == set(harvest_client.__all__)
    assert harvest_client.__all__ == sorted(harvest_client.__all__, key=_as_ruff_sorts)


def _as_ruff_sorts(name: str) -> tuple[bool, str]:
    return not name.isupper(), name


def test_each_entity_and_report_is_an_attribute_that_editors_know(harvest: Harvest) -> None:
    declared = {name for name in get_type_hints(BaseClient) if not name.startswith("_")}

    assert declared == {*ALL, *DETAILS}
    for name, entity in {**ALL, **DETAILS}.items():
        assert getattr(harvest, name) is harvest.get_resource(name)
        assert harvest.get_resource(name).entity is entity


def test_the_two_kinds_have_the_same_calls() -> None:
    assert _public(Resource) == _public(AsyncResource)
    assert _public(Harvest) - {"close"} == _public(AsyncHarvest) - {"aclose"}


def _public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_the_two_kinds_ask_and_answer_the_same(harvest: Harvest, fake: FakeHarvest) -> None:
    other, clock = FakeHarvest(), Clock()
    for each in (fake, other):
        each.trouble.append(httpx.Response(429, headers={"Retry-After": "7"}))
        each.trouble.append(httpx.Response(503))

    async def ask() -> list[object]:
        async with asynchronous(other, clock) as harvest:
            return [
                (await harvest.users.list(is_active=True)).data,
                [page.meta async for page in harvest.contacts.pages()],
                [entry async for entry in harvest.time_entries.all(from_="2025-01-01")],
                await harvest.clients.count(),
                await harvest.users.get(id=4410021),
                await harvest.company.get(),
                await harvest.me(),
                harvest.requests,
            ]

    asked = [
        harvest.users.list(is_active=True).data,
        [page.meta for page in harvest.contacts.pages()],
        list(harvest.time_entries.all(from_="2025-01-01")),
        harvest.clients.count(),
        harvest.users.get(id=4410021),
        harvest.company.get(),
        harvest.me(),
        harvest.requests,
    ]

    assert asyncio.run(ask()) == asked
    assert other.asked == fake.asked
    assert clock.waits[0] == 7.0


def test_the_two_kinds_fail_alike(harvest: Harvest, fake: FakeHarvest) -> None:
    other = FakeHarvest()
    fake.trouble.append(httpx.Response(403, json={"message": "no"}))
    other.trouble.append(httpx.Response(403, json={"message": "no"}))

    async def ask() -> None:
        async with asynchronous(other, Clock()) as harvest:
            await harvest.users.list()

    with pytest.raises(HarvestError) as waited:
        asyncio.run(ask())
    with pytest.raises(HarvestError) as called:
        harvest.users.list()

    assert (type(waited.value), str(waited.value)) == (type(called.value), str(called.value))


def test_many_requests_at_once_share_one_loop() -> None:
    fake = FakeHarvest()

    async def ask() -> list[Record]:
        async with asynchronous(fake, Clock()) as harvest:
            calls = (harvest.users.get(id) for id in [4410021, 4410022, 4410023] * 10)
            return await asyncio.gather(*calls)

    assert [user.id for user in asyncio.run(ask())] == [4410021, 4410022, 4410023] * 10


def test_a_task_that_is_cancelled_gives_its_permit_back() -> None:
    budget = Budget(1, 0.0)

    async def ask() -> int:
        started = asyncio.Event()

        async def stall(_: httpx.Request) -> httpx.Response:
            started.set()
            await asyncio.Event().wait()
            raise AssertionError

        async with AsyncHarvest(
            token="t",
            account_id="1",
            transport=httpx.MockTransport(stall),
            budgets=Budgets(budget, budget),
        ) as harvest:
            task = asyncio.create_task(harvest.users.list())
            await started.wait()
            assert budget.reserve() > 0
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return harvest.requests

    assert asyncio.run(ask()) == 1
    assert budget.reserve() == 0.0


def test_each_request_is_told_and_counted(fake: FakeHarvest, clock: Clock) -> None:
    told: list[int] = []
    fake.trouble.append(httpx.Response(503))

    with Harvest(
        token="t",
        account_id="1",
        transport=fake.transport(),
        sleep=clock.sleep,
        on_request=lambda: told.append(1),
    ) as harvest:
        list(harvest.users.all())

    assert len(told) == harvest.requests == len(fake.requests) == 3


def test_a_wait_may_be_ended_by_whoever_sleeps(fake: FakeHarvest) -> None:
    class Stopped(Exception):
        pass

    def stop(_: float) -> None:
        raise Stopped

    fake.trouble.append(httpx.Response(503))

    with (
        Harvest(token="t", account_id="1", transport=fake.transport(), sleep=stop) as harvest,
        pytest.raises(Stopped),
    ):
        harvest.users.list()


@pytest.mark.parametrize("others", [0, 50])
def test_a_storm_loses_no_record_and_keeps_the_limit(others: int) -> None:
    """Eight threads, a tenth of the requests failing, and another tool with the same token."""
    strict = StrictHarvest(pages=40, others=others, faults=0.1)
    budgets = Budgets(Budget(95, 15.3, clock=now), Budget(95, 903.0, clock=now))

    with (
        Harvest(
            token="t",
            account_id="1",
            transport=strict.transport(),
            budgets=budgets,
            sleep=sleep,
            patience=600.0,
        ) as harvest,
        ThreadPoolExecutor(8) as pool,
    ):
        read = pool.map(lambda user: list(harvest.time_entries.all(user_id=user)), range(1, 9))
        ids = Counter(entry.id for entry in itertools.chain.from_iterable(read))

    pages = 8 * 40
    assert len(ids) == ids.total() == pages * ROWS
    assert len(strict.moments) - pages <= pages * 0.2 + 20
    assert _fullest(strict.moments) <= 95 < LIMIT
    if not others:
        assert strict.throttled == 0


def _fullest(moments: list[float]) -> int:
    return max(
        sum(1 for other in moments[index:] if other - first < WINDOW)
        for index, first in enumerate(moments)
    )


def test_clients_of_one_token_draw_from_one_budget(fake: FakeHarvest) -> None:
    def client(token: str) -> Harvest:
        return Harvest(token=token, account_id="1", transport=fake.transport(), patience=1.0)

    with client("shared") as one, client("shared") as two, client("another") as other:
        for _ in range(95):
            one.time_team.list(from_="20250101", to="20250131")

        with pytest.raises(RateLimited, match=r"used up; try again in 90\d s"):
            two.time_team.list(from_="20250101", to="20250131")
        assert two.users.list().data  # reports have a budget of their own
        assert other.time_team.list(from_="20250101", to="20250131").data


CANARY = "canary-5f0c1d77be2a"


def test_the_token_is_in_no_log_of_a_session_full_of_trouble(
    fake: FakeHarvest, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("lost", request=request)

    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    with Harvest(
        token=CANARY,
        account_id="1",
        transport=fake.transport(),
        budgets=Budgets(Budget(95, 15.3, clock=clock)),
        sleep=clock.sleep,
    ) as harvest:
        for status in (302, 400, 401, 403, 404, 422, 429, 500):
            fake.trouble.extend([httpx.Response(status, text=f"Bearer {CANARY}")] * 5)
            with pytest.raises(HarvestError) as caught:
                harvest.users.list()
            said += [str(caught.value), repr(caught.value), repr(vars(caught.value))]
            fake.trouble.clear()
        fake.trouble.extend([lost] * 5)
        with pytest.raises(Unreachable):
            harvest.users.list()
        said += [repr(harvest), repr(vars(harvest)), repr(vars(harvest.users))]

    assert len(caplog.records) > 10
    assert CANARY not in caplog.text + "".join(said)
