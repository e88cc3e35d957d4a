"""Values that JSON can hold and columns cannot: found record by record, where there are any."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboard.store.schema import LARGEST_DECIMAL, LARGEST_PERCENTAGE, arrow_table, largest_decimal
from harvest_client import InvalidResponse, OddRecord
from harvest_client.entities import Entity
from harvest_client.models.fields import LARGEST_INTEGER, Field, FieldType, FieldUnit
from harvest_client.models.records import Record

# An amount is stored as each of these hours times one of the rates.
_PRICED = "time_entries"
_HOURS = ("hours", "rounded_hours")
_RATES = ("billable_rate", "cost_rate")


def storable_table(
    entity: Entity, account_id: str, records: Sequence[Record], basis: str | None = None
) -> tuple[pa.Table | None, list[OddRecord]]:
    """Return the records as columns, None without any, and those that cannot be stored apart.

    Raises `Malformed` for a key that cannot be stored.
    """
    if not records:
        return None, []
    problem = None
    try:
        table = arrow_table(entity, account_id, records, basis)
        if not _may_have_large_products(entity, table):
            return table, []
    except InvalidResponse as error:
        problem = error
    good, odd = separate_odd(entity, records)
    if problem and not odd:
        raise problem
    return (arrow_table(entity, account_id, good, basis) if good else None), odd


def _may_have_large_products(entity: Entity, table: pa.Table) -> bool:
    if entity.name != _PRICED:
        return False
    hours, rates = (
        max(largest_decimal(table[name]) for name in names) for names in (_HOURS, _RATES)
    )
    return hours * rates > LARGEST_DECIMAL


def _large_product(record: Record) -> tuple[str, str] | None:
    """Return the rate of which the amount has no room in a column, and what is wrong with it."""
    values = [getattr(record, name, None) for name in _HOURS]
    hours = max((abs(value) for value in values if value is not None), default=Decimal(0))
    for name in _RATES:
        rate = getattr(record, name, None)
        if rate is not None and hours * abs(rate) > LARGEST_DECIMAL:
            return name, "the amount, hours x rate, is out of range"
    return None


def separate_odd(entity: Entity, records: Iterable[Record]) -> tuple[list[Record], list[OddRecord]]:
    """Return the records that can be stored, and the others as odd ones."""
    good: list[Record] = []
    odd: list[OddRecord] = []
    for record in records:
        fault = _find_fault(entity.fields, record)
        if fault is None and entity.name == _PRICED:
            fault = _large_product(record)
        if fault is None:
            good.append(record)
        else:
            odd.append(_odd_record(entity, record, *fault))
    return good, odd


def _odd_record(entity: Entity, record: Record, field: str, problem: str) -> OddRecord:
    message = f"{entity.name}: {field}: {problem}."
    if field in entity.primary_key:
        raise InvalidResponse(message)
    owner = next((getattr(record, name) for name in entity.in_path), None)
    day = getattr(record, entity.date_field, None) if entity.date_field else None
    id = getattr(record, "id", None)
    return OddRecord(entity.name, id, field, problem, message, day, owner)


def _find_fault(fields: Iterable[Field], record: Record) -> tuple[str, str] | None:
    """Return the path of the first value that cannot be stored, and what is wrong with it."""
    for field in fields:
        # A record known in part lacks some fields.
        value = getattr(record, field.name, None)
        result = None if value is None else _fault_of(field, value)
        if result:
            path, problem = result
            return f"{field.name}{path}", problem
    return None


def _fault_of(field: Field, value: Any) -> tuple[str, str] | None:
    if field.kind.is_list:
        for number, item in enumerate(value):
            if result := _fault_of_one(field, item):
                return f"[{number}]{result[0]}", result[1]
        return None
    return _fault_of_one(field, value)


def _fault_of_one(field: Field, value: Any) -> tuple[str, str] | None:
    if field.kind.is_object:
        result = _find_fault(field.fields, value)
        return (f".{result[0]}", result[1]) if result else None
    problem = _value_problem(field, value)
    return ("", problem) if problem else None


def _value_problem(field: Field, value: Any) -> str | None:
    match field.kind:
        case FieldType.DECIMAL if not value.is_finite():
            return "the number is not finite"
        # Comparing is exact; `abs` rounds, and fails for an exponent of a million.
        case FieldType.DECIMAL if not -LARGEST_DECIMAL <= value <= LARGEST_DECIMAL:
            return "the number is out of range"
        case FieldType.DECIMAL if (
            field.unit is FieldUnit.PERCENT and abs(value) > LARGEST_PERCENTAGE
        ):
            return "the percentage is out of range"
        case FieldType.INTEGER | FieldType.INTEGERS if (
            not -LARGEST_INTEGER <= value <= LARGEST_INTEGER
        ):
            return "the number is out of range"
        case FieldType.TIMESTAMP:
            try:
                value.astimezone(UTC)
            except OverflowError:
                return "there is no such instant"
    return None
