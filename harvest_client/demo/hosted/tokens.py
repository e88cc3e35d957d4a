"""The access tokens of the hosted API, and for how long each is good."""

import secrets
from collections.abc import Callable

from harvest_client.demo.hosted.identity import BEARER, CLIENT_ID, CLIENT_SECRET
from harvest_client.demo.hosted.refusals import bad_key, unauthenticated, wrong_login


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
        """Passes the value of an Authorization header; raises `Refusal` 401 for any other."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthenticated("A bearer token is required.")
        if token != BEARER and self._clock() >= self._ends.get(token, float("-inf")):
            raise unauthenticated("The access token is unknown or has expired.")
