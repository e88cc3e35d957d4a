"""Who asks: the headers of each request, from a token that stays or one that is renewed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx
import msgspec

from harvest_client.budget import Budget
from harvest_client.errors import HARVEST, HarvestError, Malformed, Unauthorized
from harvest_client.once import Once
from harvest_client.patience import Conversation, Patience
from harvest_client.requests import Request, Signed
from harvest_client.secret import Secret, SecretHeaders
from harvest_client.transport import Reply


class Signer(Protocol):
    """Makes the headers that say who asks."""

    def headers(self) -> Conversation[SecretHeaders]: ...

    def refused(self, headers: SecretHeaders) -> bool:
        """Hears that they were answered 401; whether others can be had."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A token that stays the same until somebody configures another."""

    token: Secret
    more: Mapping[str, str]

    def headers(self) -> Conversation[SecretHeaders]:
        return bearer(self.token, self.more)
        yield  # a conversation of no steps

    def refused(self, headers: SecretHeaders) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, good until `ends` on the clock that it was made by."""

    value: Secret
    ends: float


class Renewed:
    """A token that is asked for when there is none, before it ends, and after a 401.

    `renew` asks for one; by one request, however many threads wait for it.
    """

    def __init__(
        self,
        renew: Callable[[Secret | None], Conversation[Token]],
        more: Callable[[Secret], Conversation[Mapping[str, str]]],
        *,
        early: float,
        clock: Callable[[], float],
    ) -> None:
        self._renew = renew
        self._more = more
        self._early = early
        self._clock = clock
        self._tokens: Once[Token] = Once()
        self._refused: Secret | None = None

    def headers(self) -> Conversation[SecretHeaders]:
        token = yield from self._tokens.get(lambda: self._renew(self._refused), self._good)
        more = yield from self._more(token.value)
        return bearer(token.value, more)

    def refused(self, headers: SecretHeaders) -> bool:
        self._refused = Secret(headers["Authorization"].rpartition(" ")[2])
        return True

    def _good(self, token: Token) -> bool:
        return token.value != self._refused and self._clock() < token.ends - self._early


def bearer(token: Secret, more: Mapping[str, str]) -> SecretHeaders:
    return SecretHeaders({"Authorization": f"Bearer {token.reveal()}", **more})


@dataclass(frozen=True, slots=True)
class Desk:
    """Asks one service, patiently and under the right name."""

    base: httpx.URL
    signer: Signer
    patience: Patience = field(default_factory=Patience)
    service: str = HARVEST

    def ask(self, request: Request, budget: Budget) -> Conversation[Reply]:
        """Returns an answer of status 200; after a 401 asks once more, with a new token."""
        for tried in (False, True):
            headers = yield from self.signer.headers()
            error: HarvestError
            try:
                signed = Signed(request, self.base, self.service, headers)
                return (yield from self.patience.ask(signed, budget))
            except Unauthorized as no:
                error = no
            if tried or not self.signer.refused(headers):
                break
        raise error


class TokenAnswer(msgspec.Struct, frozen=True):
    """What a token endpoint says: RFC 6749, of which the hosted API has the first field only."""

    access_token: str
    refresh_token: str | None = None
    expires_in: float | None = None

    def __repr__(self) -> str:
        return "<a token answer>"


_READER = msgspec.json.Decoder(TokenAnswer)


def token_answer(reply: Reply, name: str) -> TokenAnswer:
    """Reads it; raises `Malformed`, which never quotes it."""
    try:
        answer = _READER.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        answer = None
    if answer is None or not _sendable(answer.access_token):
        raise Malformed(f"{name}: the answer has no access token.")
    return answer


def _sendable(token: str) -> bool:
    # A function of its own, because the frame of an error shows its variables.
    return token.isascii() and token.isprintable() and bool(token.strip())
