"""Values of a filter: parsed by the type of their field, compared and folded."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import chain, groupby
from typing import Any

from harvest_client.models.fields import FieldType
from harvest_client.search.errors import SearchError, quote_name
from harvest_client.search.field_paths import Fields, find_field
from harvest_client.search.filter_ast import And, Compare, Filter, Not, Operator, Value, all_of
from harvest_client.search.operators import OPERATORS, operators_for

_LETTERED = (range(0x34000), range(0xE0000, 0xE0200))  # no letter or mark lies elsewhere
_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd"})
# Python makes two characters of the first, and looks at the neighbours of the second.
_ALONE = str.maketrans({"İ": "i", "Σ": "σ"})
_FURTHER = {"i": "İ", "k": "\u212a", "å": "\u212b", "ß": "ẞ", "θ": "ϴ", "ω": "\u2126"}


def fold_case(text: str) -> str:
    """Return the text with its capitals made small, one character for each."""
    return text.translate(_ALONE).lower()


def split_words(text: str) -> tuple[str, ...]:
    """Return the different runs of letters, marks and digits in `text`, folded, in order."""
    runs = groupby(fold_case(text), key=_in_word)
    return tuple(dict.fromkeys("".join(run) for in_word, run in runs if in_word))


def case_spellings(character: str) -> str:
    """The characters that fold to `character`, itself among them: `k` is also the kelvin sign."""
    result = (character, character.upper(), character.title(), _FURTHER.get(character, ""))
    return "".join(
        sorted({item for item in result if len(item) == 1 and fold_case(item) == character})
    )


@cache
def word_ranges() -> tuple[tuple[str, str], ...]:
    """Return the first and last characters of each range that words are made of.

    Listed because regular expressions know another Unicode than this Python, newer or older.
    """
    return tuple(_fold_ranges(chr(code) for code in chain(*_LETTERED) if _in_word(chr(code))))


def _in_word(character: str) -> bool:
    return unicodedata.category(character) in _CATEGORIES


def _fold_ranges(characters: Iterable[str]) -> Iterator[tuple[str, str]]:
    first = last = ""
    for character in characters:
        if last and ord(character) == ord(last) + 1:
            last = character
            continue
        if last:
            yield first, last
        first = last = character
    if last:
        yield first, last


def equal_object(name: str, value: object, known: Fields, path: str) -> Filter:
    """True where the object `name` is there and every key that `value` names is equal.

    `{}` names none: the object is there. None: it is not. Raises `SearchError`.
    """
    if value is None:
        return Compare(Operator.EQ, name, None)
    if not isinstance(value, Mapping):
        raise SearchError(path, "needs null or an object of the keys that must be equal")
    parts = [
        _key_condition(
            f"{name}.{key}" if isinstance(key, str) else key,
            part,
            known,
            f"{path}.{quote_name(key)}",
        )
        for key, part in value.items()
    ]
    if all(isinstance(part, Compare) and part == _absent_condition(part.field) for part in parts):
        # No key says that the object itself is there.
        parts.insert(0, Compare(Operator.NEQ, name, None))
    return all_of(*parts)


def negate_object(filter: Filter) -> Filter:
    """True exactly where what `equal` made is false."""
    if not isinstance(filter, Compare):
        return Not(filter)
    turned = Operator.NEQ if filter.operator is Operator.EQ else Operator.EQ
    return Compare(turned, filter.field, filter.value)


def count_conditions(filter: Filter) -> int:
    """Return the number of conditions of a filter, written out."""
    match filter:
        case And(parts):
            return 1 + sum(map(count_conditions, parts))
        case Not(part):
            return 1 + count_conditions(part)
        case _:
            return 1


def count_levels(filter: Filter) -> int:
    """Return the number of levels of a filter's document, written out."""
    match filter:
        case And(parts):
            return 1 + max(map(count_levels, parts))
        case Not(part):
            return 1 + count_levels(part)
        case _:
            return 1


def _key_condition(name: str, value: object, known: Fields, path: str) -> Filter:
    field = find_field(name, known, path)
    if field.kind is FieldType.OBJECT:
        return equal_object(name, value, known, path)
    if field.kind not in OPERATORS["eq"].takes:
        raise SearchError(
            path, f"is of kind {field.kind}: it takes {', '.join(operators_for(field.kind))}"
        )
    if value is None:
        return Compare(Operator.EQ, name, None)
    try:
        return Compare(Operator.EQ, name, read(field.kind, value))
    except ValueError as error:
        raise SearchError(path, str(error)) from None


def _absent_condition(name: str) -> Compare:
    return Compare(Operator.EQ, name, None)


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
    result = dict(pairs)
    if len(result) < len(pairs):
        # JSON readers keep the last silently: a condition would be lost.
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice in one object")
    return result


def _load_fraction(written: str) -> Decimal:
    # A float has 17 digits, an amount up to 18.
    try:
        return Decimal(written)
    except InvalidOperation:
        raise ValueError("a number in it is out of range") from None


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
