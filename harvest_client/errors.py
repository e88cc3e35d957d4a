"""Errors of the client, each with a remedy.

HarvestError
├── MissingCredentials     no usable token or account id
├── BadSetting             a setting that makes no sense
├── AmbiguousAccount       the credentials open none or several: one must be named
├── AmbiguousConnector     the same, of hosted connectors
├── RefreshTokenExpired    the refresh token is no longer accepted
├── TokenNotSaved          a new refresh token could not be written down, so it was not used
├── UsageError             a call that was never sent: unknown name or impossible value
│   ├── UnknownName        there is no entity of that name
│   └── NoCopy             a search that needs a local copy, where there is none
├── Unreachable            no whole answer came: DNS, TLS, refused, reset, cut off, silent
├── BadAnswer              an answer came that cannot be used
│   ├── InvalidResponse    cut, HTML, empty, not JSON, or of another shape than documented
│   ├── TooLarge           more bytes than any page of records has
│   ├── TooSlow            still arriving when the deadline for the whole of it passed
│   ├── Truncated          the hosted list has more rows than it can hand out
│   ├── UntrustedLink      the next page is said to be somewhere the token must not go
│   └── PaginationLoop     the next page is one that was read already
└── ApiError               Harvest answered, and the answer was no
    ├── Redirected         3xx
    ├── BadRequest         400, 422
    ├── Unauthorized       401
    ├── Forbidden          403
    ├── NotFound           404
    ├── RateLimited        429, or our own budget is used up
    └── ServerError        5xx

No error holds a token, a header or a query string.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from http import HTTPStatus
from typing import Self

from harvest_client.models.records import OddRecord

_ENDS = (".", "!", "?", "…")


def join_sentences(sentences: Iterable[str]) -> str:
    """Return the sentences one after the other, each with an end; empty ones are left out.

    What happened may be told in the words of a server, which seldom end.
    """
    told = (sentence.strip() for sentence in sentences)
    return " ".join(item if item.endswith(_ENDS) else f"{item}." for item in told if item)


def nearest_match(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, None if none is."""
    matches = get_close_matches(name[:60], list(known), n=1)
    return matches[0] if matches else None


HARVEST = "Harvest"
AIRBYTE = "Airbyte"


class HarvestError(Exception):
    """Says what happened; `remedy` says what to do about it."""

    remedy = ""


class MissingCredentials(HarvestError):
    remedy = (
        "Create a personal access token at https://id.getharvest.com/developers, which shows the "
        "account id too, and set HARVEST_ACCESS_TOKEN and HARVEST_ACCOUNT_ID."
    )


class BadSetting(HarvestError):
    remedy = "Correct the setting in the environment or in .streamlit/secrets.toml."


class AmbiguousAccount(HarvestError):
    remedy = "Set HARVEST_ACCOUNT_ID to the account to read."


class AmbiguousConnector(HarvestError):
    remedy = (
        "Set AIRBYTE_CONNECTOR_ID to the connector to use, or AIRBYTE_WORKSPACE_NAME to the "
        "workspace that has it."
    )


class RefreshTokenExpired(HarvestError):
    remedy = (
        "Authorise the application at Harvest again and set the new HARVEST_REFRESH_TOKEN. It ends "
        "when it was revoked, or used by another program that kept the one it got in exchange."
    )


class TokenNotSaved(HarvestError):
    remedy = "Make room or give write access there: without it, the next start could not sign in."


class UsageError(HarvestError):
    remedy = "Correct the call; nothing was sent."

    @classmethod
    def unknown_name(cls, what: str, name: str, known: Iterable[str]) -> Self:
        """`what` has no `name`; offers the nearest name that it has."""
        known = sorted(map(str, known))
        nearest = nearest_match(str(name), known)
        if nearest:
            return cls(f"{what} {str(name)!r}; did you mean {nearest!r}?")
        return cls(f"{what} {str(name)!r}; there are: {', '.join(known) or 'none'}.")


class UnknownName(UsageError, AttributeError):
    pass


class NoCopy(UsageError):
    remedy = (
        "Search with a copy of the account: `python -m dashboard sync` makes one, "
        "`Harvest(…, copy=…)` and the command line search it."
    )


class Unreachable(HarvestError):
    remedy = "Check the network, the proxy and the base URL, then try again."


