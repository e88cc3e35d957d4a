"""Records written as JSON, the way Harvest writes it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from harvest_client.demo.refusals import Refusal

_JSON = "application/json; charset=utf-8"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_ENCODER.encode(body), status, headers, _JSON)


def refused(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    return answer(refusal.body, refusal.status, headers)
