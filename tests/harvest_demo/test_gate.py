"""What stands before every answer: headers, token, account, limits."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from harvest_demo import ACCOUNT_ID, MEMBER_TOKEN, TOKEN, Account, InProcess, app
from tests.harvest_demo.asking import BASE, Asking

GOOD = {
    "Authorization": f"Bearer {TOKEN}",
    "Harvest-Account-Id": ACCOUNT_ID,
    "User-Agent": "Tests (tests@example.com)",
}
REPORT = "/reports/expenses/team?from=20261120&to=20261120"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Limited:
    """A server that keeps limits, by a clock that only the test moves."""

    account: Account
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.transport = InProcess(app(self.account, clock=self.clock))

    def statuses(self, path: str, times: int, token: str = TOKEN) -> list[int]:
        asking = Asking(self.transport, token)
        return [asking.status(path) for _ in range(times)]


@pytest.fixture
def limited(account: Account) -> Iterator[Limited]:
    server = Limited(account)
    yield server
    server.transport.close()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": TOKEN}, 401),
        ({"Authorization": ""}, 401),
        ({"Harvest-Account-Id": "99999"}, 404),
        ({"Harvest-Account-Id": ""}, 404),
        ({"User-Agent": ""}, 400),
        ({}, 200),
    ],
)
def test_headers_are_needed(asking: Asking, change: dict[str, str], status: int) -> None:
    request = httpx.Request("GET", f"{BASE}/users/me", headers=GOOD | change)

    response = asking.transport.handle_request(request)

    assert response.status_code == status
    assert response.headers["content-type"].startswith("application/json")
    if status != 200:
        assert {"message", "error"} & response.json().keys()


def test_every_answer_has_a_date(asking: Asking) -> None:
    for path in ("/users/me", "/nothing", "/users?per_page=0"):
        date = parsedate_to_datetime(asking.send("GET", path).headers["date"])

        assert abs((datetime.now(UTC) - date).total_seconds()) < 5


def test_a_hundred_requests_in_fifteen_seconds_and_no_more(limited: Limited) -> None:
    assert set(limited.statuses("/users/me", 100)) == {200}
    assert limited.statuses("/users/me", 1) == [429]
    limited.clock.now += 14.9
    assert limited.statuses("/users/me", 1) == [429]
    limited.clock.now += 0.1
    assert limited.statuses("/users/me", 101) == [200] * 100 + [429]


def test_the_window_slides(limited: Limited) -> None:
    limited.statuses("/users/me", 60)
    limited.clock.now += 10
    limited.statuses("/users/me", 40)
    limited.clock.now += 5

    # The first sixty have left the window, the other forty have not.
    assert limited.statuses("/users/me", 61) == [200] * 60 + [429]


def test_reports_have_a_budget_of_their_own_for_a_quarter_of_an_hour(limited: Limited) -> None:
    assert set(limited.statuses(REPORT, 100)) == {200}
    assert limited.statuses(REPORT, 1) == [429]
    assert limited.statuses("/users/me", 1) == [200]
    limited.clock.now += 899
    assert limited.statuses(REPORT, 1) == [429]
    limited.clock.now += 1
    assert limited.statuses(REPORT, 1) == [200]


def test_each_token_has_its_own_budget(limited: Limited) -> None:
    limited.statuses("/users/me", 101)

    assert limited.statuses("/users/me", 1, MEMBER_TOKEN) == [200]


def test_retry_after_is_how_long_it_takes(limited: Limited) -> None:
    limited.statuses("/users/me", 100)
    limited.clock.now += 4.5
    refused = Asking(limited.transport).send("GET", "/users/me")
    wait = int(refused.headers["retry-after"])

    limited.clock.now += wait

    assert wait == 11
    assert limited.statuses("/users/me", 1) == [200]


def test_some_refusals_are_web_pages(limited: Limited) -> None:
    limited.statuses("/users/me", 100)
    asking = Asking(limited.transport)

    kinds: set[Any] = set()
    for _ in range(6):
        refused = asking.send("GET", "/users/me")
        kinds.add(refused.headers["content-type"].split(";")[0])

    assert kinds == {"application/json", "text/html"}


def test_writes_count_as_any_other_request(own_account: Account) -> None:
    with InProcess(app(own_account, clock=Clock())) as transport:
        asking = Asking(transport)
        sent = [
            asking.send("PATCH", "/clients/7720101", json={"name": "Hafen"}).status_code
            for _ in range(101)
        ]

    assert sent == [200] * 100 + [429]


def test_without_limits_nothing_is_refused(asking: Asking) -> None:
    assert {asking.status("/users/me") for _ in range(150)} == {200}
