"""Rate budgets that cannot exceed Harvest's, whatever the network does.

A request takes a permit before it is sent, and the permit comes back one window after the *answer*
was here. Harvest counted the request somewhere in between. So at the moment Harvest counts any
request, all others of ours that lie within its window still hold their permits: there are never
more of them than permits. No clock of Harvest's, no delay and no order of arrival enters the proof.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from harvest_client.entities import Rate

# How soon to look again when every permit is with a request that has no answer yet.
_LOOK_AGAIN = 0.05

# Nothing that Harvest counts lasts longer, so a larger Retry-After is not obeyed by everybody.
_LONGEST_PAUSE = 900.0


class Budget:
    """At most `requests` requests in any `seconds`, for all threads together."""

    def __init__(
        self, requests: int, seconds: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._requests = requests
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._asking = 0
        self._returning: deque[float] = deque()  # when each settled permit is back, ascending
        self._paused_until = clock()
        self._modest = requests  # how many permits there are until `_modest_until`
        self._modest_until = clock()

    def reserve(self) -> float:
        """Take a permit and returns 0.0, or returns the seconds to wait before trying again."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return self._paused_until - now
            if self._count_missing(now) < self._count_permits(now):
                self._asking += 1
                return 0.0
            return self._returning[0] - now if self._returning else _LOOK_AGAIN

    def available(self) -> int:
        """Return the number of requests that could be sent now, in sequence, without waiting."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return 0
            return max(self._count_permits(now) - self._count_missing(now), 0)

    def release(self) -> None:
        """Start the permit's way back. Call it once per permit, answered or failed."""
        with self._lock:
            self._asking -= 1
            self._returning.append(self._clock() + self._seconds)

    def penalize(self, pause: float) -> None:
        """Harvest said 429, so another tool uses the same limit: nobody asks for `pause` seconds.

        For two windows after that we ask for a quarter less than was too much. Else all threads
        would go on together as soon as there is room for one, and be refused together.
        """
        with self._lock:
            now = self._clock()
            self._modest = max(self._count_missing(now) * 3 // 4, self._requests // 4, 1)
            self._modest_until = now + 2 * self._seconds
            self._paused_until = max(self._paused_until, now + min(pause, _LONGEST_PAUSE))

    def _count_permits(self, now: float) -> int:
        return self._modest if now < self._modest_until else self._requests

    def _count_missing(self, now: float) -> int:
        """Return the number of permits in use."""
        while self._returning and self._returning[0] <= now:
            self._returning.popleft()
        return self._asking + len(self._returning)


def _general_budget() -> Budget:
    return Budget(95, 15.3)  # Harvest: 100 in 15 s


def _report_budget() -> Budget:
    return Budget(95, 903.0)  # Harvest: 100 in 15 min


def _search_budget() -> Budget:
    return Budget(300, 15.0)  # no limit is documented: enough for one busy reader


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budgets of one token, a little below Harvest's own; `copy` is for the hosted copy."""

    general: Budget = field(default_factory=_general_budget)
    reports: Budget = field(default_factory=_report_budget)
    copy: Budget = field(default_factory=_search_budget)

    def for_rate(self, rate: Rate) -> Budget:
        return self.reports if rate is Rate.REPORTS else self.general


_SHARED: dict[bytes, Budgets] = {}
_SHARED_LOCK = Lock()


def shared_budgets(*names: str) -> Budgets:
    """Return the budgets of the access that has these names, for every client in the process."""
    # Hashed, because the registry lives as long as the process and a token should not.
    key = hashlib.sha256("\n".join(names).encode()).digest()
    with _SHARED_LOCK:
        return _SHARED.setdefault(key, Budgets())
