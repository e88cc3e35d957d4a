"""Authentication: the headers of each request, from a static or a renewed token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx
import msgspec

from harvest_client.auth.redaction import Secret, SecretHeaders
from harvest_client.errors import HARVEST, HarvestError, InvalidResponse, Unauthorized
from harvest_client.http.rate_limit import Budget
from harvest_client.http.requests import AuthorizedRequest, Request
from harvest_client.http.retry import Flow, RetryPolicy
from harvest_client.http.single_flight import SingleFlight
from harvest_client.http.transport import RawResponse


class Auth(Protocol):
    """Makes the headers that say who asks."""

    def get_headers(self) -> Flow[SecretHeaders]: ...

    def on_unauthorized(self, headers: SecretHeaders) -> bool:
        """Note that they were answered 401; whether others can be had."""
        ...


@dataclass(frozen=True, slots=True)
class StaticToken:
    """A token that stays the same until somebody configures another."""

    token: Secret
    more: Mapping[str, str]

    def get_headers(self) -> Flow[SecretHeaders]:
        return bearer_headers(self.token, self.more)
        yield  # a conversation of no steps

    def on_unauthorized(self, headers: SecretHeaders) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, good until `ends` on the clock that it was made by."""

    value: Secret
    expires_at: float


class RefreshingToken:
    """A token that is asked for when there is none, before it ends, and after a 401.

    `renew` asks for one; by one request, however many threads wait for it.
    """

    def __init__(
        self,
        renew: Callable[[Secret | None], Flow[Token]],
        more: Callable[[Secret], Flow[Mapping[str, str]]],
        *,
        early: float,
        clock: Callable[[], float],
    ) -> None:
        self._renew = renew
        self._more = more
        self._early = early
        self._clock = clock
        self._tokens: SingleFlight[Token] = SingleFlight()
        self._refused: Secret | None = None

    def get_headers(self) -> Flow[SecretHeaders]:
        token = yield from self._tokens.get(lambda: self._renew(self._refused), self._is_fresh)
        more = yield from self._more(token.value)
        return bearer_headers(token.value, more)

    def on_unauthorized(self, headers: SecretHeaders) -> bool:
        self._refused = Secret(headers["Authorization"].rpartition(" ")[2])
        return True

    def _is_fresh(self, token: Token) -> bool:
        return token.value != self._refused and self._clock() < token.expires_at - self._early


def bearer_headers(token: Secret, more: Mapping[str, str]) -> SecretHeaders:
    return SecretHeaders({"Authorization": f"Bearer {token.reveal()}", **more})


@dataclass(frozen=True, slots=True)
class AuthorizedSender:
    """Asks one service, patiently and under the right name."""

    base: httpx.URL
    signer: Auth
    patience: RetryPolicy = field(default_factory=RetryPolicy)
    service: str = HARVEST

    def send_request(self, request: Request, budget: Budget) -> Flow[RawResponse]:
        """Return an answer of status 200; after a 401 asks once more, with a new token."""
        for tried in (False, True):
            headers = yield from self.signer.get_headers()
            error: HarvestError
            try:
                signed = AuthorizedRequest(request, self.base, self.service, headers)
                return (yield from self.patience.send_request(signed, budget))
            except Unauthorized as no:
                error = no
            if tried or not self.signer.on_unauthorized(headers):
                break
        raise error


class TokenAnswer(msgspec.Struct, frozen=True):
    """Response of a token endpoint by RFC 6749; the hosted API has its first field only."""

    access_token: str
    refresh_token: str | None = None
    expires_in: float | None = None

    def __repr__(self) -> str:
        return "<a token answer>"


_READER = msgspec.json.Decoder(TokenAnswer)


def token_answer(reply: RawResponse, name: str) -> TokenAnswer:
    """Read it; raises `Malformed`, which never quotes it."""
    try:
        answer = _READER.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        answer = None
    if answer is None or not _is_header_safe(answer.access_token):
        raise InvalidResponse(f"{name}: the answer has no access token.")
    return answer


def _is_header_safe(token: str) -> bool:
    # A function of its own, because the frame of an error shows its variables.
    return token.isascii() and token.isprintable() and bool(token.strip())
