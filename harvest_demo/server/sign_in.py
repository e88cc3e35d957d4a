"""Harvest ID of the demo account: refresh tokens for access tokens, and the accounts these open."""

import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_demo.account.account import ACCOUNT_ID, TOKEN, Account
from harvest_demo.server.refusals import Refusal, answer, unauthorized

PREFIX = "/api/v2"
CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-secret"  # opens nothing but the demo account
REFRESH_TOKEN = "demo-refresh"


class SignIn:
    """Hands out access tokens of the administrator, which live `seconds` by `clock`.

    A refresh token works once, as Harvest's do. The first one always does, so that whoever tries
    the demo account can begin anew.
    """

    def __init__(self, account: Account, *, seconds: float, clock: Callable[[], float]) -> None:
        self._account = account
        self._seconds = seconds
        self._clock = clock
        self._ends: dict[str, float] = {}
        self._refresh = {REFRESH_TOKEN}
        self.routes = [
            Route(f"{PREFIX}/oauth2/token", self.token, methods=["POST"]),
            Route(f"{PREFIX}/accounts", self.accounts),
        ]

    def user_of(self, token: str) -> int | None:
        """The id of the person that an access token acts for; None for one that is not good."""
        if token in self._ends:
            token = TOKEN if self._clock() < self._ends[token] else ""
        return self._account.tokens.get(token)

    async def token(self, request: Request) -> Response:
        values = dict(parse_qsl((await request.body()).decode(errors="replace")))
        if values.get("grant_type") != "refresh_token":
            raise Refusal(400, {"error": "unsupported_grant_type"})
        if (values.get("client_id"), values.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refusal(401, {"error": "invalid_client"})
        refresh = values.get("refresh_token", "")
        if refresh not in self._refresh:
            text = "The refresh token is invalid, was used or was revoked."
            raise Refusal(400, {"error": "invalid_grant", "error_description": text})
        self._refresh = {REFRESH_TOKEN, new := secrets.token_urlsafe(24)}
        access = secrets.token_urlsafe(24)
        self._ends[access] = self._clock() + self._seconds
        return answer(
            {
                "access_token": access,
                "refresh_token": new,
                "token_type": "bearer",
                "expires_in": self._seconds,
            }
        )

    async def accounts(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user = self._account.tables["users"].get(self.user_of(token) or 0)
        if scheme.lower() != "bearer" or user is None:
            raise unauthorized()
        about = {name: user[name] for name in ("id", "first_name", "last_name", "email")}
        account = {
            "id": int(ACCOUNT_ID), "name": self._account.company["name"], "product": "harvest",
        }  # fmt: skip
        return answer({"user": about, "accounts": [account]})


def is_sign_in(path: str) -> bool:
    return path.startswith(f"{PREFIX}/")
