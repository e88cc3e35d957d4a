"""Everything that can go wrong between us and Harvest.

HarvestError
├── MissingCredentials   no usable token or account id
├── UsageError           a call that Harvest was never asked: unknown name or impossible value
├── Unreachable          no whole answer came: DNS, TLS, refused, reset, cut off, silent
├── BadAnswer            an answer came that cannot be used
│   ├── Malformed        cut, HTML, empty, not JSON, or of another shape than documented
│   ├── TooLarge         more bytes than any page of records has
│   ├── TooSlow          still arriving when the deadline for the whole of it passed
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
from http import HTTPStatus


class HarvestError(Exception):
    """Says what happened; `remedy` says what to do about it."""

    remedy = ""


class MissingCredentials(HarvestError):
    remedy = (
        "Create a personal access token at https://id.getharvest.com/developers and set "
        "HARVEST_ACCESS_TOKEN and HARVEST_ACCOUNT_ID."
    )


class UsageError(HarvestError):
    remedy = "Correct the call; nothing was sent."

    @classmethod
    def unknown(cls, what: str, name: str, known: Iterable[str]) -> "UsageError":
        """`what` has no `name`; offers the nearest name that it has."""
        known = sorted(known)
        nearest = get_close_matches(name, known, n=1)
        if nearest:
            return cls(f"{what} {str(name)!r}; did you mean {nearest[0]!r}?")
        return cls(f"{what} {str(name)!r}; there are: {', '.join(known) or 'none'}.")


class Unreachable(HarvestError):
    remedy = "Check the network, the proxy and HARVEST_BASE_URL, then try again."


class BadAnswer(HarvestError):
    remedy = "Try again later. If it stays, Harvest has changed or something answers in its place."


class Malformed(BadAnswer):
    pass


class TooLarge(BadAnswer):
    remedy = "Ask for smaller pages with per_page."


class TooSlow(BadAnswer):
    remedy = "Try again later, with smaller pages (per_page) or a longer deadline."


class ForeignLink(BadAnswer):
    remedy = "Check HARVEST_BASE_URL: it must be the address that Harvest's own links have."


class EndlessList(BadAnswer):
    pass


class ApiError(HarvestError):
    """Harvest refused `path`; `message` is its own explanation, `request_id` its own log entry.

    `retry_after` is how many seconds Harvest asks to be left alone, None when it does not say.
    """

    remedy = "Try again later. If it stays, ask Harvest's support with the request id."

    def __init__(
        self,
        path: str,
        status: int,
        message: str = "",
        *,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.path = path
        self.status = status
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        parts = [f"{path}: Harvest answered {status}{_phrase(status)}"]
        if message:
            parts.append(f": {message}")
        if retry_after is not None:
            parts.append(f"; try again in {retry_after:.0f} s")
        if request_id:
            parts.append(f" (request {request_id})")
        super().__init__("".join(parts))


class Redirected(ApiError):
    remedy = "Set HARVEST_BASE_URL to Harvest's final address: redirects are not followed."


class Rejected(ApiError):
    remedy = "Correct the values that Harvest names."


class Unauthorized(ApiError):
    remedy = "The token is wrong, expired or revoked: set a new HARVEST_ACCESS_TOKEN."


class Forbidden(ApiError):
    remedy = (
        "The owner of this token may not read that: rates, invoices and the whole team need an "
        "administrator's token."
    )


class NotFound(ApiError):
    remedy = "Check the id, and HARVEST_ACCOUNT_ID: a wrong account looks the same."


class Throttled(ApiError):
    remedy = "Wait that long and try again. Other tools with this token use the same budget."

    @classmethod
    def ourselves(cls, path: str, seconds: float) -> "Throttled":
        """Not sent: a permit of our own budget would be too long in coming."""
        error = cls(path, 429, retry_after=seconds)
        error.args = (
            f"{path}: the rate budget of this token is used up; try again in {seconds:.0f} s",
        )
        return error


class ServerError(ApiError):
    remedy = "Harvest has a problem of its own (https://www.harveststatus.com); try again later."


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: Rejected,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    422: Rejected,
    429: Throttled,
}


def error_class(status: int) -> type[ApiError]:
    """The class of a refusal with that HTTP status."""
    if 300 <= status < 400:
        return Redirected
    if status >= 500:
        return ServerError
    return _BY_STATUS.get(status, ApiError)
