"""Credentials: the three ways to read an account.

Each checks what it is given before anything can quote it, and makes the source that a client asks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from harvest_client.addresses import AIRBYTE, HARVEST, HARVEST_ID, base_address
from harvest_client.budget import Budget, Budgets, shared_budgets
from harvest_client.connectors import Connector
from harvest_client.credentials import header_safe, header_secret, user_agent
from harvest_client.direct import HarvestApi
from harvest_client.errors import AIRBYTE as AIRBYTE_NAME
from harvest_client.errors import BadRequest, MissingCredentials, Unauthorized
from harvest_client.grants import TokenFile
from harvest_client.hosted import AirbyteApi
from harvest_client.oauth import EARLY, OAuthSession
from harvest_client.patience import Flow, RetryPolicy
from harvest_client.requests import AuthorizedRequest, TokenRequest
from harvest_client.search.generations import ApiVersion
from harvest_client.secret import Secret
from harvest_client.signing import (
    Auth,
    AuthorizedSender,
    RefreshingToken,
    StaticToken,
    Token,
    token_answer,
)
from harvest_client.source import Backend

_HOSTED_LASTS = 15 * 60.0  # seconds; the hosted API does not say
_HOSTED_EARLY = 60.0
_TOKEN_PATH = "/api/v1/account/applications/token"


class Credentials(Protocol):
    """A way in."""

    @property
    def base(self) -> httpx.URL: ...
    @property
    def user_agent(self) -> str: ...

    def make_backend(self, budgets: Budgets | None, patience: RetryPolicy) -> Backend:
        """Return the backend of a client; `budgets` are those of the credentials if None."""
        ...


class _Addressed:
    """Base URL of a credential, and the contact named in requests."""

    __slots__ = ()

    base_url: str
    contact: str | None

    @property
    def base(self) -> httpx.URL:
        return base_address(self.base_url)

    @property
    def user_agent(self) -> str:
        return user_agent(self.contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalToken(_Addressed):
    """A personal access token of Harvest, with all the rights of the person who made it."""

    token: str | Secret | None = field(repr=False)
    account_id: str | None
    base_url: str = HARVEST
    id_url: str = HARVEST_ID
    contact: str | None = None

    def __post_init__(self) -> None:
        _replace_checked(self, token=header_secret(self.token, "access token"))
        _replace_checked(self, account_id=header_safe(self.account_id, "account id"))
        _check_urls(self.base_url, self.id_url, self.contact)

    def make_backend(self, budgets: Budgets | None, patience: RetryPolicy) -> Backend:
        token = header_secret(self.token, "access token")
        signer = StaticToken(token, {"Harvest-Account-Id": str(self.account_id)})
        shared = budgets or shared_budgets(str(self.base), str(self.account_id), token.reveal())
        return HarvestApi(self.base, base_address(self.id_url), signer, shared, patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth(_Addressed):
    """An application that was authorised at Harvest.

    `keep` is the file that the ever new refresh token is kept in: without one, whoever starts
    again with the old one is locked out. Without `account_id` the sign-in must open only one.
    """

    client_id: str | None
    client_secret: str | Secret | None = field(repr=False)
    refresh_token: str | Secret | None = field(repr=False)
    account_id: str | None = None
    keep: Path | None = None
    base_url: str = HARVEST
    id_url: str = HARVEST_ID
    contact: str | None = None
    clock: Callable[[], float] = field(default=time.time, repr=False)

    def __post_init__(self) -> None:
        _replace_checked(self, client_id=header_safe(self.client_id, "OAuth client id"))
        _replace_checked(
            self, client_secret=header_secret(self.client_secret, "OAuth client secret")
        )
        _replace_checked(self, refresh_token=header_secret(self.refresh_token, "refresh token"))
        if self.account_id is not None:
            _replace_checked(self, account_id=header_safe(self.account_id, "account id"))
        _check_urls(self.base_url, self.id_url, self.contact)

    def make_backend(self, budgets: Budgets | None, patience: RetryPolicy) -> Backend:
        identity, client_id = base_address(self.id_url), str(self.client_id)
        refresh = header_secret(self.refresh_token, "refresh token")
        kept = TokenFile(self.keep, client_id=client_id, configured=refresh) if self.keep else None
        sign_in = OAuthSession(
            identity, client_id, header_secret(self.client_secret, "OAuth client secret"), refresh,
            kept, patience, self.account_id, self.clock,
        )  # fmt: skip
        signer = RefreshingToken(
            sign_in.renew_token, sign_in.account_header, early=EARLY, clock=self.clock
        )
        shared = budgets or shared_budgets(str(self.base), client_id, refresh.reveal())
        return HarvestApi(self.base, identity, signer, shared, patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Airbyte(_Addressed):
    """The hosted connector, by client credentials or by a ready-made `access_token`.

    `connector_id` names it; without one it must be the only one of the workspace. `generation` is
    found out where it is not given.
    """

    client_id: str | None = None
    client_secret: str | Secret | None = field(default=None, repr=False)
    access_token: str | Secret | None = field(default=None, repr=False)
    connector_id: str | None = None
    workspace_name: str = "default"
    organization_id: str | None = None
    base_url: str = AIRBYTE
    contact: str | None = None
    generation: ApiVersion | None = None
    clock: Callable[[], float] = field(default=time.time, repr=False)

    def __post_init__(self) -> None:
        if self.access_token is not None:
            _replace_checked(
                self, access_token=header_secret(self.access_token, "Airbyte access token")
            )
        elif self.client_id is None and self.client_secret is None:
            raise MissingCredentials(
                "There is neither an Airbyte client id and secret nor an Airbyte access token."
            )
        else:
            _replace_checked(self, client_id=header_safe(self.client_id, "Airbyte client id"))
            _replace_checked(
                self, client_secret=header_secret(self.client_secret, "Airbyte client secret")
            )
        for name in ("connector_id", "organization_id"):
            if (value := getattr(self, name)) is not None:
                _replace_checked(
                    self, **{name: header_safe(value, f"Airbyte {name.replace('_', ' ')}")}
                )
        _check_urls(self.base_url, HARVEST_ID, self.contact)

    def make_backend(self, budgets: Budgets | None, patience: RetryPolicy) -> Backend:
        desk = AuthorizedSender(self.base, self._make_auth(patience), patience, AIRBYTE_NAME)
        connector = Connector(self.connector_id, self.workspace_name)
        who = self.client_id or header_secret(self.access_token, "Airbyte access token").reveal()
        where = self.connector_id or self.workspace_name
        shared = budgets or shared_budgets(str(self.base), where, who)
        return AirbyteApi(desk, connector, shared, self.generation)

    def _make_auth(self, patience: RetryPolicy) -> Auth:
        organization = {"X-Organization-Id": self.organization_id} if self.organization_id else {}
        if self.access_token is not None:
            return StaticToken(
                header_secret(self.access_token, "Airbyte access token"), organization
            )
        budget = Budget(20, 10.0)

        def renew_token(refused: Secret | None) -> Flow[Token]:
            client_secret = header_secret(self.client_secret, "Airbyte client secret")
            exchange = TokenRequest(
                _TOKEN_PATH,
                {"client_id": str(self.client_id), "client_secret": client_secret.reveal()},
                hidden=("client_secret",),
            )
            asked = self.clock()
            signed = AuthorizedRequest(exchange, self.base, AIRBYTE_NAME, organization)
            try:
                reply = yield from patience.send_request(signed, budget)
            except BadRequest as error:
                refused_as = error
            else:
                answer = token_answer(reply, _TOKEN_PATH)
                lasts = min(answer.expires_in or _HOSTED_LASTS, _HOSTED_LASTS)
                return Token(Secret(answer.access_token), asked + lasts)
            # Not `Rejected`, which says something about the request that wants the token.
            raise Unauthorized(
                _TOKEN_PATH, refused_as.status, refused_as.message,
                request_id=refused_as.request_id, service=AIRBYTE_NAME,
            )  # fmt: skip

        def find_headers(token: Secret) -> Flow[dict[str, str]]:
            return organization
            yield  # a conversation of no steps

        return RefreshingToken(renew_token, find_headers, early=_HOSTED_EARLY, clock=self.clock)


def _replace_checked(access: object, **values: object) -> None:
    """Replaces what was given by what was checked, as only the making of a value may."""
    for name, value in values.items():
        object.__setattr__(access, name, value)


def _check_urls(base_url: str, id_url: str, contact: str | None) -> None:
    base_address(base_url)
    base_address(id_url)
    user_agent(contact)
