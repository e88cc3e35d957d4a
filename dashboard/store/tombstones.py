"""Records deleted in Harvest: stored, in no sum and no search, described by a short text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.store.schema import STORED
from harvest_client.entities import Entity

MOST = 10_000
"""As many as a snapshot tells of, the newest; the records keep all."""

_NAME = "name"
_TEXTS = {
    "time_entries": (
        '"user".name', "client.name", "project.name", "task.name",
        "printf('%.2f h', CAST(hours AS DOUBLE))",
    ),
    "expenses": (
        '"user".name', "client.name", "project.name", "expense_category.name",
        "printf('%.2f', CAST(total_cost AS DOUBLE))",
    ),
    "invoices": ("number", "client.name", "printf('%.2f', CAST(amount AS DOUBLE))"),
    "estimates": ("number", "client.name", "printf('%.2f', CAST(amount AS DOUBLE))"),
    "users": ("first_name", "last_name"),
    "contacts": ("first_name", "last_name", "client.name"),
    "projects": (_NAME, "client.name"),
    "user_assignments": ('"user".name', "project.name"),
    "task_assignments": ("task.name", "project.name"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A record that Harvest no longer has. `day` is its own, None where it has none.

    `text` says what it was; `noticed` is when a sync found it to be gone.
    """

    entity: str
    id: int
    day: date | None
    text: str
    noticed: datetime


def tombstones_sql(most: int) -> str:
    """Grain: one deleted record, the newest `most`, those noticed last first."""
    parts = " UNION ALL ".join(_entity_selects())
    return f"SELECT * FROM ({parts}) ORDER BY noticed DESC, entity, day DESC, id DESC LIMIT {most}"


def _entity_selects() -> Iterator[str]:
    for name, entity in STORED.items():
        if entity.primary_key == ("id",):
            day = entity.date_field or "NULL"
            yield (
                f"SELECT account_id AS account_id, '{name}' AS entity, id AS id,"
                f" CAST({day} AS DATE) AS day,"
                f" {_description_sql(entity)} AS text, deleted_at AS noticed FROM {name}"
                " WHERE account_id = $account_id AND deleted_at IS NOT NULL"
            )


def _description_sql(entity: Entity) -> str:
    pieces = _TEXTS.get(entity.name, (_NAME,))
    return f"concat_ws(' · ', {', '.join(pieces)})"
