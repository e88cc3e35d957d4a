"""Rows of conditions while they are put together: what they say need not be whole yet."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st

from dashboard.ui.conditions import (
    FilterForm,
    FilterGroup,
    FilterRow,
    filter_document,
    filter_groups,
    row_operators,
)
from dashboard.ui.echoes import set_text
from harvest_client import HarvestError
from harvest_client.search import Fields, SearchError, canonical_json, parse, parse_text


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
    """The draft of the text under `target`; None where rows cannot say it."""
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
