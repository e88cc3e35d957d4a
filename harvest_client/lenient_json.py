"""JSON parsed so that one value that cannot be written in JSON does not hide all others."""

from decimal import Decimal, InvalidOperation
from json import loads
from typing import Any

import msgspec

_GENERIC: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)
_DIGITS = 25  # more than any number in range has: Python reads a million digits slowly


def parse_json(body: bytes) -> Any:
    """Return what `body` holds, decimals as `Decimal`.

    A lone surrogate and a byte that is not UTF-8 stay in their text, NaN is a `Decimal`. Raises
    `ValueError` for text that is not whole JSON, and `RecursionError`.
    """
    try:
        return _GENERIC.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, ArithmeticError):
        pass
    text = body.decode("utf-8", "surrogateescape")
    return loads(
        text, strict=False, parse_int=_whole, parse_float=to_decimal, parse_constant=Decimal
    )


def to_decimal(text: str) -> Decimal:
    """Return the number, infinity for an exponent that no number has."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= _DIGITS else to_decimal(text)
