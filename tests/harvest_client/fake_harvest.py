"""Harvest at the HTTP boundary: the sample answers, cut into pages the way Harvest cuts them."""

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from harvest_client.entities import ENTITIES, REPORTS, Entity, Paging

SAMPLES = Path(__file__).parents[1] / "data" / "harvest"
BASE = "https://api.harvestapp.com/v2"
ALL = {**ENTITIES, **REPORTS}

Trouble = httpx.Response | Callable[[httpx.Request], httpx.Response]


class FakeHarvest:
    """Answers requests, `trouble` first, and remembers them.

    A list has at most `page_size` rows a page, whatever was asked for, so that a few sample rows
    make several pages.
    """

    def __init__(self, page_size: int = 2) -> None:
        self.page_size = page_size
        self.requests: list[httpx.Request] = []
        self.trouble: deque[Trouble] = deque()

    @property
    def asked(self) -> list[str]:
        """Path and query of each request."""
        return [request.url.raw_path.decode() for request in self.requests]

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.trouble:
            trouble = self.trouble.popleft()
            return trouble if isinstance(trouble, httpx.Response) else trouble(request)
        path = request.url.path.removeprefix("/v2")
        for entity in ALL.values():
            if entity.path == path:
                return httpx.Response(200, json=self._page(entity, request.url))
            if path == "/company" or (entity.path and path.startswith(f"{entity.path}/")):
                return _one(entity, path)
        return httpx.Response(404, json={"message": "Not Found"})

    def _page(self, entity: Entity, url: httpx.URL) -> dict[str, Any]:
        rows = sample(entity)
        size = min(self.page_size, int(url.params["per_page"]))
        here = int(url.params.get("cursor", url.params.get("page", "0")))
        ahead = here + size
        by_cursor = entity.paging is Paging.CURSOR
        name = "cursor" if by_cursor else "page"
        following = url.copy_set_param(name, ahead) if ahead < len(rows) else None
        return {
            entity.envelope or "": rows[here:ahead],
            "per_page": size,
            "total_entries": len(rows),
            # Null on the middle pages of a cursor list, where only `links.next` goes on.
            "next_page": None if by_cursor or not following else ahead,
            "links": {"first": str(url), "next": following and str(following)},
        }


def sample(entity: Entity) -> list[dict[str, Any]]:
    """The sample rows of an entity, as Harvest writes them."""
    answer = json.loads((SAMPLES / f"{entity.name}.json").read_text("utf-8"))
    rows: list[dict[str, Any]] = answer[entity.envelope] if entity.envelope else [answer]
    return rows


def _one(entity: Entity, path: str) -> httpx.Response:
    if path == "/company":
        return httpx.Response(200, json=sample(ENTITIES["company"])[0])
    id = path.rpartition("/")[2]
    for row in sample(entity):
        if id in ("me", str(row.get("id"))):
            return httpx.Response(200, json=row)
    return httpx.Response(404, json={"message": "Not Found"})
