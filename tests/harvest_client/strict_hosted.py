"""A hosted API in a storm: Harvest's limit behind it, odd waits, faults, and tokens that end."""

import itertools
import random
from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any

import httpx
import msgspec

from tests.harvest_client.hosted_demo import LOOK_UP, TOKEN_PATH
from tests.harvest_client.strict_harvest import LIMIT, MOST_REFUSED, WINDOW, now

PAGES, ROWS = 20, 5
SERIES = 1_000_000  # ids from one reader's first to the next one's
LIVE = ("list", "get")


class StrictHosted:
    """Answers gets, lists and searches; a search reads `PAGES` pages on from the id it names.

    `others` is how many requests another client sends to Harvest in each window, `faults` the
    share of requests that fail otherwise, but none that was refused `MOST_REFUSED` times already.
    All tokens end with each of the `ends`, numbers of executions.
    """

    def __init__(self, *, others: int, faults: float, ends: tuple[int, ...] = ()) -> None:
        self.live: list[float] = []  # moments of what Harvest counts
        self.copied: list[float] = []
        self.issued = 0
        self.answered = 0
        self.refused: list[int] = []
        self._others = others
        self._faults = faults
        self._ends = set(ends)
        self._token = ""
        self._executions = itertools.count(1)
        self._counted: deque[float] = deque()
        self._refusals: Counter[tuple[str, bytes]] = Counter()
        self._random = random.Random(7)
        self._waits = itertools.cycle([_seconds, _date, _negative, _garbage, _nothing])
        self._lock = Lock()

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            response = self._answer(request)
            self.refused += [response.status_code] if response.status_code != 200 else []
            return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == TOKEN_PATH:
            return self._fault(request) or self._issue()
        if request.url.path == LOOK_UP:
            return self._fault(request) or httpx.Response(200, json={"data": [{"id": "c1"}]})
        said = msgspec.json.decode(request.content)
        moment = now()
        (self.live if said["action"] in LIVE else self.copied).append(moment)
        if next(self._executions) in self._ends:
            self._token = ""
        if request.headers["Authorization"] != f"Bearer {self._token}":
            return httpx.Response(401, json={"error": "The access token has expired."})
        if said["action"] in LIVE and (wait := self._over(moment)):
            self._refusals[request.url.path, request.content] += 1
            return httpx.Response(429, headers=next(self._waits)(wait))
        if fault := self._fault(request):
            return fault
        self.answered += 1
        return httpx.Response(200, json={"result": _result(said)})

    def _issue(self) -> httpx.Response:
        self.issued += 1
        self._token = f"token-{self.issued}"
        return httpx.Response(200, json={"access_token": self._token})

    def _over(self, moment: float) -> float:
        while self._counted and self._counted[0] <= moment - WINDOW:
            self._counted.popleft()
        if len(self._counted) + self._others >= LIMIT:
            return self._counted[0] + WINDOW - moment if self._counted else WINDOW
        self._counted.append(moment)
        return 0.0

    def _fault(self, request: httpx.Request) -> httpx.Response | None:
        key = request.url.path, request.content
        if self._random.random() >= self._faults or self._refusals[key] >= MOST_REFUSED:
            return None
        self._refusals[key] += 1
        kind = self._random.choice([0, 500, 502, 503])
        if not kind:
            self.refused.append(0)
            raise httpx.ReadError("reset", request=request)
        return httpx.Response(kind)


def _result(said: dict[str, Any]) -> object:
    params = said["params"]
    if said["action"] == "get":
        return {"id": params["id"]}
    if said["action"] == "list":
        return [{"id": number} for number in range(1, params["per_page"] + 1)]
    first = params["query"]["filter"]["gte"]["id"]
    page = int(params.get("cursor", "0"))
    rows = [{"id": first + page * ROWS + row} for row in range(ROWS)]
    more = page + 1 < PAGES
    meta = {"has_more": more, "cursor": str(page + 1) if more else None}
    return {"data": rows, "meta": meta}


Headers = dict[str, str]


def _seconds(wait: float) -> Headers:
    return {"Retry-After": f"{wait:.3f}"}


def _date(wait: float) -> Headers:
    moment = datetime.now(UTC) + timedelta(seconds=wait)
    return {"Retry-After": format_datetime(moment, usegmt=True)}


def _negative(wait: float) -> Headers:
    return {"Retry-After": f"-{wait:.0f}"}


def _garbage(wait: float) -> Headers:
    return {"Retry-After": "when it suits you"}


def _nothing(wait: float) -> Headers:
    return {}
