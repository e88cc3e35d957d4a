"""The parameters of the connector's list, answered by the local copy as far as a field says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from harvest_client.entities import Entity, Parameter
from harvest_client.fields import FieldType
from harvest_client.parameters import list_values
from harvest_client.search.addressing import element_fields, searchable_fields

_PAGING = frozenset({"page", "per_page", "cursor"})
_BOUNDS = {"from": "gte", "to": "lte"}


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Parameters of a list request.

    `given` are its parameters as the connector takes them, days and instants as texts; `filter` is
    the same in the language of searches. `unfollowed` are those that the copy has no field for.
    """

    given: dict[str, object]
    filter: dict[str, object]
    unfollowed: tuple[str, ...]

    @property
    def says(self) -> str:
        """That the records are not what the list would answer; empty where they are."""
        if not self.unfollowed:
            return ""
        names = " and ".join(self.unfollowed)
        return f"The stored copy cannot follow {names}: the records are shown as if not asked for."


def list_params(entity: Entity) -> tuple[Parameter, ...]:
    """The parameters of its list that choose records, not pages of them."""
    return tuple(one for one in entity.parameters if one.name not in _PAGING)


def param_choices(entity: Entity, parameter: Parameter) -> tuple[str, ...]:
    """The texts that Harvest documents for the parameter, from the field of its name."""
    field = searchable_fields(entity).get(parameter.name)
    return field.choices if field else ()


def parse_list_request(entity: Entity, also: Mapping[str, str]) -> ListRequest:
    """The list that `also` asks for by the names of its parameters; raises `UsageError`."""
    names = [one.name for one in list_params(entity)]
    values = list_values(entity, {name: also[name] for name in names if also.get(name)})
    given = {name: _param_value(value) for name, value in values.items()}
    parts, unfollowed = [], []
    for name, value in given.items():
        part = _param_condition(entity, name, value)
        if part is None:
            unfollowed.append(name)
        else:
            parts.append(part)
    return ListRequest(given, {"and": parts} if parts else {}, tuple(unfollowed))


def _param_condition(entity: Entity, name: str, value: object) -> dict[str, object] | None:
    known = searchable_fields(entity)
    if name in _BOUNDS:
        return {_BOUNDS[name]: {entity.date_field: value}} if entity.date_field else None
    if name == "updated_since":
        return {"gte": {"updated_at": value}} if "updated_at" in known else None
    if name in known:
        return {"eq": {name: value}}
    path = f"{name.removesuffix('_id')}.id"
    if path in known:
        return {"eq": {path: value}}
    for field in known.values():
        # An invoice is of a project when one of its lines is.
        if field.kind is FieldType.OBJECTS and path in element_fields(field):
            return {"any": {field.name: {"eq": {path: value}}}}
    return None


def _param_value(value: object) -> object:
    match value:
        case datetime():
            # Cut to the second, as the list itself is asked.
            return value.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
        case date():
            return value.isoformat()
        case _:
            return value
