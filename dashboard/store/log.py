"""The last syncs of an account, good and bad, kept beside its snapshots."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from harvest_client.durable import replace_text

_KEPT = 50


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
        """Whether there is a log that cannot be read."""
        try:
            self._read()
        except FileNotFoundError:
            return False
        except ValueError:
            return True
        return False

    def _read(self) -> list[Attempt]:
        try:
            return [_attempt(item) for item in json.loads(self.path.read_bytes())]
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("This is no log of syncs.") from error

    def add(self, attempt: Attempt) -> None:
        kept = [attempt, *self.read()][:_KEPT]
        text = json.dumps([asdict(one) for one in kept], default=datetime.isoformat, indent=1)
        replace_text(self.path, text)


def _attempt(item: dict[str, Any]) -> Attempt:
    instants = {name: datetime.fromisoformat(item[name]) for name in ("started_at", "ended_at")}
    return Attempt(**(item | instants))
