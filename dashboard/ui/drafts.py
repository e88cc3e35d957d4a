"""Rows of conditions while they are put together: what they say need not be whole yet."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st

from dashboard.ui.conditions import Condition, Conditions, Group, conditions, document, operators
from dashboard.ui.echoes import set_text
from harvest_client import HarvestError
from harvest_client.search import Fields, SearchError, canonical, parse, parse_text


@dataclass
class Row:
    id: int
    path: str
    operator: str
    value: Any = None
    negated: bool = False


@dataclass
class Box:
    """A group; `inside` is the list of objects that its rows are about."""

    id: int
    rows: list[Row]
    join: str = "and"
    inside: str = ""
    negated: bool = False


@dataclass
class Draft:
    """Rows as they stand; `text` is the filter they were read from or applied as."""

    text: str
    join: str = "and"
    items: list[Row | Box] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    fault: SearchError | None = None


def draft_of(target: str, known: Fields) -> Draft | None:
    """The draft of the text under `target`; None where rows cannot say it."""
    text, key = st.session_state.get(target) or "", f"_draft_{target}"
    # Another entity has other fields: rows about those of the last one could not be drawn.
    kept = st.session_state.get(key)
    if kept and kept[0] == (text, tuple(known)):
        known_draft: Draft = kept[1]
        return known_draft
    try:
        said = conditions(parse_text(text, known) if text.strip() else None)
    except HarvestError:
        said = None  # explained where it is typed
    if said is None:
        return None
    draft = Draft(text, said.join)
    draft.items = [
        _of(draft, part)
        if isinstance(part, Condition)
        else Box(
            next(draft.numbers), [_of(draft, row) for row in part.parts],
            part.join, part.inside, part.negated,
        )
        for part in said.parts
    ]  # fmt: skip
    st.session_state[key] = ((text, tuple(known)), draft)
    return draft


def _of(draft: Draft, row: Condition) -> Row:
    return Row(next(draft.numbers), row.path, row.operator, row.value, row.negated)


def put(thing: Row | Box | Draft, name: str, key: str) -> None:
    setattr(thing, name, st.session_state[key])


def put_field(row: Row, key: str, fields: Fields) -> None:
    row.path = st.session_state[key]
    offered = operators(fields[row.path])
    row.operator = row.operator if row.operator in offered else offered[0]
    row.value = None


def put_value(row: Row, value: Any) -> None:
    row.value = value


def put_operator(row: Row, key: str) -> None:
    before, row.operator = row.operator, st.session_state[key]
    if "in" in (before, row.operator):
        row.value = None


def add_row(draft: Draft, rows: list[Any], fields: Fields) -> None:
    path = next(iter(fields))
    rows.append(Row(next(draft.numbers), path, operators(fields[path])[0]))


def add_box(draft: Draft, fields: Fields, inside: str) -> None:
    box = Box(next(draft.numbers), [], inside=inside)
    add_row(draft, box.rows, fields)
    draft.items.append(box)


def apply(target: str, draft: Draft, known: Fields) -> None:
    draft.fault = None
    try:
        said = document(_said(draft))
        text = canonical(parse(said, known)) if said else ""
    except SearchError as error:
        draft.fault = error
        return
    set_text(target, text)
    # The rows stay as they are: the same ids, the same order.
    st.session_state[f"_draft_{target}"] = ((text, tuple(known)), draft)


def _said(draft: Draft) -> Conditions:
    parts = tuple(
        _condition(item)
        if isinstance(item, Row)
        else Group(tuple(map(_condition, item.rows)), item.join, item.inside, item.negated)
        for item in draft.items
    )
    return Conditions(parts, draft.join)


def _condition(row: Row) -> Condition:
    return Condition(row.path, row.operator, row.value, row.negated)
