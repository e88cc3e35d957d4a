"""State of the pickers in the filter bar, as a filter of the API's language, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvest_client.search import Compare, Filter, OneOf, Operator, Or, all_of, iterate_conjuncts

PATHS: Mapping[str, str] = {
    "clients": "client.id",
    "projects": "project.id",
    "tasks": "task.id",
    "people": "user.id",
    "roles": "user.roles",
    "billable": "billable",
    "billed": "is_billed",
    "notes": "notes",
}
_NAMES = {path: name for name, path in PATHS.items()}


@dataclass(frozen=True, slots=True)
class PickerState:
    """One value per picker: ids, names of roles, and what may be left open."""

    clients: tuple[int, ...] = ()
    projects: tuple[int, ...] = ()
    tasks: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    billable: bool | None = None
    billed: bool | None = None
    notes: str = ""

    def to_filter(self) -> Filter | None:
        """All that was picked must be true; None where nothing was."""
        parts = [
            _picker_condition(name, value)
            for name in PATHS
            if _is_set(value := getattr(self, name))
        ]
        return all_of(*parts) if parts else None

    def clear_picker(self, name: str) -> "PickerState":
        """The same with one picker emptied."""
        return PickerState(
            **{other: value for other, value in self.non_empty().items() if other != name}
        )

    def non_empty(self) -> dict[str, Any]:
        """The pickers that say something."""
        return {name: value for name in PATHS if _is_set(value := getattr(self, name))}


def pickers_from_filter(filter: Filter | None) -> PickerState | None:
    """The picks that `filter` stands for; None where the pickers cannot say it."""
    found: dict[str, Any] = {}
    for part in iterate_conjuncts(filter) if filter else ():
        read = _read(part)
        if read is None or read[0] in found:
            return None
        found[read[0]] = read[1]
    return PickerState(**found)


def _is_set(value: Any) -> bool:
    return value not in ((), None, "")


def _picker_condition(name: str, value: Any) -> Filter:
    path = PATHS[name]
    match name:
        case "billable" | "billed":
            return Compare(Operator.EQ, path, value)
        case "notes":
            return Compare(Operator.CONTAINS, path, value)
        case "roles":
            # A person may have several roles: one of those picked is enough.
            held = tuple(Compare(Operator.ARRAY_CONTAINS, path, role) for role in value)
            return held[0] if len(held) == 1 else Or(held)
        case _:
            return OneOf(path, tuple(value))


def _read(part: Filter) -> tuple[str, Any] | None:
    match part:
        case OneOf("client.id" | "project.id" | "task.id" | "user.id" as path, values):
            return _NAMES[path], values
        case Compare(
            Operator.EQ, "client.id" | "project.id" | "task.id" | "user.id" as path, int() as one
        ):
            return _NAMES[path], (one,)
        case Compare(Operator.EQ, "billable" | "is_billed" as path, bool() as flag):
            return _NAMES[path], flag
        case Compare(Operator.CONTAINS, "notes", str() as text) if text:
            return "notes", text
        case Compare(Operator.ARRAY_CONTAINS, "user.roles", str() as role):
            return "roles", (role,)
        case Or(held) if all(
            isinstance(one, Compare) and one.operator is Operator.ARRAY_CONTAINS for one in held
        ):
            return "roles", tuple(one.value for one in held if isinstance(one, Compare))
    return None
