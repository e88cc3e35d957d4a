"""Signing in to Harvest by OAuth: a refresh token that changes with each use, and an account."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
import msgspec

from harvest_client.auth.flow import Token, bearer_headers, token_answer
from harvest_client.auth.redaction import Secret
from harvest_client.auth.token_store import StoredToken, TokenFile
from harvest_client.errors import (
    AmbiguousAccount,
    BadRequest,
    InvalidResponse,
    RefreshTokenExpired,
    Unauthorized,
)
from harvest_client.http.rate_limit import Budget
from harvest_client.http.requests import AuthorizedRequest, Get, TokenRequest
from harvest_client.http.retry import Flow, RetryPolicy
from harvest_client.http.single_flight import SingleFlight
from harvest_client.http.transport import Sleep

EARLY = 300.0  # seconds before its end that a token is renewed
_LOOK_AGAIN = 0.2
_UNTOLD = 3600.0  # how long a token lasts that does not say so


class AccountSummary(msgspec.Struct, frozen=True):
    """One account that a token opens."""

    id: int
    name: str | None = None
    product: str | None = None


class _Accounts(msgspec.Struct):
    accounts: list[AccountSummary]


@dataclass(slots=True)
class OAuthSession:
    """Conversations with Harvest ID at `base`. `keep` outlives the process where it is given."""

    base: httpx.URL
    client_id: str
    client_secret: Secret
    refresh: Secret
    keep: TokenFile | None
    patience: RetryPolicy
    account_id: str | None = None
    clock: Callable[[], float] = time.time
    _budget: Budget = field(default_factory=lambda: Budget(20, 10.0))
    _account: SingleFlight[str] = field(default_factory=SingleFlight)
    _unkept: StoredToken | None = None

    def renew_token(self, refused: Secret | None) -> Flow[Token]:
        """An access token other than the `refused` one; raises `SignInEnded`, `GrantNotKept`."""
        if self.keep is None:
            grant = yield from self._exchange_token(self.refresh)
            self.refresh = grant.refresh
            return Token(grant.access, grant.ends)
        while True:
            # One process at a time: the second to renew would hold a token that has ended.
            with self.keep.hold() as mine:
                if mine:
                    grant = yield from self._renew_grant(self.keep, refused)
                    return Token(grant.access, grant.ends)
            yield Sleep(_LOOK_AGAIN)

    def account_header(self, token: Secret) -> Flow[Mapping[str, str]]:
        """Return the header that names the account; looked up where none is configured."""
        account_id = self.account_id or (
            yield from self._account.get(lambda: self._only_account(token))
        )
        return {"Harvest-Account-Id": account_id}

    def list_accounts(self, token: Secret) -> Flow[list[AccountSummary]]:
        """Return the Harvest accounts that the token opens; Forecast's are left out."""
        return (yield from list_accounts(self.base, token, self.patience, self._budget))

    def _renew_grant(self, keep: TokenFile, refused: Secret | None) -> Flow[StoredToken]:
        kept = self._unkept or keep.read()
        if kept and kept.access != refused and self.clock() < kept.ends - EARLY:
            grant = kept  # another process was here first
        else:
            grant = yield from self._exchange_token(kept.refresh if kept else self.refresh)
        # Should it fail to be written, it is still the only one that works: keep trying.
        self._unkept = grant
        keep.write(grant)
        self._unkept = None
        return grant

    def _exchange_token(self, refresh: Secret) -> Flow[StoredToken]:
        exchange = TokenRequest(
            "/oauth2/token",
            {
                "grant_type": "refresh_token",
                "refresh_token": refresh.reveal(),
                "client_id": self.client_id,
                "client_secret": self.client_secret.reveal(),
            },
            hidden=("refresh_token", "client_secret"),
            as_form=True,
        )
        request = self.clock()
        reply, refused = None, None
        try:
            reply = yield from self.patience.send_request(
                AuthorizedRequest(exchange, self.base, "Harvest ID"), self._budget
            )
        except (BadRequest, Unauthorized) as error:
            refused = f"Harvest ID does not renew this sign-in ({error.status}"
            refused += f": {error.message})." if error.message else ")."
        if reply is None:
            raise RefreshTokenExpired(refused)
        answer = token_answer(reply, "/oauth2/token")
        lasts = answer.expires_in if answer.expires_in and answer.expires_in > 0 else _UNTOLD
        new = Secret(answer.refresh_token) if answer.refresh_token else refresh
        return StoredToken(Secret(answer.access_token), new, request + lasts)

    def _only_account(self, token: Secret) -> Flow[str]:
        result = yield from self.list_accounts(token)
        if len(result) == 1:
            return str(result[0].id)
        if not result:
            raise AmbiguousAccount("This sign-in opens no Harvest account.")
        named = ", ".join(f"{account.id} ({account.name})" for account in result)
        raise AmbiguousAccount(f"This sign-in opens several Harvest accounts: {named}.")


def list_accounts(
    base: httpx.URL, token: Secret, patience: RetryPolicy, budget: Budget
) -> Flow[list[AccountSummary]]:
    """Return the Harvest accounts that a token opens, asked of Harvest ID at `base`."""
    signed = AuthorizedRequest(Get("/accounts"), base, "Harvest ID", bearer_headers(token, {}))
    reply = yield from patience.send_request(signed, budget)
    try:
        # Not strict: ids may come as text, as elsewhere.
        listed = msgspec.json.decode(reply.body, type=_Accounts, strict=False).accounts
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        listed = None
    if listed is None:
        raise InvalidResponse("/accounts: the answer is not what Harvest documents.")
    return [account for account in listed if account.product == "harvest"]
