"""Conditions put together row by row; what is applied is the text under a key, as if typed.

Rows that are not applied yet live in a draft, which outlasts a popover that is closed.
"""

from functools import partial
from typing import Any

import streamlit as st

from dashboard.components.errors import explain_error
from dashboard.components.filter_form import (
    LABELS,
    NOT_NULL,
    NULL,
    DraftGroup,
    DraftRow,
    FilterDraft,
    add_box,
    add_row,
    apply_draft,
    draft_of,
    list_fields,
    put_field,
    put_operator,
    put_value,
    row_fields,
    row_operators,
    set_draft,
)
from dashboard.components.filter_inputs import value_input
from dashboard.components.text_input_sync import set_text
from dashboard.web.page_access import callback
from harvest_client.search import Fields

_JOINS = {"and": "Match all (AND)", "or": "Match any (OR)"}


def filter_builder(target: str, known: Fields) -> None:
    """Draw the rows of the filter under `target`, over `known`, and what applies them to it."""
    draft = draft_of(target, known)
    if draft is None:
        st.caption("This filter is too deeply nested for the builder.")
        st.button(
            "Clear and use the builder",
            key=f"{target}_over",
            on_click=callback(_start_over),
            args=(target,),
        )
        return
    key = f"_build_{target}"
    fields, within = row_fields(known), list_fields(known)
    if len(draft.items) > 1:
        _join_picker(draft, f"{key}_join")
    for item in list(draft.items):
        if isinstance(item, DraftRow):
            _filter_row(item, draft.items, fields, key)
        else:
            _filter_group(draft, item, within[item.inside] if item.inside else fields, key)
    with st.container(horizontal=True):
        args = (draft, draft.items, fields)
        st.button(
            "Condition",
            key=f"{key}_add",
            icon=":material/add:",
            on_click=callback(add_row),
            args=args,
        )
        st.button(
            "Group", key=f"{key}_group", icon=":material/add_box:", on_click=callback(add_box),
            args=(draft, fields, ""), help="Conditions combined with AND or OR",
        )  # fmt: skip
        for path, inner in within.items():
            st.button(
                f"Any of {path}", key=f"{key}_any_{path}", icon=":material/list:",
                on_click=callback(add_box), args=(draft, row_fields(inner), path),
                help="Conditions on the same line item",
            )  # fmt: skip
        st.button(
            "Apply", key=f"{key}_apply", on_click=callback(apply_draft),
            args=(target, draft, known),
        )  # fmt: skip
    if draft.fault:
        explain_error(draft.fault)


def _filter_row(row: DraftRow, among: list[Any], fields: Fields, key: str) -> None:
    key = f"{key}_{row.id}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _widget_value(row, "path", f"{key}_path")
        st.selectbox(
            "Field", list(fields), key=f"{key}_path", width=220,
            on_change=callback(put_field), args=(row, f"{key}_path", fields),
        )  # fmt: skip
        _widget_value(row, "negated", f"{key}_not")
        st.checkbox(
            "not",
            key=f"{key}_not",
            on_change=callback(set_draft),
            args=(row, "negated", f"{key}_not"),
        )
        offered = row_operators(fields[row.path])
        _widget_value(row, "operator", f"{key}_op")
        st.selectbox(
            "Condition", offered, key=f"{key}_op", width=220,
            format_func=lambda name: LABELS[name] if name in (NULL, NOT_NULL)
            else f"{LABELS[name]} · {name}",
            on_change=callback(put_operator), args=(row, f"{key}_op"),
        )  # fmt: skip
        if row.operator not in (NULL, NOT_NULL):
            value_input(fields[row.path], row.operator, row.value, key, partial(put_value, row))
        st.button(
            "Remove", key=f"{key}_remove", icon=":material/close:", type="tertiary",
            on_click=callback(among.remove), args=(row,),
        )  # fmt: skip


def _filter_group(draft: FilterDraft, box: DraftGroup, fields: Fields, key: str) -> None:
    own = f"{key}_{box.id}"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.caption(f"At least one of {box.inside} where" if box.inside else "Group")
            _widget_value(box, "negated", f"{own}_not")
            st.checkbox(
                "not",
                key=f"{own}_not",
                on_change=callback(set_draft),
                args=(box, "negated", f"{own}_not"),
            )
            if len(box.rows) > 1:
                _join_picker(box, f"{own}_join")
        for row in list(box.rows):
            _filter_row(row, box.rows, row_fields(fields), key)
        with st.container(horizontal=True):
            args = (draft, box.rows, row_fields(fields))
            st.button(
                "Condition",
                key=f"{own}_add",
                icon=":material/add:",
                on_click=callback(add_row),
                args=args,
            )
            st.button(
                "Remove group", key=f"{own}_remove", icon=":material/close:", type="tertiary",
                on_click=callback(draft.items.remove), args=(box,),
            )  # fmt: skip


def _join_picker(joined: FilterDraft | DraftGroup, key: str) -> None:
    _widget_value(joined, "join", key)
    st.segmented_control(
        "Joined by", list(_JOINS), format_func=_JOINS.__getitem__, key=key, required=True,
        label_visibility="collapsed", on_change=callback(set_draft), args=(joined, "join", key),
    )  # fmt: skip


def _widget_value(thing: DraftRow | DraftGroup | FilterDraft, name: str, key: str) -> None:
    """Give a widget the value of the draft: a widget that was not drawn has forgotten it."""
    st.session_state[key] = getattr(thing, name)


def _start_over(target: str) -> None:
    set_text(target, "")
