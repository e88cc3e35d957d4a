"""Form of a filter: rows of field, operator and value, and their document.

One level of groups: what a person can still read. What is deeper was written by hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import streamlit as st

from dashboard.components.text_input_sync import set_text
from harvest_client import HarvestError
from harvest_client.models.fields import Field, FieldType
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
    canonical_json,
    parse,
    parse_text,
)
from harvest_client.search.field_paths import element_fields
from harvest_client.search.operators import operators_for

NULL, NOT_NULL = "is null", "is not null"
"""Beside the language's own operators: `eq` and `neq` with null, which have no value."""

_NULLS = {NULL: "eq", NOT_NULL: "neq"}
LABELS: Mapping[str, str] = {
    "eq": "is", "neq": "is not", "gt": "is greater than", "gte": "is at least",
    "lt": "is less than", "lte": "is at most", "in": "is one of",
    "like": "matches pattern (% = any text)",
    "startswith": "begins with", "endswith": "ends with", "contains": "contains",
    "array_contains": "includes", "fuzzy": "contains all words",
    "keyword": "contains any word", NULL: "has no value", NOT_NULL: "has a value",
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
    """Return the fields that a row can ask about: lists of objects have groups."""
    return {path: field for path, field in known.items() if field.kind is not FieldType.OBJECTS}


def list_fields(known: Fields) -> dict[str, Fields]:
    """Return the lists of objects and what may be asked about an element of each."""
    return {
        p: element_fields(field) for p, field in known.items() if field.kind is FieldType.OBJECTS
    }


def row_operators(field: Field) -> tuple[str, ...]:
    """Return the operators that a row about `field` can have."""
    if field.kind is FieldType.OBJECT:
        return (NOT_NULL, NULL)
    null = () if field.kind.is_list else (NULL, NOT_NULL)
    return (*operators_for(field.kind), *null)


def filter_document(said: FilterForm) -> dict[str, Any]:
    """Return the filter document, `{}` for no condition; empty groups are left out.

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
    """Return the rows that say `filter`; None where it nests deeper than rows and groups do."""
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
    values = {_NULLS.get(row.operator, row.operator): {row.path: value}}
    return {"not": values} if row.negated else values


def _to_node(part: Filter) -> FilterRow | FilterGroup | None:
    if result := _to_condition(part):
        return result
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
            result = _to_condition(inner)
            return replace(result, negated=True) if result else None
        case Compare(operator, path, None):
            return FilterRow(path, NULL if operator is Operator.EQ else NOT_NULL)
        case Compare(operator, path, value):
            return FilterRow(path, operator.value, value)
        case OneOf(path, values):
            return FilterRow(path, "in", values)
        case _:
            return None


@dataclass
class DraftRow:
    id: int
    path: str
    operator: str
    value: Any = None
    negated: bool = False


@dataclass
class DraftGroup:
    """A group; `inside` is the list of objects that its rows are about."""

    id: int
    rows: list[DraftRow]
    join: str = "and"
    inside: str = ""
    negated: bool = False


@dataclass
class FilterDraft:
    """Rows as they stand; `text` is the filter they were read from or applied as."""

    text: str
    join: str = "and"
    items: list[DraftRow | DraftGroup] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    fault: SearchError | None = None


def draft_of(target: str, known: Fields) -> FilterDraft | None:
    """Return the draft of the text under `target`; None where rows cannot say it."""
    text, key = st.session_state.get(target) or "", f"_draft_{target}"
    # Another entity has other fields: rows about those of the last one could not be drawn.
    kept = st.session_state.get(key)
    if kept and kept[0] == (text, tuple(known)):
        known_draft: FilterDraft = kept[1]
        return known_draft
    try:
        said = filter_groups(parse_text(text, known) if text.strip() else None)
    except HarvestError:
        said = None  # explained where it is typed
    if said is None:
        return None
    draft = FilterDraft(text, said.join)
    draft.items = [
        _row_of_draft(draft, part)
        if isinstance(part, FilterRow)
        else DraftGroup(
            next(draft.numbers), [_row_of_draft(draft, row) for row in part.parts],
            part.join, part.inside, part.negated,
        )
        for part in said.parts
    ]  # fmt: skip
    st.session_state[key] = ((text, tuple(known)), draft)
    return draft


def _row_of_draft(draft: FilterDraft, row: FilterRow) -> DraftRow:
    return DraftRow(next(draft.numbers), row.path, row.operator, row.value, row.negated)


def set_draft(thing: DraftRow | DraftGroup | FilterDraft, name: str, key: str) -> None:
    setattr(thing, name, st.session_state[key])


def put_field(row: DraftRow, key: str, fields: Fields) -> None:
    row.path = st.session_state[key]
    offered = row_operators(fields[row.path])
    row.operator = row.operator if row.operator in offered else offered[0]
    row.value = None


def put_value(row: DraftRow, value: Any) -> None:
    row.value = value


def put_operator(row: DraftRow, key: str) -> None:
    before, row.operator = row.operator, st.session_state[key]
    if "in" in (before, row.operator):
        row.value = None


def add_row(draft: FilterDraft, rows: list[Any], fields: Fields) -> None:
    path = next(iter(fields))
    rows.append(DraftRow(next(draft.numbers), path, row_operators(fields[path])[0]))


def add_box(draft: FilterDraft, fields: Fields, inside: str) -> None:
    box = DraftGroup(next(draft.numbers), [], inside=inside)
    add_row(draft, box.rows, fields)
    draft.items.append(box)


def apply_draft(target: str, draft: FilterDraft, known: Fields) -> None:
    draft.fault = None
    try:
        said = filter_document(_form_of_draft(draft))
        text = canonical_json(parse(said, known)) if said else ""
    except SearchError as error:
        draft.fault = error
        return
    set_text(target, text)
    # The rows stay as they are: the same ids, the same order.
    st.session_state[f"_draft_{target}"] = ((text, tuple(known)), draft)


def _form_of_draft(draft: FilterDraft) -> FilterForm:
    parts = tuple(
        _draft_condition(item)
        if isinstance(item, DraftRow)
        else FilterGroup(
            tuple(map(_draft_condition, item.rows)), item.join, item.inside, item.negated
        )
        for item in draft.items
    )
    return FilterForm(parts, draft.join)


def _draft_condition(row: DraftRow) -> FilterRow:
    return FilterRow(row.path, row.operator, row.value, row.negated)
