"""A small server that is Harvest, Harvest ID and Airbyte in one, and answers as badly as told."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from harvest_client.entities import ENTITIES, REPORTS
from tests.harvest_client.broken_answers import answer, says, silence
from tests.harvest_client.raw_server import Talk, serving

WORD = "c4nary"
ACCESS = "c4nary-1-access"
REFRESH = "c4nary-2/refresh+="
CLIENT_SECRET = 'c4nary-3/client"secret'
ROTATED = "c4nary-4-rotated-refresh"
RENEWED = "c4nary-5-renewed-access"
AIRBYTE_SECRET = "c4nary-6-airbyte"
BEARER = "c4nary-7-bearer"
ISSUED = "c4nary-8-issued"

Misbehave = Callable[[str], Talk]
"""From all that a request said to what is answered."""


def plain(body: bytes, *headers: str, status: str = "200 OK") -> Talk:
    return says(answer(body, "Connection: close", *headers, status=status))


def as_json(value: object, status: str = "200 OK") -> Talk:
    return plain(json.dumps(value).encode(), status=status)


def quoting(status: str) -> Misbehave:
    """Says no, and repeats everything that it was sent."""
    return lambda request: as_json({"message": request}, status)


def quoting_at_length(request: str) -> Talk:
    return plain(f"<html>{request}".encode(), "Content-Type: text/html", status="500 No")


DATA: dict[str, Misbehave] = {
    "refused token": quoting("401 Unauthorized"),
    "forbidden": quoting("403 Forbidden"),
    "not found": quoting("404 Not Found"),
    "rejected": quoting("422 Unprocessable Entity"),
    "throttled for long": lambda request: plain(
        json.dumps({"message": request}).encode(), "Retry-After: 99999", status="429 Slow Down"
    ),
    "plain text": lambda request: plain(request.encode(), status="400 Bad Request"),
    "web page": lambda request: plain(f"<html>{request}".encode(), "Content-Type: text/html"),
    "cut JSON": lambda request: plain(b'{"users": [{"first_name": "' + request.encode()[:80]),
    "another shape": lambda request: as_json({"result": request, "users": request}),
    "elsewhere": lambda request: plain(
        b"", f"Location: https://evil.example/?{ACCESS}", status="302 Found"
    ),
    "foreign link": lambda request: as_json(
        {
            "users": [],
            "result": request,
            "links": {"next": "https://evil.example/v2/users"},
        }
    ),
    "not HTTP": lambda request: says(request.encode()),
    "hang up": lambda request: says(),
}
"""Answers instead of the data; none of them is asked for again for long."""

TROUBLE: dict[str, Misbehave] = DATA | {
    "server error": quoting("500 Internal Server Error"),
    "server error at length": quoting_at_length,
    "silence": lambda request: silence,
}

TOKENS: dict[str, Misbehave] = {
    "refused refresh": quoting("400 Bad Request"),
    "refused client": quoting("401 Unauthorized"),
    "token forbidden": quoting("403 Forbidden"),
    "no token": lambda request: as_json({"refresh_token": ROTATED, "token": ISSUED}),
    "token of two lines": lambda request: as_json({"access_token": f"{RENEWED}\n{ISSUED}"}),
    "token cut off": lambda request: plain(b'{"access_token": "c4nary-5-ren'),
    "token in a web page": lambda request: plain(f"<html>{request} {RENEWED}".encode()),
}
"""Answers instead of a token."""


@dataclass
class CanaryServer:
    """`url` is its address; `heads` are all requests, with their bodies."""

    url: str
    heads: list[str] = field(default_factory=list, repr=False)

    @property
    def first_lines(self) -> str:
        return "\n".join(head.partition("\r\n")[0] for head in self.heads)

    @property
    def sent(self) -> str:
        return "\n".join(self.heads)


@contextmanager
def canary_server(
    data: Misbehave | None = None, token: Misbehave | None = None
) -> Iterator[CanaryServer]:
    """Answers `data` and `token` requests so, or as it should where not told otherwise."""
    started: list[CanaryServer] = []

    def respond(connection: socket.socket) -> None:
        request = raw.heads.pop()
        head, _, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        whole = (head + b"\r\n\r\n" + body).decode()
        started[0].heads.append(whole)
        path = whole.split(" ")[1].partition("?")[0]
        if path.endswith("/token"):
            (token(whole) if token else _a_token(path))(connection)
        elif data and not path.endswith("/integrations/connectors"):
            data(whole)(connection)
        else:
            _some_data(path, whole)(connection)

    with serving(respond) as raw:
        started.append(CanaryServer(raw.base_url.removesuffix("/v2")))
        yield started[0]


def _a_token(path: str) -> Talk:
    if "oauth2" in path:
        return as_json({"access_token": RENEWED, "refresh_token": ROTATED, "expires_in": 9000})
    return as_json({"access_token": ISSUED})


def _some_data(path: str, request: str) -> Talk:
    person = {
        "id": 1, "first_name": "Ada", "is_active": True, "access_roles": ["administrator"],
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    if path.endswith("/connectors"):
        return as_json({"data": [{"id": "c1"}]})
    if path.endswith("/execute"):
        said = json.loads(request.partition("\r\n\r\n")[2])
        rows = [person] if said["entity"] == "users" else []
        if said["action"] == "list":
            return as_json({"result": rows})
        if said["action"] == "get":
            return as_json({"result": {"name": "Acme"}})
        return as_json({"result": {"data": [], "meta": {"has_more": False}}})
    if path.endswith("/users/me"):
        return as_json(person)
    if path.endswith("/company"):
        return as_json({"name": "Acme", "is_active": True})
    for entity in (*ENTITIES.values(), *REPORTS.values()):
        if entity.path and path.endswith(f"/v2{entity.path}"):
            rows = [person] if entity.name == "users" else []
            return as_json({entity.envelope: rows, "links": {"next": None}})
    return as_json({"message": "Not Found"}, "404 Not Found")
