"""Tokens and checks of requests to the hosted API."""

import secrets
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from harvest_demo.account.account import TOKEN, Account
from harvest_demo.server.airbyte.refusals import (
    bad_key,
    unauthenticated,
    unreadable,
    wrong_login,
    wrong_organization,
)
from harvest_demo.server.permissions import Viewer
from harvest_demo.server.refusals import Refusal, refused

CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-secret"  # opens nothing but the demo account
BEARER = "demo-bearer"  # accepted as it is, and never expires
ORGANIZATION_ID = "5d0c9c1e-6a0f-4b52-9d4e-0f5a8a4f7c11"

WORKSPACE = "default"
CROWDED_WORKSPACE = "crowded"

DEFINITION_ID = "fe2b4084-3386-4d3b-9ad6-308f61a6f1e6"
"""What the hosted API calls a connector to Harvest, in every account."""

CONNECTOR_ID = "3b1f7c52-8f0e-4d0a-9a57-2f4f5c1f9e01"
CROWDED_CONNECTOR_IDS = (
    "3b1f7c52-8f0e-4d0a-9a57-2f4f5c1f9e02",
    "3b1f7c52-8f0e-4d0a-9a57-2f4f5c1f9e03",
)
FOREIGN_CONNECTOR_ID = "c77a2b64-0c5d-4f7e-8d0b-6a1b2c3d4e5f"
"""A connector to something else in the same workspace, listed before the one to Harvest."""


class Tokens:
    """Hands out random tokens that live for `seconds`, by `clock`."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._ends: dict[str, float] = {}

    def issue(self, client_id: object, client_secret: object) -> str:
        """A new token; raises `Refusal` 401 for the wrong pair, 422 when it is not a pair."""
        if not isinstance(client_id, str) or not isinstance(client_secret, str):
            raise bad_key("client_id and client_secret are required and are texts.")
        if (client_id, client_secret) != (CLIENT_ID, CLIENT_SECRET):
            raise wrong_login()
        now = self._clock()
        self._ends = {token: end for token, end in self._ends.items() if now < end}
        token = secrets.token_urlsafe(24)
        self._ends[token] = now + self._seconds
        return token

    def check(self, authorization: str) -> None:
        """Pass the value of an Authorization header; raises `Refusal` 401 for any other."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthenticated("A bearer token is required.")
        if token != BEARER and self._clock() >= self._ends.get(token, float("-inf")):
            raise unauthenticated("The access token is unknown or has expired.")


def viewer_of(account: Account) -> Viewer | None:
    """The administrator whose rights decide what the connector reads; None once they are gone."""
    user = account.tables.get("users", {}).get(account.tokens.get(TOKEN, 0))
    return None if user is None else Viewer(account, user)


PREFIX = "/api/v1"
TOKEN_PATH = f"{PREFIX}/account/applications/token"


class HostedGate:
    """Lets a request below `PREFIX` through, or answers it; others are none of its business."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self._app
        if scope["type"] == "http" and is_hosted(scope["path"]):
            try:
                self._check(scope)
            except Refusal as refusal:
                answering = refused(refusal)
        await answering(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if scope["path"] != TOKEN_PATH:
            self._tokens.check(headers.get("authorization", ""))
        if headers.get("x-organization-id", ORGANIZATION_ID) != ORGANIZATION_ID:
            raise wrong_organization()
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if scope["method"] == "POST" and kind != "application/json":
            raise unreadable("A POST needs Content-Type: application/json.")


def is_hosted(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")
