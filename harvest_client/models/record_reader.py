"""Readers of records whose values come in another form than the usual one, or are odd.

Harvest's documents leave the form of many values open: an id may be text, a day a timestamp, an
empty value "". A reader accepts each form that can mean one value only, and names the value at
fault in a record that has another. The decoders of `records` accept the usual forms alone and take
a tenth of the time.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from json import loads
from typing import Any

import msgspec

from harvest_client.models.fields import LARGEST_INTEGER, Field, FieldType
from harvest_client.models.records import Record, record_members

Read = Callable[[Any], Any]
"""Returns the value that JSON stands for; raises `OddValue`. It is not called for null."""

_GENERIC: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)
_DIGITS = 25  # more than any number in range has: Python reads a million digits slowly
_DEEPEST = 100  # levels of lists and objects: documented answers have six
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{}]', re.DOTALL)  # or a text, which may have some
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)([T ].+)?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([T ].+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,6})?", re.ASCII)

_TYPES = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    Decimal: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


NOT_DOCUMENTED = "answer is not what is documented"
NOT_JSON = "answer is not whole JSON"
BAD_KEY = "a key is a positive number"


class OddValue(Exception):
    """A value that no form of its field has: `problem` says why, `path` where in the record.

    `answer` is what that makes of the answer.
    """

    def __init__(self, problem: str, path: str = "", answer: str = NOT_DOCUMENTED) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.answer = answer

    def at_field(self, name: str) -> "OddValue":
        """Return the same, of an object or a list at `name`."""
        separator = "." if self.path and not self.path.startswith("[") else ""
        return OddValue(self.problem, f"{name}{separator}{self.path}", self.answer)


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
        text,
        strict=False,
        parse_int=_parse_whole,
        parse_float=_parse_decimal,
        parse_constant=Decimal,
    )


def without_depths(body: bytes) -> bytes:
    """Return JSON with an empty list in the place of each value that is nested too deep."""
    parts, end, depth = [], 0, 0
    for token in _BRACKET.finditer(body):
        match token[0][:1]:
            case b"[" | b"{":
                depth += 1
                if depth == _DEEPEST:
                    parts += [body[end : token.start()], b"[]"]
                    end = len(body)
            case b"]" | b"}":
                if depth == _DEEPEST:
                    end = token.end()
                depth -= 1
    return b"".join([*parts, body[end:]])


@cache
def record_reader(record_class: type[Record], fields: tuple[Field, ...]) -> Read:
    """Return the reader of records of the type `made`, whose attributes are some of `fields`."""
    types = record_members(record_class)
    reads = {
        field.name: (_field_reader(field, types[field.name]), field.required)
        for field in fields
        if field.name in types
    }

    def read(value: Any) -> Record:
        if type(value) is not dict:
            raise _unexpected_value("an object", value)
        values = {}
        for name, (read_value, required) in reads.items():
            item = value.get(name)
            try:
                values[name] = None if item is None and not required else read_value(item)
            except OddValue as odd:
                raise odd.at_field(name) from None
        return record_class(**values)

    return read


def read_key(value: Any) -> int:
    """Return the key of a record."""
    if value is None:
        raise OddValue("the key is missing")
    key: int | None = read_integer(value)
    if key is None:
        raise OddValue("the key is missing")
    if key < 1:
        raise OddValue(BAD_KEY)
    return key


def read_integer(value: Any) -> int | None:
    """Return the whole number that is written, also as text or with a fraction of zero."""
    if type(value) is int:
        number: int | Decimal = value
    else:
        decimal = _read_number("a whole number", value)
        if decimal is None:
            return None
        number = decimal
    if not -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
        raise OddValue("the number is out of range")
    if number != int(number):
        raise OddValue("expected a whole number, got a fraction")
    return int(number)


def read_day(value: Any) -> date | None:
    """Return the calendar day that is written, whatever time and zone stand behind it."""
    if value == "":
        return None
    form = _DAY.fullmatch(value) if type(value) is str else None
    if form is None:
        raise _unexpected_value("a day", value)
    try:
        if form[2]:
            datetime.fromisoformat(value)
        return date.fromisoformat(form[1])
    except ValueError:
        pass
    raise OddValue("there is no such day")


def _field_reader(field: Field, record_class: type[Record] | None) -> Read:
    if field.required:
        return read_key
    item = record_reader(record_class, field.fields) if record_class else _ONE[field.kind]
    if field.kind.is_list:
        return _list_reader(item)
    return _object_reader(item) if record_class else item


def _object_reader(read: Read) -> Read:
    return lambda value: None if value == "" else read(value)


def _list_reader(read: Read) -> Read:
    def read_list(value: Any) -> list[Any] | None:
        if value == "":
            return None
        if type(value) is not list:
            raise _unexpected_value("a list", value)
        items = []
        for number, item in enumerate(value):
            try:
                made = None if item is None else read(item)
                if made is None:  # empty text, for one, stands for nothing
                    raise _unexpected_value("a value", None)
                items.append(made)
            except OddValue as odd:
                raise odd.at_field(f"[{number}]") from None
        return items

    return read_list


def _finite_number(value: Any) -> Decimal | None:
    return Decimal(value) if type(value) is int else _read_number("a number", value)


def _read_number(wanted: str, value: Any) -> Decimal | None:
    if type(value) is str:
        text = value.strip()
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise _unexpected_value(wanted, value)
        value = _parse_decimal(text)
    if type(value) is not Decimal:
        raise _unexpected_value(wanted, value)
    if not value.is_finite():
        raise OddValue("the number is not finite", answer=NOT_JSON)
    return value


def _read_boolean(value: Any) -> bool | None:
    if value == "":
        return None
    if type(value) is not bool:
        raise _unexpected_value("true or false", value)
    return value


def _read_text(value: Any) -> str:
    if type(value) is int:
        return str(value)  # ids of other systems come as they like
    if type(value) is not str:
        raise _unexpected_value("text", value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            problem = "the text is not valid Unicode"
        else:
            return value
        raise OddValue(problem, answer=NOT_JSON)  # outside of the handler: the error holds the text
    return value


def _read_instant(value: Any) -> datetime | None:
    if value == "":
        return None
    if type(value) is not str or not _INSTANT.fullmatch(value):
        raise _unexpected_value("an instant", value)
    try:
        instant = datetime.fromisoformat(value)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise OddValue("there is no such instant")


_ONE: dict[FieldType, Read] = {
    FieldType.INTEGER: read_integer,
    FieldType.DECIMAL: _finite_number,
    FieldType.BOOLEAN: _read_boolean,
    FieldType.TEXT: _read_text,
    FieldType.DATE: read_day,
    FieldType.TIMESTAMP: _read_instant,
    FieldType.TEXTS: _read_text,
    FieldType.INTEGERS: read_integer,
}


def _unexpected_value(wanted: str, value: Any) -> OddValue:
    return OddValue(f"expected {wanted}, got {_TYPES.get(type(value), 'something else')}")


def _parse_decimal(text: str) -> Decimal:
    """Return the number, infinity for an exponent that no number has."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _parse_whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= _DIGITS else _parse_decimal(text)
