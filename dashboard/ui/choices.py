"""Choices of the pickers: everything stored, under distinct names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dashboard.charts.text import visible_text


class Stored(Protocol):
    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick. `value` goes into the filter: an id, or the name of a role."""

    value: int | str
    label: str


# value, name, and what tells two of one name apart
_SQL = {
    "clients": "SELECT c.id AS value, c.name AS name, c.currency AS apart FROM clients AS c",
    "projects": (
        "SELECT p.id AS value, p.name AS name, c.name AS apart"
        " FROM projects AS p LEFT JOIN clients AS c ON c.id = p.client_id"
    ),
    "tasks": "SELECT t.id AS value, t.name AS name, NULL AS apart FROM tasks AS t",
    "people": "SELECT u.id AS value, u.name AS name, u.email AS apart FROM users AS u",
    "roles": "SELECT DISTINCT r.name AS value, r.name AS name, NULL AS apart FROM roles AS r",
}


def read_choices(stored: Stored, kind: str) -> tuple[Choice, ...]:
    """All of one kind, in the order of their labels. Projects are always told with their client."""
    rows = [
        (value, visible_text(name or "") or "(no name)", visible_text(apart or ""))
        for value, name, apart in stored.rows(_SQL[kind])
    ]
    by_name = Counter(name for _, name, _ in rows)
    labelled = [
        (
            value,
            f"{name} ({apart})" if apart and (kind == "projects" or by_name[name] > 1) else name,
        )
        for value, name, apart in rows
    ]
    by_label = Counter(label for _, label in labelled)
    found = (
        Choice(value, f"{label} #{value}" if by_label[label] > 1 else label)
        for value, label in labelled
    )
    return tuple(sorted(found, key=lambda choice: choice.label.casefold()))
