"""Parameters of an explorer link, and messages for invalid ones."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import streamlit as st

from dashboard.reports.entities import USUAL, list_params, param_choices
from harvest_client.entities import ENTITIES, Action, Entity, Parameter
from harvest_client.errors import nearest_match
from harvest_client.models.fields import FieldType
from harvest_client.search.errors import quote_name
from harvest_client.search.field_paths import selectable_fields
from harvest_client.search.projection import MAX_FIELDS, MAX_SORT

FLAGS = ("true", "false")
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
_WIDTH = 210
_EXAMPLES = {
    FieldType.INTEGER: "Any",
    FieldType.TIMESTAMP: "2026-01-31T08:00Z",
    FieldType.TEXT: "Any",
}


def parameter_pickers(entity: Entity) -> None:
    """A widget for each parameter that chooses records; one left empty is not asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for parameter in list_params(entity):
            _param_picker(entity, parameter)


def parameter_texts(entity: Entity) -> dict[str, str]:
    """Return the texts of the widgets by the names of the parameters."""
    held = {item.name: st.session_state.get(item.name) for item in list_params(entity)}
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in held.items()
        if value
    }


def clear_parameters() -> None:
    """A callback: nothing is asked for, of whichever entity."""
    for parameter in every_parameter():
        st.session_state[parameter.name] = "" if parameter.kind in _EXAMPLES else None
    st.session_state["state"] = None


def every_parameter() -> Iterable[Parameter]:
    """Return the parameters of all lists, one of each name."""
    return {
        item.name: item for entity in ENTITIES.values() for item in list_params(entity)
    }.values()


def _param_picker(entity: Entity, parameter: Parameter) -> None:
    name = parameter.name
    if parameter.kind is FieldType.BOOLEAN:
        st.segmented_control(
            name, FLAGS, key=name, bind="query-params", help=parameter.doc, width=_WIDTH
        )
    elif parameter.kind is FieldType.DATE:
        st.date_input(
            name, value=None, key=name, bind="query-params", help=parameter.doc, width=_WIDTH,
            min_value=FIRST, max_value=LAST, format="YYYY-MM-DD",
        )  # fmt: skip
    elif offers := param_choices(entity, parameter):
        st.selectbox(
            name, offers, index=None, key=name, bind="query-params", help=parameter.doc,
            width=_WIDTH, placeholder="Any",
        )  # fmt: skip
    else:
        st.text_input(
            name, key=name, bind="query-params", help=parameter.doc, width=_WIDTH,
            placeholder=_EXAMPLES[parameter.kind],
        )  # fmt: skip


_NAMED = 20  # names in a sentence

Said = Callable[[str], Sequence[str]]
"""The values that the address has under a name, where a widget has still to take them."""


def link_errors(said: Said, sortable: Callable[[Entity], Sequence[str]]) -> Iterator[str]:
    """Yield a sentence for each part of the link that is left out, with the nearest right name."""
    (named, *_) = said("entity") or [USUAL]
    yield from _unknown_values([named], list(ENTITIES), "There is no entity")
    entity = ENTITIES.get(named, ENTITIES[USUAL])
    (wanted, *_) = said("action") or [Action.SEARCH.value]
    yield from _unknown_values(
        [wanted], list(entity.actions), f"{entity.label}: there is no action"
    )
    action = wanted if wanted in entity.actions else Action.SEARCH
    if action == Action.SEARCH:
        fields = list(selectable_fields(entity))
        what = f"{entity.label}: there is no"
        yield from _unknown_values(said("sort"), sortable(entity), f"{what} sort", MAX_SORT)
        yield from _unknown_values(said("fields"), fields, f"{what} field", MAX_FIELDS)
    taken = {item.name: item for item in list_params(entity)} if action == Action.LIST else {}
    for parameter in every_parameter():
        values = said(parameter.name)
        if values and parameter.name not in taken:
            yield f"{entity.label}: {action} takes no parameter {parameter.name}."
        elif values and parameter.kind is FieldType.BOOLEAN:
            yield from _unknown_values(values, FLAGS, f"{parameter.name} cannot be")
        elif values and parameter.kind is FieldType.DATE:
            yield from (
                f"{parameter.name} cannot be {quote_name(text)!r}; it is a day such as 2026-01-31."
                for text in values
                if not _is_day(text)
            )
        elif values and (known := param_choices(entity, parameter)):
            yield from _unknown_values(values, known, f"{parameter.name} cannot be")


def _unknown_values(
    values: Sequence[str], known: Sequence[str], what: str, most: int | None = None
) -> Iterator[str]:
    for text in values:
        if text not in known:
            yield f"{what} {quote_name(text)!r}{_nearest_name(text, known)}"
    if most is not None and len(values) > most:
        yield f"Of {len(values)} names only {most} fit."


def _nearest_name(text: str, known: Sequence[str]) -> str:
    if nearest := nearest_match(text, known):
        return f"; did you mean {nearest}?"
    return f"; there are {', '.join(known)}." if len(known) <= _NAMED else "."


def _is_day(text: str) -> bool:
    try:
        return FIRST <= date.fromisoformat(text) <= LAST
    except ValueError:
        return False