class BadAnswer(HarvestError):
    remedy = "Try again later. If it stays, Harvest has changed or something answers in its place."


class InvalidResponse(BadAnswer):
    """`odd` is the record at fault, where the rest of the answer is as documented."""

    odd: OddRecord | None = None


class TooLarge(BadAnswer):
    remedy = "Ask for smaller pages with per_page."


class TooSlow(BadAnswer):
    remedy = "Try again later, with smaller pages (per_page) or a longer deadline."


class Truncated(BadAnswer):
    remedy = "Use search, which reads to the end, or talk to Harvest directly."


class UntrustedLink(BadAnswer):
    remedy = "Check HARVEST_BASE_URL: it must be the address that Harvest's own links have."


class PaginationLoop(BadAnswer):
    pass


class ApiError(HarvestError):
    """`service` refused `path`; `message` is its own explanation, `request_id` its own log entry.

    `retry_after` is how many seconds it asks to be left alone, None when it does not say.
    """

    remedy = "Try again later. If it stays, ask Harvest's support with the request id."
    hosted_remedy = "Try again later. If it stays, ask Airbyte's support."

    def __init__(
        self,
        path: str,
        status: int,
        message: str = "",
        *,
        request_id: str | None = None,
        retry_after: float | None = None,
        service: str = HARVEST,
    ) -> None:
        if service == AIRBYTE:
            self.remedy = self.hosted_remedy
        self.service = service
        self.path = path
        self.status = status
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        parts = [f"{path}: {service} answered {status}{_status_phrase(status)}"]
        if message:
            parts.append(f": {message}")
        if retry_after is not None:
            parts.append(f"; try again in {retry_after:.0f} s")
        if request_id:
            parts.append(f" (request {request_id})")
        super().__init__("".join(parts))


class Redirected(ApiError):
    remedy = "Set HARVEST_BASE_URL to Harvest's final address: redirects are not followed."
    hosted_remedy = "Set AIRBYTE_BASE_URL to the final address: redirects are not followed."


class BadRequest(ApiError):
    remedy = "Correct the values that Harvest names."
    hosted_remedy = "Correct the values that the message names."


class Unauthorized(ApiError):
    remedy = (
        "The token is wrong, expired or revoked, or it does not open this account: check "
        "HARVEST_ACCESS_TOKEN and HARVEST_ACCOUNT_ID."
    )
    hosted_remedy = (
        "Check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, or set a new AIRBYTE_ACCESS_TOKEN: "
        "those end after minutes."
    )


class Forbidden(ApiError):
    remedy = (
        "The owner of this token may not read that: rates, invoices and the whole team need an "
        "administrator's token."
    )
    hosted_remedy = (
        "The organisation may be the wrong one (AIRBYTE_ORGANIZATION_ID), or the Harvest login "
        "behind the connector may not read that."
    )


class NotFound(ApiError):
    remedy = "Check the id, and HARVEST_ACCOUNT_ID: a wrong account looks the same."
    hosted_remedy = "Check the id, and AIRBYTE_CONNECTOR_ID: a deleted connector looks the same."


def suspect_login(error: ApiError) -> None:
    """Add to the remedy of a refusal that nothing was answered before it."""
    if error.service == HARVEST:
        error.remedy += (
            " Nothing was answered before: if all of it is refused, check HARVEST_ACCESS_TOKEN and "
            "HARVEST_ACCOUNT_ID."
        )


class RateLimited(ApiError):
    remedy = "Wait that long and try again. Other tools with this token use the same budget."
    hosted_remedy = remedy

    @classmethod
    def by_own_budget(cls, path: str, seconds: float) -> "RateLimited":
        """Not sent: a permit of our own budget would be too long in coming."""
        error = cls(path, 429, retry_after=seconds)
        error.args = (
            f"{path}: the rate budget of this token is used up; try again in {seconds:.0f} s",
        )
        return error


class ServerError(ApiError):
    remedy = "Harvest has a problem of its own (https://www.harveststatus.com); try again later."
    hosted_remedy = "Airbyte has a problem of its own, or Harvest behind it; try again later."


def _status_phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    422: BadRequest,
    429: RateLimited,
}


def error_class(status: int) -> type[ApiError]:
    """Return the class of a refusal with that HTTP status."""
    if 300 <= status < 400:
        return Redirected
    if status >= 500:
        return ServerError
    return _BY_STATUS.get(status, ApiError)
