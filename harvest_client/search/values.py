"""The values of a filter: read as what their field holds, or refused with a sentence."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from harvest_client.fields import FieldType
from harvest_client.search.conditions import Value

MAX_TEXT = 1_000
_INT64 = 2**63
_DIGITS, _PLACES = 12, 6  # what an amount, a rate or a number of hours can have
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def read(kind: FieldType, value: object) -> Value:
    """`value` as one value of a `kind` field, or one element of a list.

    Raises `ValueError` with a sentence about the value. Strict: no number in quotes, no 1 for
    true, no instant without a zone.
    """
    return _READERS[kind](value)


def _parse_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("needs true or false")


def _parse_integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("needs a whole number")
    if not -_INT64 <= value < _INT64:
        raise ValueError("is a number larger than any id")
    return value


def _parse_decimal(value: object) -> Decimal:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise ValueError("needs a number")
    # By way of text: 0.1 means a tenth, not the nearest binary fraction.
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or (number and number.adjusted() >= _DIGITS):
        raise ValueError(f"needs a number of at most {_DIGITS} digits")
    if number != round(number, _PLACES):
        raise ValueError(f"needs a number of at most {_PLACES} decimal places")
    plain = number.normalize()
    return plain if plain else Decimal(0)


def _parse_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("needs a text")
    if len(value) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT:,} characters")
    if not is_unicode(value):
        raise ValueError("holds half a character (a lone surrogate)")
    return value


def is_unicode(value: str) -> bool:
    """Return whether the text can be stored and sent: it holds no unpaired surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parse_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("is a day that no calendar has") from None
    raise ValueError("needs a date such as 2026-01-31")


def _parse_instant(value: object) -> datetime:
    """An instant in UTC; a bare date is its midnight, as comparing ISO texts would have it."""
    instant = value
    if isinstance(value, str):
        try:
            instant = (
                datetime.combine(_parse_date(value), time(), UTC)
                if _DAY.fullmatch(value)
                else datetime.fromisoformat(value)
            )
        except ValueError:
            instant = None
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise ValueError("needs an instant with its zone, such as 2026-01-31T09:00:00Z")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("is an instant that no calendar has") from None


def _refuse_value(value: object) -> Value:
    raise ValueError("is an object, which has no value of its own")


_READERS: dict[FieldType, Callable[[object], Value]] = {
    FieldType.BOOLEAN: _parse_boolean,
    FieldType.INTEGER: _parse_integer,
    FieldType.INTEGERS: _parse_integer,
    FieldType.DECIMAL: _parse_decimal,
    FieldType.TEXT: _parse_text,
    FieldType.TEXTS: _parse_text,
    FieldType.DATE: _parse_date,
    FieldType.TIMESTAMP: _parse_instant,
    FieldType.OBJECT: _refuse_value,
    FieldType.OBJECTS: _refuse_value,
}
