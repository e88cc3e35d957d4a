"""Filters of a search: operators, their values and conditions.

A value is never null here, and days and instants are ISO texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from harvest_client.models.fields import Field, FieldType
from harvest_demo.server.airbyte.api_version import INTERFACES, Generation
from harvest_demo.server.airbyte.refusals import bad_search

_TEXTS = {
    FieldType.TEXT,
    FieldType.DATE,
    FieldType.TIMESTAMP,
}  # days and instants are ISO texts here
_NUMBERS = {FieldType.INTEGER, FieldType.DECIMAL}


def value(field: Field, operand: Any) -> Any:
    """An operand that the field can equal; raises `Refusal` 422 for null and for other types."""
    if field.kind.is_list:
        if not isinstance(operand, list):
            raise bad_search(f"{field.name} is compared with a list.")
        return [element(field, item) for item in operand]
    _need(field, operand, _types(field.kind))
    return operand


def ordered(field: Field, operand: Any) -> Any:
    """Return an operand that values of the field can be smaller or greater than."""
    if field.kind not in _TEXTS | _NUMBERS:
        raise bad_search(f"{field.name} has no order.")
    return value(field, operand)


def element(field: Field, operand: Any) -> Any:
    """Return an operand that one element of the list field can equal."""
    _need(field, operand, _NUMBER if field.kind is FieldType.INTEGERS else (str,))
    return operand


def text(field: Field, operand: Any) -> str:
    """Return an operand of a text operator, which only a text field can have."""
    if field.kind not in _TEXTS:
        raise bad_search(f"{field.name} is not a text.")
    return words(field, operand)


def words(field: Field, operand: Any) -> str:
    """Return any text."""
    _need(field, operand, (str,))
    result: str = operand
    return result


_NUMBER = (int, Decimal)


def _types(kind: FieldType) -> tuple[type, ...]:
    if kind in _TEXTS:
        return (str,)
    if kind in _NUMBERS:
        return _NUMBER
    return (bool,) if kind is FieldType.BOOLEAN else (dict,)


def _need(field: Field, operand: Any, types: tuple[type, ...]) -> None:
    if operand is None:
        raise bad_search(f"{field.name} cannot be compared with null.")
    # Python counts truth values among the whole numbers.
    if not isinstance(operand, types) or (isinstance(operand, bool) and bool not in types):
        raise bad_search(f"{field.name} cannot be compared with {operand!r}.")


Test = Callable[[Any], bool]
Operator = Callable[[Field, Any], Test]
"""Reads an operand for a field; raises `Refusal` 422 when the two do not go together."""


def eq(field: Field, operand: Any) -> Test:
    wanted = value(field, operand)
    return lambda value: bool(value == wanted)


def neq(field: Field, operand: Any) -> Test:
    wanted = value(field, operand)
    return lambda value: bool(value != wanted)


def gt(field: Field, operand: Any) -> Test:
    bound = ordered(field, operand)
    return lambda value: bool(value > bound)


def gte(field: Field, operand: Any) -> Test:
    bound = ordered(field, operand)
    return lambda value: bool(value >= bound)


def lt(field: Field, operand: Any) -> Test:
    bound = ordered(field, operand)
    return lambda value: bool(value < bound)


def lte(field: Field, operand: Any) -> Test:
    bound = ordered(field, operand)
    return lambda value: bool(value <= bound)


def one_of(field: Field, operand: Any) -> Test:
    if not isinstance(operand, list) or not operand:
        raise bad_search(f"in takes a list of values for {field.name}.")
    wanted = [value(field, item) for item in operand]
    if field.kind.is_list or field.kind.is_object:
        return lambda value: value in wanted
    return frozenset(wanted).__contains__


def like(field: Field, operand: Any) -> Test:
    parts = text(field, operand).split("%")
    pattern = re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
    return lambda value: pattern.fullmatch(value) is not None


def startswith(field: Field, operand: Any) -> Test:
    part = text(field, operand).lower()
    return lambda value: value.lower().startswith(part)


def endswith(field: Field, operand: Any) -> Test:
    part = text(field, operand).lower()
    return lambda value: value.lower().endswith(part)


def contains_text(field: Field, operand: Any) -> Test:
    """Generation C's `contains`. A list is searched as its JSON text: no error, other hits."""
    if field.kind.is_list:
        part = words(field, operand).lower()
        return lambda value: part in msgspec.json.encode(value).decode().lower()
    part = text(field, operand).lower()
    return lambda value: part in value.lower()


