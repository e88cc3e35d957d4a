"""Errors for a refusal: Harvest, or the hosted API in its place, answered and the answer was no."""

from http import HTTPStatus

from harvest_client.base_error import HarvestError

HARVEST = "Harvest"
AIRBYTE = "Airbyte"


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
        self.path = path
        self.status = status
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        parts = [f"{path}: {service} answered {status}{_phrase(status)}"]
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


class Rejected(ApiError):
    remedy = "Correct the values that Harvest names."
    hosted_remedy = "Correct the values that the message names."


class Unauthorized(ApiError):
    remedy = "The token is wrong, expired or revoked: set a new HARVEST_ACCESS_TOKEN."
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


class Throttled(ApiError):
    remedy = "Wait that long and try again. Other tools with this token use the same budget."
    hosted_remedy = remedy

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
    hosted_remedy = "Airbyte has a problem of its own, or Harvest behind it; try again later."


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
