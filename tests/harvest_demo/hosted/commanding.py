"""The demo account told what to do as any client of the hosted API would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from harvest_demo import BEARER, CONNECTOR_ID, Account, InProcess, app

BASE = "https://hosted.test/api/v1"
SEARCH = {"A": "search", "B": "context_store_search", "C": "context_store_search"}


@dataclass(frozen=True)
class Commanding:
    """A connection to one connector of the demo account."""

    transport: httpx.BaseTransport
    generation: str = "C"
    token: str = BEARER
    connector_id: str = CONNECTOR_ID

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        request = httpx.Request(method, BASE + path, headers=headers, **more)
        return self.transport.handle_request(request)

    def tell(self, body: Any) -> httpx.Response:
        return self.send("POST", f"/integrations/connectors/{self.connector_id}/execute", json=body)

    def execute(self, entity: str, action: str, params: Any = None, **flags: Any) -> httpx.Response:
        body = {"entity": entity, "action": action} | flags
        if params is not None:
            body["params"] = params
        return self.tell(body)

    def result(self, entity: str, action: str, params: Any = None, **flags: Any) -> Any:
        """The result of a command that succeeds; long texts are whole unless said otherwise."""
        if self.generation == "C":
            flags = {"skip_truncation": True} | flags
        response = self.execute(entity, action, params, **flags)
        assert response.status_code == 200, response.text
        return response.json()["result"]

    def page(self, entity: str, query: Any, **params: Any) -> Any:
        """One page of a search, with its `data` and `meta`."""
        return self.result(entity, SEARCH[self.generation], {"query": query, **params})

    def search(self, entity: str, query: Any, **params: Any) -> list[Any]:
        """All rows of a search, by following cursors."""
        page = self.page(entity, query, **params)
        rows: list[Any] = page["data"]
        while page["meta"]["has_more"]:
            page = self.page(entity, query, cursor=page["meta"]["cursor"], **params)
            rows += page["data"]
        return rows

    def refusal(self, entity: str, query: Any, **params: Any) -> httpx.Response:
        """The answer to a search that is refused with 422."""
        response = self.execute(entity, SEARCH[self.generation], {"query": query, **params})
        assert response.status_code == 422, response.text
        return response


@contextmanager
def commanding(account: Account, generation: str = "C", **options: Any) -> Iterator[Commanding]:
    made = app(account, generation=generation, **{"limits": False} | options)
    with serving(made, generation) as connection:
        yield connection


@contextmanager
def serving(made: ASGIApp, generation: str = "C") -> Iterator[Commanding]:
    with InProcess(made) as transport:
        yield Commanding(transport, generation)


def message(response: httpx.Response) -> str:
    """The sentence of a refusal, wherever its shape has it."""
    body = response.json()
    for one in body.get("errors", [body]):
        for key in ("userPresentableMessage", "message", "error"):
            if key in one:
                return str(one[key])
    raise AssertionError(f"no message: {body}")
