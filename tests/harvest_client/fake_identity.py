"""Harvest ID at the HTTP boundary: refresh tokens that change with each use, and accounts."""

import itertools
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

import httpx

from tests.harvest_client.fake_harvest import FakeHarvest

CLIENT_SECRET = "canary-client-secret"
FIRST = "canary-refresh-0"


class FakeIdentity:
    """Answers at id.getharvest.com, and as Harvest elsewhere to whoever has its newest token.

    Access tokens live `seconds`. A refresh token works once. `accounts` are what a token opens.
    """

    def __init__(self, seconds: float = 1000.0) -> None:
        self.harvest = FakeHarvest()
        self.seconds = seconds
        self.refresh = FIRST
        self.access: set[str] = set()
        self.exchanges: list[dict[str, str]] = []
        self.accounts: list[dict[str, Any]] = [
            {"id": 17, "name": "Acme", "product": "harvest"},
            {"id": 99, "name": "Acme", "product": "forecast"},
        ]
        self.asked: list[httpx.Request] = []
        self.trouble: list[httpx.Response] = []
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.asked.append(request)
            if request.url.path == "/api/v2/oauth2/token":
                return self.trouble.pop(0) if self.trouble else self._exchange(request)
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.access:
                return httpx.Response(401, json={"error": "invalid_token"})
            if request.url.path == "/api/v2/accounts":
                return httpx.Response(200, json={"user": {"id": 1}, "accounts": self.accounts})
            return self.harvest.answer(request)

    def revoke_access(self) -> None:
        self.access.clear()

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        given = dict(parse_qsl(request.content.decode()))
        self.exchanges.append(given)
        if given.get("client_secret") != CLIENT_SECRET:
            return httpx.Response(401, json={"error": "invalid_client"})
        if given.get("refresh_token") != self.refresh:
            said = f"the token {given.get('refresh_token')} is unknown"
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": said})
        number = next(self._numbers)
        self.refresh = f"canary-refresh-{number}"
        self.access.add(f"canary-access-{number}")
        return httpx.Response(
            200,
            json={
                "access_token": f"canary-access-{number}",
                "refresh_token": self.refresh,
                "token_type": "bearer",
                "expires_in": self.seconds,
            },
        )
