"""A Harvest that counts: its limit over a sliding window, another tool's requests, and faults."""

import random
import time
from collections import Counter, deque
from collections.abc import Callable
from threading import Lock

import httpx

# Seconds of this Harvest that pass in a real one, so that a window takes a third of a second.
SPEED = 50.0
LIMIT, WINDOW = 100, 15.0
ROWS = 5
# Whoever gives a request up after five tries must not meet five faults by chance.
MOST_REFUSED = 3


def now() -> float:
    return time.monotonic() * SPEED


def sleep(seconds: float) -> None:
    time.sleep(seconds / SPEED)


class StrictHarvest:
    """Answers lists of `pages` pages of time entries, one list per `user_id`.

    `others` is how many requests another tool sends in each window, `faults` the share of requests
    that fail otherwise, but none that was refused `MOST_REFUSED` times already.
    """

    def __init__(self, *, pages: int, others: int = 0, faults: float = 0.0) -> None:
        self.pages = pages
        self.faults = faults
        self.moments: list[float] = []
        self.throttled = 0
        self._others = others
        self._began = now()
        self._counted: deque[float] = deque()
        self._refused: Counter[httpx.URL] = Counter()
        self._random = random.Random(7)
        self._lock = Lock()

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            moment = now()
            self.moments.append(moment)
            if wait := self._over(moment):
                self.throttled += 1
                self._refused[request.url] += 1
                return httpx.Response(429, headers={"Retry-After": f"{wait:.3f}"})
            meant = self._random.random() < self.faults
            if meant and self._refused[request.url] < MOST_REFUSED:
                self._refused[request.url] += 1
                return self._fault()(request)
        return self._page(request)

    def _over(self, moment: float) -> float:
        while self._counted and self._counted[0] <= moment - WINDOW:
            self._counted.popleft()
        if len(self._counted) + self._others >= LIMIT:
            return self._counted[0] + WINDOW - moment if self._counted else WINDOW
        self._counted.append(moment)
        return 0.0

    def _fault(self) -> Callable[[httpx.Request], httpx.Response]:
        def broken(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadError("reset", request=request)

        def unavailable(_: httpx.Request) -> httpx.Response:
            return httpx.Response(503)

        return self._random.choice([broken, unavailable])

    def _page(self, request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", "1"))
        user = int(request.url.params["user_id"])
        first = (user * self.pages + page) * ROWS
        following = request.url.copy_set_param("page", page + 1)
        rows = [{"id": first + row, "hours": 1.5} for row in range(ROWS)]
        links = {"next": str(following) if page < self.pages else None}
        return httpx.Response(200, json={"time_entries": rows, "links": links})
