"""The widgets for the parameters of the connector's list; what they hold is in the address."""

from collections.abc import Iterable
from datetime import date

import streamlit as st

from dashboard.listings.listed import list_params, param_choices
from harvest_client.entities import ENTITIES, Entity, Parameter
from harvest_client.fields import FieldType

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
    held = {one.name: st.session_state.get(one.name) for one in list_params(entity)}
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
    """The parameters of all lists, one of each name."""
    return {one.name: one for entity in ENTITIES.values() for one in list_params(entity)}.values()


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
