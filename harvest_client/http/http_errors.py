"""A refusal as an error: the service's own words, made safe to show.

Harvest does not document the body of its errors. JSON with `message`, or with `error` and
`error_description`, has been seen, and whole web pages have, too. The hosted API says `errors`, a
list of objects with `userPresentableMessage`, or the same two.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from harvest_client.errors import HarvestError, InvalidResponse, error_class
from harvest_client.http.requests import AuthorizedRequest
from harvest_client.http.transport import RawResponse

_QUOTED = 300  # characters of a body
_SECONDS = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


def error_of_response(request: AuthorizedRequest, reply: RawResponse) -> HarvestError:
    """Return the error that a reply means whose status is not 200."""
    if reply.status < 300:
        return InvalidResponse(
            f"{request.name}: the answer has status {reply.status}, which no reading has."
        )
    request_id = reply.headers.get("X-Request-Id", "")
    if any(secret in request_id for secret in request.secrets):
        request_id = ""
    return error_class(reply.status)(
        request.name,
        reply.status,
        _response_text(reply),
        request_id=request_id if _REQUEST_ID.fullmatch(request_id) else None,
        retry_after=retry_after(reply.headers.get("Retry-After", "")),
        service=request.service,
    )


def retry_after(
    value: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> float | None:
    """Seconds that a `Retry-After` header asks for, in either form; None for no usable wish."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - now()).total_seconds()
    return seconds if seconds > 0 else None


def is_web_page(reply: RawResponse) -> bool:
    kind = reply.headers.get("Content-Type", "").lower()
    return "html" in kind or reply.body[:64].lstrip().startswith(b"<")


def _response_text(reply: RawResponse) -> str:
    if is_web_page(reply):
        return "a web page instead of an explanation"
    text = _documented_message(reply.body) or reply.body[: 4 * _QUOTED].decode(errors="replace")
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:_QUOTED]


def _documented_message(body: bytes) -> str | None:
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    several = answer.get("errors")
    if isinstance(several, list):
        texts = [
            _first_text(item, ("userPresentableMessage", "message", "error")) for item in several
        ]
        if any(texts):
            return ", ".join(text for text in texts if text)
    matches = (answer.get(name) for name in ("message", "error", "error_description"))
    return ": ".join(text for text in matches if isinstance(text, str)) or None


def _first_text(item: object, names: tuple[str, ...]) -> str | None:
    if not isinstance(item, dict):
        return None
    return next((item[name] for name in names if isinstance(item.get(name), str)), None)
