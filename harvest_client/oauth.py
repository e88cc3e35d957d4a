"""Signing in to Harvest by OAuth: a refresh token that changes with each use, and an account."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
import msgspec

from harvest_client.budget import Budget
from harvest_client.errors import AmbiguousAccount, Malformed, Rejected, SignInEnded, Unauthorized
from harvest_client.grants import Grant, GrantFile
from harvest_client.once import Once
from harvest_client.patience import Conversation, Patience
from harvest_client.requests import Exchange, Get, Signed
from harvest_client.secret import Secret
from harvest_client.signing import Token, bearer, token_answer
from harvest_client.transport import Wait

EARLY = 300.0  # seconds before its end that a token is renewed
_LOOK_AGAIN = 0.2
_UNTOLD = 3600.0  # how long a token lasts that does not say so


class AccountOf(msgspec.Struct, frozen=True):
    """One account that a token opens."""

    id: int
    name: str | None = None
    product: str | None = None


class _Accounts(msgspec.Struct):
    accounts: list[AccountOf]


@dataclass(slots=True)
class SignIn:
    """Conversations with Harvest ID at `base`. `keep` outlives the process where it is given."""

    base: httpx.URL
    client_id: str
    client_secret: Secret
    refresh: Secret
    keep: GrantFile | None
    patience: Patience
    account_id: str | None = None
    clock: Callable[[], float] = time.time
    _budget: Budget = field(default_factory=lambda: Budget(20, 10.0))
    _account: Once[str] = field(default_factory=Once)
    _unkept: Grant | None = None

    def renew(self, refused: Secret | None) -> Conversation[Token]:
        """An access token other than the `refused` one; raises `SignInEnded`, `GrantNotKept`."""
        if self.keep is None:
            grant = yield from self._exchange(self.refresh)
            self.refresh = grant.refresh
            return Token(grant.access, grant.ends)
        while True:
            # One process at a time: the second to renew would hold a token that has ended.
            with self.keep.held() as mine:
                if mine:
                    grant = yield from self._renewed(self.keep, refused)
                    return Token(grant.access, grant.ends)
            yield Wait(_LOOK_AGAIN)

    def account(self, token: Secret) -> Conversation[Mapping[str, str]]:
        """The header that names the account; looked up where none is configured."""
        account_id = self.account_id or (
            yield from self._account.get(lambda: self._only_account(token))
        )
        return {"Harvest-Account-Id": account_id}

    def accounts(self, token: Secret) -> Conversation[list[AccountOf]]:
        """The Harvest accounts that the token opens; Forecast's are left out."""
        return (yield from accounts(self.base, token, self.patience, self._budget))

    def _renewed(self, keep: GrantFile, refused: Secret | None) -> Conversation[Grant]:
        kept = self._unkept or keep.read()
        if kept and kept.access != refused and self.clock() < kept.ends - EARLY:
            grant = kept  # another process was here first
        else:
            grant = yield from self._exchange(kept.refresh if kept else self.refresh)
        # Should it fail to be written, it is still the only one that works: keep trying.
        self._unkept = grant
        keep.write(grant)
        self._unkept = None
        return grant

    def _exchange(self, refresh: Secret) -> Conversation[Grant]:
        exchange = Exchange(
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
        asked = self.clock()
        reply, refused = None, None
        try:
            reply = yield from self.patience.ask(
                Signed(exchange, self.base, "Harvest ID"), self._budget
            )
        except (Rejected, Unauthorized) as error:
            refused = f"Harvest ID does not renew this sign-in ({error.status}"
            refused += f": {error.message})." if error.message else ")."
        if reply is None:
            raise SignInEnded(refused)
        answer = token_answer(reply, "/oauth2/token")
        lasts = answer.expires_in if answer.expires_in and answer.expires_in > 0 else _UNTOLD
        new = Secret(answer.refresh_token) if answer.refresh_token else refresh
        return Grant(Secret(answer.access_token), new, asked + lasts)

    def _only_account(self, token: Secret) -> Conversation[str]:
        found = yield from self.accounts(token)
        if len(found) == 1:
            return str(found[0].id)
        if not found:
            raise AmbiguousAccount("This sign-in opens no Harvest account.")
        named = ", ".join(f"{account.id} ({account.name})" for account in found)
        raise AmbiguousAccount(f"This sign-in opens several Harvest accounts: {named}.")


def accounts(
    base: httpx.URL, token: Secret, patience: Patience, budget: Budget
) -> Conversation[list[AccountOf]]:
    """The Harvest accounts that a token opens, asked of Harvest ID at `base`."""
    signed = Signed(Get("/accounts"), base, "Harvest ID", bearer(token, {}))
    reply = yield from patience.ask(signed, budget)
    try:
        # Not strict: ids may come as text, as elsewhere.
        listed = msgspec.json.decode(reply.body, type=_Accounts, strict=False).accounts
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        listed = None
    if listed is None:
        raise Malformed("/accounts: the answer is not what Harvest documents.")
    return [account for account in listed if account.product == "harvest"]
