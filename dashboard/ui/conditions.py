"""Conditions as rows of field, operator and value, and as a filter of the connector's language.

One level of groups: what a person can still read. What is deeper was written by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from harvest_client.fields import Field, FieldType
from harvest_client.search import (
    And,
    AnyOf,
    Compare,
    Fields,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    SearchError,
)
from harvest_client.search.addressing import element_fields
from harvest_client.search.operators import operators_for

NULL, NOT_NULL = "is null", "is not null"
"""Beside the language's own operators: `eq` and `neq` with null, which have no value."""

_NULLS = {NULL: "eq", NOT_NULL: "neq"}
LABELS: Mapping[str, str] = {
    "eq": "is", "neq": "is not", "gt": "is more than", "gte": "is at least",
    "lt": "is less than", "lte": "is at most", "in": "is one of", "like": "is like (% any text)",
    "startswith": "begins with", "endswith": "ends with", "contains": "contains",
    "array_contains": "has the item", "fuzzy": "has every word, in part",
    "keyword": "has one of the words", NULL: "has no value", NOT_NULL: "has a value",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilterRow:
    """One row. `value` is a tuple for `in`, and None only where the operator has none."""

    path: str
    operator: str
    value: Any = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """Rows that belong together: `join` is `and` or `or`.

    With `inside` they are about one and the same element of that list of objects.
    """

    parts: tuple[FilterRow, ...]
    join: str = "and"
    inside: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FilterForm:
    """All of it: rows and groups, of which all or at least one must be true."""

    parts: tuple[FilterRow | FilterGroup, ...] = ()
    join: str = "and"


def row_fields(known: Fields) -> dict[str, Field]:
    """The fields that a row can ask about: lists of objects have groups."""
    return {path: field for path, field in known.items() if field.kind is not FieldType.OBJECTS}


def list_fields(known: Fields) -> dict[str, Fields]:
    """The lists of objects and what may be asked about an element of each."""
    return {
        p: element_fields(field) for p, field in known.items() if field.kind is FieldType.OBJECTS
    }


def row_operators(field: Field) -> tuple[str, ...]:
    """The operators that a row about `field` can have."""
    if field.kind is FieldType.OBJECT:
        return (NOT_NULL, NULL)
    null = () if field.kind.is_list else (NULL, NOT_NULL)
    return (*operators_for(field.kind), *null)


def filter_document(said: FilterForm) -> dict[str, Any]:
    """The filter document, `{}` for no condition; empty groups are left out.

    Raises `SearchError` for a row without a value. Whether a value fits its field is left to
    `parse`, which takes days, instants and `Decimal` as they are.
    """
    parts = [
        _row_document(part) if isinstance(part, FilterRow) else _group_document(part)
        for part in said.parts
        if isinstance(part, FilterRow) or part.parts
    ]
    return _join_document(said.join, parts) if parts else {}


def filter_groups(filter: Filter | None) -> FilterForm | None:
    """The rows that say `filter`; None where it nests deeper than rows and groups do."""
    if filter is None:
        return FilterForm()
    join = "or" if isinstance(filter, Or) else "and"
    read = [_to_node(p) for p in (filter.parts if isinstance(filter, And | Or) else (filter,))]
    parts = tuple(part for part in read if part is not None)
    return FilterForm(parts, join) if len(parts) == len(read) else None


def _join_document(join: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return parts[0] if len(parts) == 1 else {join: parts}


def _group_document(group: FilterGroup) -> dict[str, Any]:
    said = _join_document(group.join, [_row_document(part) for part in group.parts])
    if group.inside:
        said = {"any": {group.inside: said}}
    return {"not": said} if group.negated else said


def _row_document(row: FilterRow) -> dict[str, Any]:
    value = list(row.value) if isinstance(row.value, tuple) else row.value
    if row.operator in _NULLS:
        value = None
    elif value is None or value == []:
        raise SearchError(f"$.{row.operator}.{row.path}", "has no value yet")
    said = {_NULLS.get(row.operator, row.operator): {row.path: value}}
    return {"not": said} if row.negated else said


def _to_node(part: Filter) -> FilterRow | FilterGroup | None:
    if found := _to_condition(part):
        return found
    match part:
        case AnyOf(name, inner):
            group = _rows(inner)
            return replace(group, inside=name) if group else None
        case Not(AnyOf() as inner):
            return _negate_group(_to_node(inner))
        case Not(inner):
            return _negate_group(_rows(inner))
        case _:
            return _rows(part)


def _negate_group(group: FilterRow | FilterGroup | None) -> FilterGroup | None:
    return replace(group, negated=True) if isinstance(group, FilterGroup) else None


def _rows(part: Filter) -> FilterGroup | None:
    read = [_to_condition(p) for p in (part.parts if isinstance(part, And | Or) else (part,))]
    rows = tuple(row for row in read if row is not None)
    join = "or" if isinstance(part, Or) else "and"
    return FilterGroup(rows, join) if rows and len(rows) == len(read) else None


def _to_condition(part: Filter) -> FilterRow | None:
    match part:
        case Not(Compare() | OneOf() as inner):
            found = _to_condition(inner)
            return replace(found, negated=True) if found else None
        case Compare(operator, path, None):
            return FilterRow(path, NULL if operator is Operator.EQ else NOT_NULL)
        case Compare(operator, path, value):
            return FilterRow(path, operator.value, value)
        case OneOf(path, values):
            return FilterRow(path, "in", values)
        case _:
            return None
