"""Progress of a running sync."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a sync. A total is None until Harvest has told it."""

    entities: tuple[tuple[str, int, int | None], ...]
    requests: int
    seconds: float

    @property
    def rows(self) -> int:
        return sum(rows for _, rows, _ in self.entities)

    @property
    def total(self) -> int | None:
        totals = [total for _, _, total in self.entities]
        known = [total for total in totals if total is not None]
        return sum(known) if known and len(known) == len(totals) else None

    @property
    def share(self) -> float | None:
        """From 0 to 1, None while no total is known."""
        if not self.total:
            return None
        return min(1.0, self.rows / self.total)

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None before there is one."""
        if self.share is None or self.rows == 0 or self.seconds < 1:
            return None
        return self.seconds * (1 - self.share) / self.share


class ProgressCounter:
    """Counts what many threads report."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._lock = Lock()
        self._rows: dict[str, int] = {}
        self._totals: dict[str, int | None] = {}
        self._requests = 0

    def expect_rows(self, entity: str, total: int | None) -> None:
        with self._lock:
            self._totals[entity] = total
            self._rows.setdefault(entity, 0)

    def add_rows(self, entity: str, rows: int) -> None:
        with self._lock:
            self._rows[entity] = self._rows.get(entity, 0) + rows
            self._totals.setdefault(entity, None)

    def count_request(self) -> None:
        with self._lock:
            self._requests += 1

    def get_progress(self) -> Progress:
        with self._lock:
            entities = tuple((name, rows, self._totals[name]) for name, rows in self._rows.items())
            return Progress(entities, self._requests, self._clock() - self._started)
