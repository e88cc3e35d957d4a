"""`python -m tests.dashboard.sync.crash POINT`: a sync that ends without warning at that point.

The process ends by `os._exit`, so nothing is flushed, rolled back or removed, as after SIGKILL.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from dashboard.__main__ import main
from dashboard.store.records import RecordStore
from dashboard.store.snapshots import Snapshots
from dashboard.store.tables import Tables

CODE = 70  # of a process that crashed as it should

Crash = Callable[[], None]


def _statement(text: str, number: int, *, before: bool) -> Crash:
    """Crash before or after the `number`th statement that is exactly `text`."""

    def install() -> None:
        run = Tables._run
        left = iter(range(number - 1, -1, -1))

        def counted(tables: Tables, sql: str, *parameters: Any) -> Any:
            last = sql == text and next(left, 1) == 0
            if last and before:
                os._exit(CODE)
            rows = run(tables, sql, *parameters)
            if last:
                os._exit(CODE)
            return rows

        Tables._run = counted  # type: ignore[method-assign, assignment]

    return install


def _call(owner: type, name: str, *, before: bool, number: int = 1) -> Crash:
    """Crash before or after the `number`th call of a method."""

    def install() -> None:
        method: Callable[..., Any] = getattr(owner, name)
        left = iter(range(number - 1, -1, -1))

        def counted(*arguments: Any, **named: Any) -> Any:
            last = next(left, 1) == 0
            if last and before:
                os._exit(CODE)
            result = method(*arguments, **named)
            if last:
                os._exit(CODE)
            return result

        setattr(owner, name, counted)

    return install


POINTS: dict[str, Crash] = {
    "before the first commit": _statement("COMMIT", 1, before=True),
    "after the first commit": _statement("COMMIT", 1, before=False),
    "after a batch": _call(RecordStore, "upsert", before=False, number=4),
    "before a late commit": _statement("COMMIT", 25, before=True),
    "before publication": _call(RecordStore, "publish", before=True),
    "in a new version": _call(Snapshots, "remove_leftovers", before=False),
    "before the pointer": _call(Snapshots, "set_current", before=True),
    "after the pointer": _call(Snapshots, "set_current", before=False),
}

if __name__ == "__main__":
    POINTS[sys.argv[1]]()
    sys.exit(main(["sync", *sys.argv[2:]]))
