"""Everything that can go wrong between us and Harvest, or the hosted API in its place.

HarvestError
├── MissingCredentials   no usable token or account id
├── BadSetting           a setting that makes no sense
├── AmbiguousAccount     the credentials open none or several: one must be named
├── AmbiguousConnector   the same, of hosted connectors
├── SignInEnded          the refresh token is no longer accepted
├── GrantNotKept         a new refresh token could not be written down, so it was not used
├── UsageError           a call that was never sent: unknown name or impossible value
│   ├── UnknownName      there is no entity of that name
│   └── NoCopy           a search that needs a local copy, where there is none
├── Unreachable          no whole answer came: DNS, TLS, refused, reset, cut off, silent
├── BadAnswer            an answer came that cannot be used
│   ├── Malformed        cut, HTML, empty, not JSON, or of another shape than documented
│   ├── TooLarge         more bytes than any page of records has
│   ├── TooSlow          still arriving when the deadline for the whole of it passed
│   ├── Truncated        the hosted list has more rows than it can hand out
│   ├── ForeignLink      the next page is said to be somewhere the token must not go
│   └── EndlessList      the next page is one that was read already
└── ApiError             Harvest answered, and the answer was no
    ├── Redirected       3xx
    ├── Rejected         400, 422
    ├── Unauthorized     401
    ├── Forbidden        403
    ├── NotFound         404
    ├── Throttled        429, or our own budget is used up
    └── ServerError      5xx

No error holds a token, a header or a query string.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self

from harvest_client.api_errors import (
    AIRBYTE,
    HARVEST,
    ApiError,
    Forbidden,
    NotFound,
    Redirected,
    Rejected,
    ServerError,
    Throttled,
    Unauthorized,
    error_class,
)
from harvest_client.base_error import HarvestError
from harvest_client.odd_record import OddRecord

__all__ = [
    "AIRBYTE",
    "AmbiguousAccount",
    "AmbiguousConnector",
    "ApiError",
    "BadAnswer",
    "BadSetting",
    "EndlessList",
    "Forbidden",
    "ForeignLink",
    "GrantNotKept",
    "HARVEST",
    "HarvestError",
    "Malformed",
    "MissingCredentials",
    "NoCopy",
    "NotFound",
    "Redirected",
    "Rejected",
    "ServerError",
    "SignInEnded",
    "Throttled",
    "TooLarge",
    "TooSlow",
    "Truncated",
    "Unauthorized",
    "UnknownName",
    "Unreachable",
    "UsageError",
    "error_class",
]


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


class SignInEnded(HarvestError):
    remedy = (
        "Authorise the application at Harvest again and set the new HARVEST_REFRESH_TOKEN. It ends "
        "when it was revoked, or used by another program that kept the one it got in exchange."
    )


class GrantNotKept(HarvestError):
    remedy = "Make room or give write access there: without it, the next start could not sign in."


class UsageError(HarvestError):
    remedy = "Correct the call; nothing was sent."

    @classmethod
    def unknown(cls, what: str, name: str, known: Iterable[str]) -> Self:
        """`what` has no `name`; offers the nearest name that it has."""
        known = sorted(map(str, known))
        nearest = get_close_matches(name, known, n=1)
        if nearest:
            return cls(f"{what} {str(name)!r}; did you mean {nearest[0]!r}?")
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


class Malformed(BadAnswer):
    """`odd` is the record at fault, where the rest of the answer is as documented."""

    odd: OddRecord | None = None


class TooLarge(BadAnswer):
    remedy = "Ask for smaller pages with per_page."


class TooSlow(BadAnswer):
    remedy = "Try again later, with smaller pages (per_page) or a longer deadline."


class Truncated(BadAnswer):
    remedy = "Use search, which reads to the end, or talk to Harvest directly."


class ForeignLink(BadAnswer):
    remedy = "Check HARVEST_BASE_URL: it must be the address that Harvest's own links have."


class EndlessList(BadAnswer):
    pass
