"""A wrong token and a wrong account id look alike: whoever is refused at first hears of both."""

import asyncio

import httpx
import pytest

from harvest_client import ApiError, AsyncHarvest, Forbidden, Harvest, NotFound, Unauthorized
from tests.harvest_client.fake_harvest import FakeHarvest
from tests.harvest_client.hosted_demo import mocked, says

SUSPECTS = ("HARVEST_ACCESS_TOKEN", "HARVEST_ACCOUNT_ID")


def names_both(error: ApiError) -> bool:
    return all(name in error.remedy for name in SUSPECTS)


def test_401_names_both_whenever_it_comes(harvest: Harvest, fake: FakeHarvest) -> None:
    for before in (0, 1):
        if before:
            harvest.users.list()
        fake.trouble.append(httpx.Response(401))

        with pytest.raises(Unauthorized) as caught:
            harvest.users.list()

        assert names_both(caught.value)


@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (404, NotFound)])
def test_refusal_of_the_first_question_names_both(
    harvest: Harvest, fake: FakeHarvest, status: int, error: type[ApiError]
) -> None:
    fake.trouble.extend([httpx.Response(status)] * 2)

    for ask in (harvest.me, harvest.users.list):
        with pytest.raises(error) as caught:
            ask()
        assert names_both(caught.value)
        assert caught.value.remedy.startswith(error.remedy)


@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (404, NotFound)])
def test_later_refusal_is_about_its_own_question(
    harvest: Harvest, fake: FakeHarvest, status: int, error: type[ApiError]
) -> None:
    harvest.me()
    fake.trouble.append(httpx.Response(status))

    with pytest.raises(error) as caught:
        harvest.company.get()

    assert caught.value.remedy == error.remedy


@pytest.mark.parametrize("status", [403, 404])
def test_awaited_question_names_both_as_well(fake: FakeHarvest, status: int) -> None:
    async def ask() -> None:
        async with AsyncHarvest(
            token="secret", account_id="1", transport=fake.transport()
        ) as harvest:
            await harvest.me()

    fake.trouble.append(httpx.Response(status))

    with pytest.raises(ApiError) as caught:
        asyncio.run(ask())

    assert names_both(caught.value)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refusal_of_the_hosted_api_names_what_it_is_asked_with(status: int) -> None:
    with mocked(says(status)) as (harvest, _), pytest.raises(ApiError) as caught:
        harvest.users.list()

    assert "AIRBYTE_" in caught.value.remedy
    assert "HARVEST_ACCESS_TOKEN" not in caught.value.remedy
