"""Connections to the hosted API of every generation."""

from collections.abc import Iterator

import pytest

from harvest_demo import Account
from tests.harvest_demo.hosted.commanding import Commanding, commanding


@pytest.fixture(scope="session", params=["A", "B", "C"])
def hosted(account: Account, request: pytest.FixtureRequest) -> Iterator[Commanding]:
    """The account that nobody may edit, one generation after the other."""
    with commanding(account, request.param) as connection:
        yield connection


@pytest.fixture(scope="session")
def newest(account: Account) -> Iterator[Commanding]:
    """The same account, generation C alone."""
    with commanding(account) as connection:
        yield connection
