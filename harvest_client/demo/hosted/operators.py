"""The operators that hold one field against an operand: each makes a test of a value.

A value is never null here, and days and instants are ISO texts.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from harvest_client.demo.hosted import operands
from harvest_client.demo.hosted.generation import Generation
from harvest_client.demo.hosted.refusals import bad_search
from harvest_client.fields import Field

Test = Callable[[Any], bool]
Operator = Callable[[Field, Any], Test]
"""Reads an operand for a field; raises `Refusal` 422 when the two do not go together."""


def eq(field: Field, operand: Any) -> Test:
    wanted = operands.value(field, operand)
    return lambda value: bool(value == wanted)


def neq(field: Field, operand: Any) -> Test:
    wanted = operands.value(field, operand)
    return lambda value: bool(value != wanted)


def gt(field: Field, operand: Any) -> Test:
    bound = operands.ordered(field, operand)
    return lambda value: bool(value > bound)


def gte(field: Field, operand: Any) -> Test:
    bound = operands.ordered(field, operand)
    return lambda value: bool(value >= bound)


def lt(field: Field, operand: Any) -> Test:
    bound = operands.ordered(field, operand)
    return lambda value: bool(value < bound)


def lte(field: Field, operand: Any) -> Test:
    bound = operands.ordered(field, operand)
    return lambda value: bool(value <= bound)


def one_of(field: Field, operand: Any) -> Test:
    if not isinstance(operand, list) or not operand:
        raise bad_search(f"in takes a list of values for {field.name}.")
    wanted = [operands.value(field, one) for one in operand]
    if field.kind.is_list or field.kind.is_object:
        return lambda value: value in wanted
    return frozenset(wanted).__contains__


def like(field: Field, operand: Any) -> Test:
    parts = operands.text(field, operand).split("%")
    pattern = re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
    return lambda value: pattern.fullmatch(value) is not None


def startswith(field: Field, operand: Any) -> Test:
    part = operands.text(field, operand).lower()
    return lambda value: value.lower().startswith(part)


def endswith(field: Field, operand: Any) -> Test:
    part = operands.text(field, operand).lower()
    return lambda value: value.lower().endswith(part)


def contains_text(field: Field, operand: Any) -> Test:
    """Generation C's `contains`. A list is searched as its JSON text: no error, other hits."""
    if field.kind.is_list:
        part = operands.words(field, operand).lower()
        return lambda value: part in msgspec.json.encode(value).decode().lower()
    part = operands.text(field, operand).lower()
    return lambda value: part in value.lower()


def contains_element(field: Field, operand: Any) -> Test:
    """Generation B's `contains`. What is not a list counts as a list of one: no error."""
    if not field.kind.is_list:
        return eq(field, operand)
    return array_contains(field, operand)


def array_contains(field: Field, operand: Any) -> Test:
    if not field.kind.is_list:
        raise bad_search(f"{field.name} is not a list.")
    wanted = operands.element(field, operand)
    return lambda value: wanted in value


def fuzzy(field: Field, operand: Any) -> Test:
    """All words or parts of words, in the order in which they are asked for."""
    parts = map(re.escape, _some_words(field, operand))
    pattern = re.compile(".*".join(parts), re.DOTALL)
    return lambda value: pattern.search(value.lower()) is not None


def keyword(field: Field, operand: Any) -> Test:
    wanted = frozenset(_some_words(field, operand))
    return lambda value: not wanted.isdisjoint(_words(value))


def _some_words(field: Field, operand: Any) -> list[str]:
    found = _words(operands.text(field, operand))
    if not found:
        raise bad_search(f"There is no word to look for in {field.name}.")
    return found


_words_in = partial(re.findall, r"\w+")


def _words(text: str) -> list[str]:
    return _words_in(text.lower())


_SHARED: Mapping[str, Operator] = {
    "eq": eq, "neq": neq, "gt": gt, "gte": gte, "lt": lt, "lte": lte, "in": one_of,
    "fuzzy": fuzzy, "keyword": keyword,
}  # fmt: skip

OPERATORS: Mapping[Generation, Mapping[str, Operator]] = {
    Generation.A: {**_SHARED, "like": like},
    Generation.B: {**_SHARED, "like": like, "contains": contains_element},
    Generation.C: {
        **_SHARED,
        "startswith": startswith,
        "endswith": endswith,
        "contains": contains_text,
        "array_contains": array_contains,
    },
}
"""What each generation understands beside `not`, `and`, `or` and `any`."""
