"""The demo account asked as any client of Harvest would."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from harvest_demo import ACCOUNT_ID, TOKEN

BASE = "https://demo.test/v2"


@dataclass(frozen=True)
class Asking:
    """A connection to the demo account, as the person behind `token`."""

    transport: httpx.BaseTransport
    token: str = TOKEN

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Harvest-Account-Id": ACCOUNT_ID,
            "User-Agent": "Tests (tests@example.com)",
        }
        url = path if path.startswith("https:") else BASE + path
        return self.transport.handle_request(httpx.Request(method, url, headers=headers, **more))

    def status(self, path: str, **query: Any) -> int:
        return self.send("GET", path, params=query or None).status_code

    def get(self, path: str, **query: Any) -> Any:
        """The body of a successful answer, numbers with a fraction as `Decimal`."""
        response = self.send("GET", path, params=query or None)
        assert response.status_code == 200, response.text
        return json.loads(response.content, parse_float=Decimal)

    def pages(self, path: str, **query: Any) -> list[Any]:
        """The bodies of all pages, found by following `links.next`."""
        bodies = [self.get(path, **query)]
        while (following := bodies[-1]["links"]["next"]) is not None:
            bodies.append(self.get(following))
        return bodies

    def all(self, path: str, **query: Any) -> list[Any]:
        """All rows of a list or report."""
        bodies = self.pages(path, **query)
        (envelope,) = (key for key, value in bodies[0].items() if isinstance(value, list))
        return [row for body in bodies for row in body[envelope]]
