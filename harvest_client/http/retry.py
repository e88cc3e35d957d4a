"""One request, asked again while that makes sense: within the budget, and not for ever."""

import logging
import random
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from harvest_client.errors import ApiError, HarvestError, RateLimited, ServerError, Unreachable
from harvest_client.http.http_errors import error_of_response
from harvest_client.http.rate_limit import Budget
from harvest_client.http.requests import AuthorizedRequest
from harvest_client.http.transport import RawResponse, Sleep

log = logging.getLogger(__name__)

Result = TypeVar("Result")
StepResult = RawResponse | HarvestError | None
"""What came of a step: the answer to a request or why there is none, None after a `Wait`."""

Flow = Generator[AuthorizedRequest | Sleep, StepResult, Result]
"""Yields what to do next, is sent what came of it, and returns what was found out."""

_TRIES = 5
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0


class RetryBudget:
    """Retry budget: at most one retry per five requests, to avoid retry storms.

    A token bucket, shared by all threads of a client. It is full at first, because trouble at the
    start of a sync is as likely as later.
    """

    share = 0.2
    most = 20.0

    def __init__(self) -> None:
        self._left = self.most
        self._lock = Lock()

    def count_request(self) -> None:
        """Count a request that is no retry."""
        with self._lock:
            self._left = min(self._left + self.share, self.most)

    def take_retry(self) -> bool:
        """Return whether one more retry is allowed; if so, count it."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Retry policy for one request: no pause ends later than `seconds` after its start.

    `jitter` returns a number from 0 up to 1.
    """

    seconds: float = 120.0
    retries: RetryBudget = field(default_factory=RetryBudget)
    jitter: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic

    def send_request(self, request: AuthorizedRequest, budget: Budget) -> Flow[RawResponse]:
        """Return an answer of status 200; raises what stood in its way at last.

        No answer, 429 and 5xx are tried again, five times in all. Asking again is always safe:
        no request that can be made changes anything.
        """
        due = self.clock() + self.seconds
        self.retries.count_request()
        for tries in range(1, _TRIES + 1):
            yield from self._wait_for_permit(request, budget, due)
            try:
                heard = yield request
            finally:
                budget.release()
            if isinstance(heard, RawResponse) and heard.status == 200:
                return heard
            error = error_of_response(request, heard) if isinstance(heard, RawResponse) else heard
            assert error is not None
            pause = self._retry_delay(error, tries)
            if isinstance(error, RateLimited):
                budget.penalize(pause)
            if not self._worth_another_try(error, tries, pause, due):
                raise error
            log.warning("%s (trying again in %.1f s)", error, pause)
            yield Sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _wait_for_permit(
        self, request: AuthorizedRequest, budget: Budget, due: float
    ) -> Flow[None]:
        while wait := budget.reserve():
            if self.clock() + wait > due:
                raise RateLimited.by_own_budget(request.name, wait)
            yield Sleep(wait)

    def _retry_delay(self, error: HarvestError, tries: int) -> float:
        """Return Harvest's own delay, or a random part of a bound that doubles with each try."""
        if isinstance(error, ApiError) and error.retry_after is not None:
            return error.retry_after
        return self.jitter() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (tries - 1))

    def _worth_another_try(self, error: HarvestError, tries: int, pause: float, due: float) -> bool:
        return (
            isinstance(error, Unreachable | RateLimited | ServerError)
            and tries < _TRIES
            and self.clock() + pause <= due
            and self.retries.take_retry()
        )
