"""Filters read into conditions, which are decided as in SQL: true, false, or unknown.

Whatever is held against null is unknown, so is its negation, and only what is true is found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvest_client.demo.hosted.generation import INTERFACES, Generation
from harvest_client.demo.hosted.operators import OPERATORS
from harvest_client.demo.hosted.refusals import bad_search
from harvest_client.fields import Field

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

    def read(self, said: Any) -> Condition:
        """The condition that a filter states; raises `Refusal` 422 for anything else."""
        if not isinstance(said, dict) or not said:
            raise bad_search("A condition is an object with an operator.")
        if len(said) > 1 and not INTERFACES[self.generation].joins:
            raise bad_search("A condition has one operator.")
        return _all([self._one(name, operand) for name, operand in said.items()])

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
        return [self.read(one) for one in operand]

    def _field(self, name: str, operand: Any) -> tuple[int, Any]:
        """The place of the field that the operand names, and what it is held against."""
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
        found: Truth = True
        for condition in conditions:
            truth = condition(row)
            if truth is False:
                return False
            found = truth and found
        return found

    return every


def _some(conditions: Sequence[Condition]) -> Condition:
    return _not(_all([_not(condition) for condition in conditions]))


def _not(condition: Condition) -> Condition:
    def negated(row: Values) -> Truth:
        truth = condition(row)
        return None if truth is None else not truth

    return negated
