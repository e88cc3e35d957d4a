"""Allowed values of a filter, by the type of the field."""

from decimal import Decimal
from typing import Any

from harvest_client.demo.hosted.refusals import bad_search
from harvest_client.fields import Field, FieldType

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
        return [element(field, one) for one in operand]
    _need(field, operand, _types(field.kind))
    return operand


def ordered(field: Field, operand: Any) -> Any:
    """An operand that values of the field can be smaller or greater than."""
    if field.kind not in _TEXTS | _NUMBERS:
        raise bad_search(f"{field.name} has no order.")
    return value(field, operand)


def element(field: Field, operand: Any) -> Any:
    """An operand that one element of the list field can equal."""
    _need(field, operand, _NUMBER if field.kind is FieldType.INTEGERS else (str,))
    return operand


def text(field: Field, operand: Any) -> str:
    """An operand of a text operator, which only a text field can have."""
    if field.kind not in _TEXTS:
        raise bad_search(f"{field.name} is not a text.")
    return words(field, operand)


def words(field: Field, operand: Any) -> str:
    """Any text."""
    _need(field, operand, (str,))
    found: str = operand
    return found


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