def contains_element(field: Field, operand: Any) -> Test:
    """Generation B's `contains`. What is not a list counts as a list of one: no error."""
    if not field.kind.is_list:
        return eq(field, operand)
    return array_contains(field, operand)


def array_contains(field: Field, operand: Any) -> Test:
    if not field.kind.is_list:
        raise bad_search(f"{field.name} is not a list.")
    wanted = element(field, operand)
    return lambda value: wanted in value


def fuzzy(field: Field, operand: Any) -> Test:
    """Return all words or parts of words, in the order in which they are asked for."""
    parts = map(re.escape, _some_words(field, operand))
    pattern = re.compile(".*".join(parts), re.DOTALL)
    return lambda value: pattern.search(value.lower()) is not None


def keyword(field: Field, operand: Any) -> Test:
    wanted = frozenset(_some_words(field, operand))
    return lambda value: not wanted.isdisjoint(_words(value))


def _some_words(field: Field, operand: Any) -> list[str]:
    result = _words(text(field, operand))
    if not result:
        raise bad_search(f"There is no word to look for in {field.name}.")
    return result


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


Truth = bool | None
Values = Sequence[Any]
"""The searchable values of one row, in the order of the entity's fields."""
Condition = Callable[[Values], Truth]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Reads filters over `fields`, as `generation` understands them.

    `lenient`: what the generation does not know is taken as true instead of being refused.
    """

    generation: Generation
    fields: Sequence[Field]
    lenient: bool = False

    def read(self, document: Any) -> Condition:
        """Return the condition that a filter states; raises `Refusal` 422 for anything else."""
        if not isinstance(document, dict) or not document:
            raise bad_search("A condition is an object with an operator.")
        if len(document) > 1 and not INTERFACES[self.generation].joins:
            raise bad_search("A condition has one operator.")
        return _all([self._one(name, operand) for name, operand in document.items()])

    def _one(self, name: str, operand: Any) -> Condition:
        match name:
            case "and":
                return _all(self._several(name, operand))
            case "or":
                return _some(self._several(name, operand))
            case "not":
                return _not(self.read(operand))
            case "any" if self.generation is not Generation.A:
                self._field(name, operand)
                raise bad_search("any is for lists of objects, and no field is one.")
        if name not in OPERATORS[self.generation]:
            if self.lenient:
                return lambda row: True
            raise bad_search(f"Unknown operator {name}.")
        place, wanted = self._field(name, operand)
        test = OPERATORS[self.generation][name](self.fields[place], wanted)
        return lambda row: None if row[place] is None else test(row[place])

    def _several(self, name: str, operand: Any) -> list[Condition]:
        if not isinstance(operand, list) or not operand:
            raise bad_search(f"{name} takes a list of conditions.")
        return [self.read(item) for item in operand]

    def _field(self, name: str, operand: Any) -> tuple[int, Any]:
        """Return the place of the field that the operand names, and what it is held against."""
        if not isinstance(operand, Mapping) or len(operand) != 1:
            raise bad_search(f"{name} takes an object with one field.")
        ((field, wanted),) = operand.items()
        return place_of(self.fields, field), wanted


def place_of(fields: Sequence[Field], name: str) -> int:
    """Return the place of the field in a row; raises `Refusal` 422 if it cannot be searched."""
    for place, field in enumerate(fields):
        if field.name == name:
            return place
    raise bad_search(f"{name} is not a searchable field.")


def _all(conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]

    def every(row: Values) -> Truth:
        result: Truth = True
        for condition in conditions:
            truth = condition(row)
            if truth is False:
                return False
            result = truth and result
        return result

    return every


def _some(conditions: Sequence[Condition]) -> Condition:
    return _not(_all([_not(condition) for condition in conditions]))


def _not(condition: Condition) -> Condition:
    def negated(row: Values) -> Truth:
        truth = condition(row)
        return None if truth is None else not truth

    return negated
