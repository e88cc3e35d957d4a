"""A filter as a value: what `search.parse` makes of a document, and its canonical text.

Everything is true or false of a record, nothing is unknown: a comparison with a missing value is
false, so `neq` and `not` include the records where the field is null.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

Value = bool | int | Decimal | str | date | datetime


class Operator(StrEnum):
    """Comparison of one field with one value."""

    EQ = "eq"
    NEQ = "neq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    LIKE = "like"  # case ignored; % stands for any run of characters, everything else for itself
    STARTSWITH = "startswith"  # literal, case ignored, as the next two
    ENDSWITH = "endswith"
    CONTAINS = "contains"
    FUZZY = "fuzzy"  # every word is somewhere in the text, case ignored, in any order
    KEYWORD = "keyword"  # at least one of the words is in the text as a whole word, case ignored
    ARRAY_CONTAINS = "array_contains"  # the list holds exactly this value


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one value; None asks with `eq` for null and with `neq` for not null.

    Of an object only that can be asked, whether it is there.
    """

    operator: Operator
    field: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field is one of the values."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one element of the list of objects meets `part`; its paths begin in the element."""

    field: str
    part: "Filter"


@dataclass(frozen=True, slots=True)
class Not:
    part: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """All are true; without parts, always true."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one is true."""

    parts: tuple["Filter", ...]


Filter = Compare | OneOf | AnyOf | Not | And | Or


def all_of(*filters: Filter | None) -> Filter:
    """Return the filter that is true where all are; None asks for nothing."""
    parts = tuple(part for filter in filters if filter for part in iterate_conjuncts(filter))
    return parts[0] if len(parts) == 1 else And(parts)


def iterate_conjuncts(filter: Filter) -> Iterator[Filter]:
    """Yield the conditions that must all be true."""
    if isinstance(filter, And):
        for part in filter.parts:
            yield from iterate_conjuncts(part)
    else:
        yield filter


def field_paths(filter: Filter) -> frozenset[str]:
    """Return the paths of the fields that decide; of a list of objects, that of the list."""
    match filter:
        case Compare() | OneOf() | AnyOf():
            return frozenset({filter.field})
        case Not():
            return field_paths(filter.part)
        case And() | Or():
            return frozenset[str]().union(*map(field_paths, filter.parts))


def canonical_json(filter: Filter) -> str:
    """Return the filter as JSON, always the same for an equal one: for URLs and cache keys.

    `parse_text` reads it back.
    """
    match filter:
        case Compare():
            return (
                f'{{"{filter.operator}":{{{_path_name(filter.field)}:{value_json(filter.value)}}}}}'
            )
        case OneOf():
            values = ",".join(map(value_json, filter.values))
            return f'{{"in":{{{_path_name(filter.field)}:[{values}]}}}}'
        case AnyOf():
            return f'{{"any":{{{_path_name(filter.field)}:{canonical_json(filter.part)}}}}}'
        case Not():
            return f'{{"not":{canonical_json(filter.part)}}}'
        case And(()):
            return "{}"
        case And():
            return f'{{"and":[{",".join(map(canonical_json, filter.parts))}]}}'
        case Or():
            return f'{{"or":[{",".join(map(canonical_json, filter.parts))}]}}'


def _path_name(path: str) -> str:
    return json.dumps(path)


def value_json(value: Value | None) -> str:
    """Return the value as JSON, always the same for an equal one."""
    match value:
        case Decimal():
            return format(value.normalize() + 0, "f")  # no zeros at the end, none with a sign
        case datetime():
            return json.dumps(value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z")
        case date():
            return json.dumps(value.isoformat())
        case _:
            return json.dumps(value, ensure_ascii=False)
