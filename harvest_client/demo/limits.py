"""Harvest's request limits, counted strictly: no window of that length ever holds more."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in any `seconds`."""

    requests: int
    seconds: float


GENERAL = Limit(100, 15)
REPORTS = Limit(100, 15 * 60)


class Meter:
    """Counts what each token asked for; a refused request does not count."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._asked: dict[tuple[str, Limit], deque[float]] = defaultdict(deque)
        self.refused = 0

    def wait(self, token: str, path: str) -> int | None:
        """Counts one request; the whole seconds to wait when it is one too many, else None."""
        limit = REPORTS if path.startswith("/v2/reports/") else GENERAL
        asked, now = self._asked[token, limit], self._clock()
        while asked and now - asked[0] >= limit.seconds:
            asked.popleft()
        if len(asked) < limit.requests:
            asked.append(now)
            return None
        self.refused += 1
        return max(1, math.ceil(asked[0] + limit.seconds - now))
