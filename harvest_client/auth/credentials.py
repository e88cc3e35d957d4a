"""Credentials: the three ways to read an account, checked before use.

Each checks what it is given before anything can quote it, and makes the source that a client asks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from harvest_client.auth.flow import (
    Auth,
    AuthorizedSender,
    RefreshingToken,
    StaticToken,
    Token,
    token_answer,
)
from harvest_client.auth.oauth import EARLY, OAuthSession
from harvest_client.auth.redaction import Secret
from harvest_client.auth.token_store import TokenFile
from harvest_client.backends.airbyte import AirbyteApi, Connector
from harvest_client.backends.harvest_api import HarvestApi
from harvest_client.errors import AIRBYTE as AIRBYTE_NAME
from harvest_client.errors import BadRequest, MissingCredentials, Unauthorized, UsageError
from harvest_client.http.rate_limit import Budget, Budgets, shared_budgets
from harvest_client.http.requests import AuthorizedRequest, TokenRequest
from harvest_client.http.retry import Flow, RetryPolicy
from harvest_client.models.results import Backend
from harvest_client.search.wire_format import ApiVersion


def header_secret(value: str | Secret | None, words: str) -> Secret:
    """Without surrounding whitespace, such as the line end of a file that held it."""
    return Secret(header_safe(value.reveal() if isinstance(value, Secret) else value, words))


def header_safe(value: str | None, words: str) -> str:
    """As `secret`, for what may be shown; `words` say what it is in the error."""
    # HTTP libraries quote a header that they refuse: ours must never come that far.
    stripped = (value or "").strip()
    if not stripped:
        raise MissingCredentials(f"There is no {words}.")
    if not (stripped.isascii() and stripped.isprintable()) or " " in stripped:
        raise MissingCredentials(f"The {words} has characters that none can have: copy it anew.")
    return stripped


def user_agent(contact: str | None) -> str:
    """Contact sent with each request. Harvest refuses requests without one."""
    contact = (contact or "").strip()
    if not (contact.isascii() and contact.isprintable()):
        raise UsageError("the contact must be an e-mail or web address in ASCII.")
    return f"Harvest Insights ({contact or 'self-hosted'})"


HARVEST = "https://api.harvestapp.com/v2"
HARVEST_ID = "https://id.getharvest.com/api/v2"
AIRBYTE = "https://api.airbyte.ai"

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def base_address(base_url: str) -> httpx.URL:
    """Return the base URL without a final slash; raises `UsageError` if unsafe for a token."""
    try:
        url = httpx.URL(base_url.strip().rstrip("/"))
    except httpx.InvalidURL:
        raise UsageError("the base URL is not an address.") from None
    if url.scheme != "https" and not (url.scheme == "http" and url.host in _LOOPBACK):
        raise UsageError(f"the base URL must begin with https:// (its host is {url.host!r}).")
    if url.userinfo or url.query or url.fragment or not url.host:
        raise UsageError("the base URL must be a scheme, a host and a path, nothing else.")
    return url


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
            request = self.clock()
            signed = AuthorizedRequest(exchange, self.base, AIRBYTE_NAME, organization)
            try:
                reply = yield from patience.send_request(signed, budget)
            except BadRequest as error:
                refused_as = error
            else:
                answer = token_answer(reply, _TOKEN_PATH)
                lasts = min(answer.expires_in or _HOSTED_LASTS, _HOSTED_LASTS)
                return Token(Secret(answer.access_token), request + lasts)
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
    """Replace what was given by what was checked, as only the making of a value may."""
    for name, value in values.items():
        object.__setattr__(access, name, value)


def _check_urls(base_url: str, id_url: str, contact: str | None) -> None:
    base_address(base_url)
    base_address(id_url)
    user_agent(contact)
