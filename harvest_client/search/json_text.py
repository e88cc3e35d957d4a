"""A search written as JSON, read without losing anything of it."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from harvest_client.search.faults import SearchError

MAX_DOCUMENT = 100_000  # characters


def load_json(text: str) -> object:
    """Return the value of the text, fractions as `Decimal`.

    Raises `SearchError` for what is no JSON, is too long or too deep, or says a key twice.
    """
    if len(text) > MAX_DOCUMENT:
        raise SearchError("$", f"is longer than {MAX_DOCUMENT:,} characters")
    try:
        return read_json(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SearchError("$", f"is not JSON: {error.msg} at {where}") from None
    except ValueError as error:
        raise SearchError("$", f"is not usable JSON: {str(error).rstrip('.')}") from None


def read_json(text: str) -> object:
    """Return the value of the text, fractions as `Decimal`; raises `ValueError`."""
    try:
        return json.loads(text, object_pairs_hook=_load_object, parse_float=_load_fraction)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _load_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # JSON readers keep the last silently: a condition would be lost.
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice in one object")
    return found


def _load_fraction(written: str) -> Decimal:
    # A float has 17 digits, an amount up to 18.
    try:
        return Decimal(written)
    except InvalidOperation:
        raise ValueError("a number in it is out of range") from None
