"""Every request there is: reading from Harvest, running a reading action, exchanging credentials.

No class here can express anything that changes an account. Harvest itself is only ever sent a
`Get`; the two kinds of POST go to the hosted API, whose actions read, and to where tokens are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode

import httpx
import msgspec

READING = ("list", "get", "search", "context_store_search")
"""The actions of the hosted API that may be run. Each only reads, so each may be asked again."""


class Request(Protocol):
    """Request. `name` is used in messages: it never holds a query, a body or a header."""

    @property
    def method(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes | None: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the values that no message may contain."""
        ...


@dataclass(frozen=True, slots=True)
class Get:
    """A request to read: a path below the base address, and a query without its question mark."""

    path: str
    query: str = ""

    method = "GET"
    content = None
    content_type = None
    secrets = ()

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def name(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class ConnectorRequest:
    """One action of the hosted connector: a POST that reads.

    `whole` asks for texts of any length; only the newest generation of the API knows how.
    """

    connector_id: str
    entity: str
    action: str
    params: Mapping[str, Any]
    whole: bool = False

    method = "POST"
    content_type = "application/json"
    secrets = ()

    def __post_init__(self) -> None:
        if self.action not in READING:
            raise ValueError(f"{self.action!r} is not a reading action")

    @property
    def target(self) -> str:
        return f"/api/v1/integrations/connectors/{self.connector_id}/execute"

    @property
    def name(self) -> str:
        return f"{self.entity} {self.action}"

    @property
    def content(self) -> bytes:
        body: dict[str, Any] = {"entity": self.entity, "action": self.action}
        if self.params:
            body["params"] = self.params
        if self.whole:
            body["skip_truncation"] = True
        return msgspec.json.encode(body)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """Credentials for a token. As a form for OAuth, as JSON for the hosted API."""

    target: str
    values: Mapping[str, str] = field(repr=False)
    hidden: tuple[str, ...]
    as_form: bool = False

    method = "POST"

    @property
    def name(self) -> str:
        return self.target

    @property
    def content(self) -> bytes:
        plain = dict(self.values)
        return urlencode(plain).encode() if self.as_form else msgspec.json.encode(plain)

    @property
    def content_type(self) -> str:
        return "application/x-www-form-urlencoded" if self.as_form else "application/json"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values of the names that are `hidden`, as they are and as they were sent."""
        hidden = [self.values[name] for name in self.hidden]
        return tuple(spelled for value in hidden for spelled in {value, quote_plus(value)})


@dataclass(frozen=True, slots=True)
class AuthorizedRequest:
    """A request with the headers that say who asks, and the address it goes to.

    `base` is one of the configured addresses, never one that an answer names. `service` is who
    answers there, for messages.
    """

    request: Request
    base: httpx.URL
    service: str = "Harvest"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        return self.request.name

    @property
    def secrets(self) -> tuple[str, ...]:
        token = self.headers.get("Authorization", "").rpartition(" ")[2]
        return tuple(secret for secret in (token, *self.request.secrets) if secret)
