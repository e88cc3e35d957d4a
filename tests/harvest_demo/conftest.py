"""The demo account inside the tests' process."""

from collections.abc import Iterator
from datetime import date

import pytest

from harvest_demo import Account, InProcess, app, build
from tests.harvest_demo.asking import Asking

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def account() -> Account:
    """The account that everybody opens first; nobody may edit this one."""
    return build(today=TODAY)


@pytest.fixture(scope="session")
def asking(account: Account) -> Iterator[Asking]:
    with InProcess(app(account, limits=False)) as transport:
        yield Asking(transport)


@pytest.fixture
def own_account() -> Account:
    """A small account that the test may edit."""
    return build(entries=1500, today=TODAY)


@pytest.fixture
def editing(own_account: Account) -> Iterator[Asking]:
    with InProcess(app(own_account, limits=False)) as transport:
        yield Asking(transport)
