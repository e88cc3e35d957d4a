"""Log of the last syncs, and history of values that Harvest overwrites."""

import errno
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from harvest_client.durable import replace_text

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
    """Store what is stored as seen on `day`; of several values of one day the last."""
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


_KEPT = 50
_ROOM = 4096  # bytes, for one entry
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sync. `error` and `remedy` are None when it ended well; `entities` counts changes.

    `checks` says of time entries when each kind of comparison was last made. `notes` are
    sentences about damaged files, `warnings` about what was read.
    """

    started_at: datetime
    ended_at: datetime
    kind: str
    requests: int
    version: int | None
    error: str | None = None
    remedy: str | None = None
    entities: dict[str, dict[str, int]] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class SyncLog:
    """Newest first. Written by whoever holds the sync's lock."""

    def __init__(self, cache_dir: Path, account_id: str) -> None:
        self.path = cache_dir / account_id / "syncs.json"

    def read(self) -> list[Attempt]:
        try:
            return self._read()
        except FileNotFoundError:
            return []
        except ValueError:
            # Only a log: a damaged one begins anew rather than stand in the way of a sync.
            return []

    def is_damaged(self) -> bool:
        """Return whether there is a log that cannot be read."""
        try:
            self._read()
        except FileNotFoundError:
            return False
        except ValueError:
            return True
        return False

    def _read(self) -> list[Attempt]:
        try:
            return [_read_attempt(item) for item in json.loads(self.path.read_bytes())]
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("This is no log of syncs.") from error

    def reserve_room(self) -> None:
        """Make room on the disk for an entry, so that a full one can be entered."""
        if not self.path.exists():
            replace_text(self.path, "[]" + " " * _ROOM)

    def add_attempt(self, attempt: Attempt) -> None:
        """Enter an attempt. Without room on the disk it takes the place of older ones."""
        kept = [attempt, *self.read()][:_KEPT]
        try:
            replace_text(self.path, _log_text(kept))
        except OSError as error:
            if error.errno not in _FULL or not self._overwrite_blocks(kept):
                raise

    def _overwrite_blocks(self, remaining: list[Attempt]) -> bool:
        """Write into the blocks that the file has; whether that was possible."""
        size = self.path.stat().st_size if self.path.exists() else 0
        while remaining and len(_log_text(remaining).encode()) > size:
            remaining = remaining[:-1]
        if not remaining:
            return False
        with self.path.open("r+b") as file:
            file.write(_log_text(remaining).encode().ljust(size))
            file.flush()
            os.fsync(file.fileno())
        return True


def _log_text(attempts: list[Attempt]) -> str:
    return json.dumps([asdict(item) for item in attempts], default=datetime.isoformat, indent=1)


def _read_attempt(item: dict[str, Any]) -> Attempt:
    instants = {name: datetime.fromisoformat(item[name]) for name in ("started_at", "ended_at")}
    return Attempt(**(item | instants))
