"""Values that Harvest overwrites, with the days of their observation: capacity, rates, budgets."""

from collections.abc import Callable, Sequence
from datetime import date

TABLE = """
CREATE TABLE IF NOT EXISTS history (
    account_id VARCHAR,
    entity     VARCHAR,
    id         BIGINT,
    field      VARCHAR,
    value      VARCHAR, -- as text; names of roles are separated by line feeds
    seen_from  DATE,    -- the day it was first seen
    seen_until DATE,    -- the day another was; NULL while it is so
    PRIMARY KEY (account_id, entity, id, field, seen_from)
);
"""

KEPT = {
    "users": (
        "weekly_capacity", "is_contractor", "roles", "is_active", "default_hourly_rate",
        "cost_rate",
    ),
    "projects": (
        "budget_by", "budget_is_monthly", "budget", "cost_budget", "cost_budget_include_expenses",
        "hourly_rate", "fee",
    ),
    "task_assignments": ("budget", "hourly_rate"),
    "user_assignments": ("budget", "hourly_rate"),
}  # fmt: skip
"""The fields of which every value is kept."""

# Null only says that the token may not see it, where a person always has one.
_NEVER_NULL = {"weekly_capacity", "is_contractor", "roles", "cost_rate", "default_hourly_rate"}

Run = Callable[[str, Sequence[object]], object]


def note_history(run: Run, account_id: str, day: date) -> None:
    """Keeps what is stored as seen on `day`; of several values of one day the last."""
    run(f"CREATE OR REPLACE TEMP TABLE seen AS {_seen_sql()}", [account_id] * _SELECTS)
    same = "h.account_id = ? AND h.entity = s.entity AND h.id = s.id AND h.field = s.field"
    changed = f"{same} AND h.seen_until IS NULL AND h.value IS DISTINCT FROM s.value"
    run(
        f"UPDATE history AS h SET value = s.value FROM seen AS s WHERE {changed}"
        " AND h.seen_from >= ?",
        [account_id, day],
    )
    run(
        f"UPDATE history AS h SET seen_until = ? FROM seen AS s WHERE {changed}",
        [day, account_id],
    )
    run(
        "INSERT INTO history SELECT ?, s.entity, s.id, s.field, s.value, ?, NULL FROM seen AS s"
        f" WHERE NOT EXISTS (SELECT 1 FROM history AS h WHERE {same} AND h.seen_until IS NULL)",
        [account_id, day, account_id],
    )


_SELECTS = sum(map(len, KEPT.values()))


def _seen_sql() -> str:
    return " UNION ALL ".join(
        f"SELECT '{entity}' AS entity, k.id AS id, '{field}' AS field,"
        f" {_field_text(field)} AS value"
        f" FROM {entity} AS k WHERE k.account_id = ? AND k.deleted_at IS NULL"
        + (f" AND k.{field} IS NOT NULL" if field in _NEVER_NULL else "")
        for entity, fields in KEPT.items()
        for field in fields
    )


def _field_text(field: str) -> str:
    if field == "roles":
        return "array_to_string(list_sort(k.roles), chr(10))"
    return f"CAST(k.{field} AS VARCHAR)"
