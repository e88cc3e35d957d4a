"""The widgets for the parameters of the connector's list; what they hold is in the address."""

from collections.abc import Iterable
from datetime import date

import streamlit as st

from dashboard.listings.listed import choices, offered
from harvest_client.entities import ENTITIES, Entity, Parameter
from harvest_client.fields import Kind

FLAGS = ("true", "false")
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
_WIDTH = 210
_EXAMPLES = {Kind.INTEGER: "Any", Kind.TIMESTAMP: "2026-01-31T08:00Z", Kind.TEXT: "Any"}


def parameter_pickers(entity: Entity) -> None:
    """A widget for each parameter that chooses records; one left empty is not asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for parameter in offered(entity):
            _picker(entity, parameter)


def parameter_texts(entity: Entity) -> dict[str, str]:
    """What is in the widgets by the names of the parameters, as texts."""
    held = {one.name: st.session_state.get(one.name) for one in offered(entity)}
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
    return {one.name: one for entity in ENTITIES.values() for one in offered(entity)}.values()


def _picker(entity: Entity, parameter: Parameter) -> None:
    name = parameter.name
    if parameter.kind is Kind.BOOLEAN:
        st.segmented_control(
            name, FLAGS, key=name, bind="query-params", help=parameter.doc, width=_WIDTH
        )
    elif parameter.kind is Kind.DATE:
        st.date_input(
            name, value=None, key=name, bind="query-params", help=parameter.doc, width=_WIDTH,
            min_value=FIRST, max_value=LAST, format="YYYY-MM-DD",
        )  # fmt: skip
    elif offers := choices(entity, parameter):
        st.selectbox(
            name, offers, index=None, key=name, bind="query-params", help=parameter.doc,
            width=_WIDTH, placeholder="Any",
        )  # fmt: skip
    else:
        st.text_input(
            name, key=name, bind="query-params", help=parameter.doc, width=_WIDTH,
            placeholder=_EXAMPLES[parameter.kind],
        )  # fmt: skip
