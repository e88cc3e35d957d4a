"""Error responses of the demo account."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from harvest_demo.account.account import Row


class Refusal(Exception):
    """An answer other than 2xx, as `status` and JSON `body`."""

    def __init__(self, status: int, body: Row) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


def unauthorized() -> Refusal:
    text = "The access token is expired, revoked, malformed or invalid for other reasons."
    return Refusal(401, {"error": "invalid_token", "error_description": text})


def bad_request(message: str) -> Refusal:
    return Refusal(400, {"message": message})


def forbidden() -> Refusal:
    return Refusal(403, {"message": "You do not have permission to perform that action."})


def not_found() -> Refusal:
    return Refusal(404, {"status": 404, "error": "Not Found"})


def rejected(message: str) -> Refusal:
    return Refusal(422, {"message": message})


_JSON = "application/json; charset=utf-8"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_ENCODER.encode(body), status, headers, _JSON)


def refused(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    return answer(refusal.body, refusal.status, headers)
