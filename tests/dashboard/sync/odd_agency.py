"""The demo account with odd values in some of its answers, at the HTTP boundary."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from tests.dashboard.sync.agency import Agency

Key = tuple[str, int | None]


class OddAgency(Agency):
    """An agency whose answers have odd values.

    `odd` has, by entity and id, the fields at fault, each with the JSON text that comes in the
    place of its value; a field inside of an object is `client.id`. `paths` are those that were
    asked for, with their queries, but for the requests of the hosted API.
    """

    def __init__(self, *, entries: int, **options: Any) -> None:
        super().__init__(entries=entries, **options)
        self.odd: dict[Key, dict[str, str]] = {}
        self.paths: list[str] = []
        self.refuse: int | None = None  # the status of every answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if not request.url.path.endswith("/execute"):
            self.paths.append(request.url.raw_path.decode())
        if self.refuse:
            return httpx.Response(self.refuse, headers={"Date": response.headers["Date"]})
        if not self.odd or response.status_code != 200 or not response.content:
            return response
        document = json.loads(response.content)
        texts: dict[str, str] = {}
        for entity, record in _records(request, document):
            for path, text in self.odd.get((entity, record.get("id")), {}).items():
                texts[f'"{_replace(record, path, len(texts))}"'] = text
        body = json.dumps(document)
        for mark, text in texts.items():
            body = body.replace(mark, text)
        return httpx.Response(
            200, content=body.encode(), headers={"Date": response.headers["Date"]}
        )

    def about(self, entity: str) -> list[str]:
        return [path for path in self.paths if f"/{entity}" in path]


def _records(request: httpx.Request, document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of an answer, each with the name of its entity."""
    if request.url.path.endswith("/execute"):
        entity = json.loads(request.content)["entity"]
        result = document.get("result")
        rows = result.get("data", [result]) if isinstance(result, dict) else result
        yield from ((entity, row) for row in rows or [])
        return
    for name, rows in document.items():
        if isinstance(rows, list) and name != "line_items":
            entity = {"teammates": "user_teammates"}.get(name, name)
            yield from ((entity, row) for row in rows if isinstance(row, dict))
    parts = request.url.path.split("/")
    if "links" not in document:
        yield ("users" if parts[-1] == "me" else parts[2]), document


def _replace(record: dict[str, Any], path: str, number: int) -> str:
    """Puts a mark in the place of the value, and returns it."""
    *above, name = path.split(".")
    for part in above:
        inner = record[part]
        record = inner[0] if isinstance(inner, list) else inner
    record[name] = f"@odd value {number}@"
    return str(record[name])
