"""The parts of a record that Harvest repeats inside other records."""

from typing import Any

Row = dict[str, Any]
"""One record as Harvest sends it, under Harvest's own names."""

USER = ("id", "name")
CLIENT = ("id", "name")
CLIENT_WITH_CURRENCY = ("id", "name", "currency")
PROJECT = ("id", "name")
PROJECT_WITH_CODE = ("id", "name", "code")
TASK = ("id", "name")
CATEGORY = ("id", "name", "unit_price", "unit_name")
USER_ASSIGNMENT = (
    "id", "is_project_manager", "is_active", "budget", "created_at", "updated_at", "hourly_rate",
)  # fmt: skip
TASK_ASSIGNMENT = (
    "id", "billable", "is_active", "created_at", "updated_at", "hourly_rate", "budget",
)  # fmt: skip


class Copies:
    """Hands out one shared copy per record and shape, and keeps all of them up to date.

    As in Harvest, a copy shows the state at reading time: renaming a client renames it in every
    time entry without touching the entries' `updated_at`.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], dict[tuple[str, ...], Row]] = {}

    def of(self, entity: str, row: Row, shape: tuple[str, ...]) -> Row:
        """The shared copy of `row` that has the fields of `shape`."""
        shapes = self._made.setdefault((entity, row["id"]), {})
        if shape not in shapes:
            shapes[shape] = _part(row, shape)
        return shapes[shape]

    def refresh(self, entity: str, row: Row) -> None:
        """Carries a change of `row` into every copy of it."""
        for shape, copy in self._made.get((entity, row["id"]), {}).items():
            copy.update(_part(row, shape))


def display_name(user: Row) -> str:
    """A person's name as Harvest prints it."""
    return " ".join(part for part in (user["first_name"], user["last_name"]) if part)


def _part(row: Row, shape: tuple[str, ...]) -> Row:
    # A person has two names, and one where they are mentioned.
    return {
        key: display_name(row) if key == "name" and "first_name" in row else row[key]
        for key in shape
    }
