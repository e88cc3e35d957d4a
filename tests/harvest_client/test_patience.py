from contextlib import nullcontext
from datetime import UTC, datetime

import httpx
import pytest

from harvest_client import (
    Budget,
    HarvestError,
    InvalidResponse,
    RateLimited,
    ServerError,
    Unreachable,
)
from harvest_client.http.http_errors import retry_after
from harvest_client.http.requests import AuthorizedRequest, Get
from harvest_client.http.retry import RetryBudget, RetryPolicy, StepResult
from harvest_client.http.transport import RawResponse, Sleep
from tests.harvest_client.clock import Clock

BASE = httpx.URL("https://harvest.example/v2")
OK = RawResponse(200, httpx.Headers(), b"{}")
LOST = Unreachable("/users: a broken connection.")


def refused(status: int, **headers: str) -> RawResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawResponse(status, httpx.Headers(named), b"")


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Talk:
    """One request of a patient client, to which the given answers come one after the other."""

    def __init__(self, clock: Clock, *heard: StepResult, **patience: float) -> None:
        self.clock = clock
        self.budget = Budget(95, 15.3, clock=clock)
        self.retries = RetryBudget()
        self.patience = RetryPolicy(
            clock=clock, jitter=lambda: 0.5, retries=self.retries, **patience
        )
        self.heard = list(heard)
        self.sent = 0

    def result(self) -> RawResponse:
        conversation = self.patience.send_request(
            AuthorizedRequest(Get("/users", "secret=1"), BASE), self.budget
        )
        answer: StepResult = None
        while True:
            try:
                step = conversation.send(answer)
            except StopIteration as end:
                reply: RawResponse = end.value
                return reply
            if isinstance(step, Sleep):
                self.clock.sleep(step.seconds)
                answer = None
            else:
                self.sent += 1
                answer = self.heard.pop(0)


@pytest.mark.parametrize("trouble", [LOST, refused(429), refused(500), refused(503)])
def test_trouble_that_may_pass_is_waited_out(clock: Clock, trouble: StepResult) -> None:
    talk = Talk(clock, trouble, trouble, trouble, trouble, OK)

    assert talk.result() is OK
    assert clock.waits == [0.5, 1.0, 2.0, 4.0]  # half of a bound that doubles


@pytest.mark.parametrize(
    ("trouble", "error"),
    [(LOST, Unreachable), (refused(429), RateLimited), (refused(502), ServerError)],
)
def test_after_five_tries_it_is_over(
    clock: Clock, trouble: StepResult, error: type[HarvestError]
) -> None:
    talk = Talk(clock, *[trouble] * 9)

    with pytest.raises(error):
        talk.result()

    assert talk.sent == 5


@pytest.mark.parametrize("trouble", [refused(s) for s in (302, 400, 401, 403, 404, 422)])
def test_a_considered_no_is_not_asked_again(clock: Clock, trouble: RawResponse) -> None:
    talk = Talk(clock, trouble, OK)

    with pytest.raises(HarvestError, match=str(trouble.status)):
        talk.result()

    assert (talk.sent, clock.waits) == (1, [])


def test_an_answer_that_cannot_be_used_is_not_asked_for_again(clock: Clock) -> None:
    talk = Talk(clock, InvalidResponse("torn"), OK)

    with pytest.raises(InvalidResponse):
        talk.result()


def test_the_wait_that_harvest_asks_for_wins_and_stops_everybody(clock: Clock) -> None:
    talk = Talk(clock, refused(429, Retry_After="17"), OK)
    talk.retries.take_retry()
    conversation = talk.patience.send_request(AuthorizedRequest(Get("/users"), BASE), talk.budget)
    conversation.send(None)

    step = conversation.send(refused(429, Retry_After="17"))

    assert step == Sleep(17.0)
    assert talk.budget.reserve() == 17.0


def test_a_wait_longer_than_our_patience_is_told_instead_of_slept(clock: Clock) -> None:
    talk = Talk(clock, refused(429, Retry_After="900"), OK)

    with pytest.raises(RateLimited, match="try again in 900 s") as caught:
        talk.result()

    assert caught.value.retry_after == 900.0
    assert clock.waits == []


def test_who_has_more_patience_waits_it_out(clock: Clock) -> None:
    talk = Talk(clock, refused(429, Retry_After="900"), OK, seconds=900.0)

    assert talk.result() is OK
    assert clock.waits == [900.0]


def test_all_waits_together_stay_within_patience(clock: Clock) -> None:
    talk = Talk(clock, *[refused(503, Retry_After="50")] * 5)

    with pytest.raises(ServerError):
        talk.result()

    assert clock.waits == [50.0, 50.0]


def test_a_used_up_budget_is_told_instead_of_slept(clock: Clock) -> None:
    talk = Talk(clock, OK)
    talk.budget = Budget(1, 903.0, clock=clock)
    talk.budget.reserve()
    talk.budget.release()

    with pytest.raises(RateLimited, match="used up; try again in 903 s") as caught:
        talk.result()

    assert (talk.sent, caught.value.retry_after) == (0, 903.0)


@pytest.mark.parametrize("outcome", [OK, LOST, refused(404)])
def test_the_permit_comes_back_whatever_happened(clock: Clock, outcome: StepResult) -> None:
    talk = Talk(clock, *[outcome] * 5)
    talk.budget = Budget(1, 1.0, clock=clock)

    with pytest.raises(HarvestError) if outcome is not OK else nullcontext():
        talk.result()

    clock.now += 1.0
    assert talk.budget.reserve() == 0.0


def test_a_conversation_that_is_dropped_gives_its_permit_back(clock: Clock) -> None:
    talk = Talk(clock)
    talk.budget = Budget(1, 1.0, clock=clock)
    conversation = talk.patience.send_request(AuthorizedRequest(Get("/users"), BASE), talk.budget)
    next(conversation)

    conversation.close()

    clock.now += 1.0
    assert talk.budget.reserve() == 0.0


def test_retries_are_a_fifth_of_the_requests_after_a_first_allowance() -> None:
    retries = RetryBudget()
    spent = 0

    for _ in range(1000):
        retries.count_request()
        while retries.take_retry():
            spent += 1

    assert 200 <= spent <= 220


def test_when_everything_fails_retrying_ends(clock: Clock) -> None:
    talk = Talk(clock)
    sent = []

    for _ in range(100):
        talk.heard, talk.sent = [LOST] * 5, 0
        clock.now += 60
        with pytest.raises(Unreachable):
            talk.result()
        sent.append(talk.sent)

    assert sum(sent) <= 100 + 20 + 20
    assert sent[0] == 5


NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0), (" 7 ", 7.0), ("1.5", 1.5), ("0", 0.0), ("99999", 99999.0),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60.0), ("Tue, 24 Nov 2026 12:00:20 -0000", 20.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", None), ("-5", None), ("soon", None), ("", None),
        ("nan", None), ("inf", None), ("1e9", None), ("9" * 400, None), ("٣", None),
        ("Tue, 99 Nov 2026 12:00:00 GMT", None), ("Tue, 24 Nov 99999 12:00:00 GMT", None),
    ],
)  # fmt: skip
def test_a_wish_to_wait_is_read_in_every_form_or_not_at_all(
    header: str, seconds: float | None
) -> None:
    assert retry_after(header, now=lambda: NOW) == seconds
