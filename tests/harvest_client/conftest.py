"""A client of the fake Harvest, whose waits take no time."""

from collections.abc import Iterator

import pytest

from harvest_client import Budget, Budgets, Harvest
from tests.harvest_client.clock import Clock
from tests.harvest_client.fake_harvest import FakeHarvest


@pytest.fixture
def fake() -> FakeHarvest:
    return FakeHarvest()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def harvest(fake: FakeHarvest, clock: Clock) -> Iterator[Harvest]:
    with Harvest(
        token="secret-token",
        account_id="1",
        contact="ada@example.com",
        transport=fake.transport(),
        budgets=Budgets(Budget(95, 15.3, clock=clock), Budget(95, 903.0, clock=clock)),
        sleep=clock.sleep,
    ) as harvest:
        yield harvest
