"""Names that people type, found in our tables or refused with the nearest right one."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from dashboard.errors import MetricError

T = TypeVar("T")


def find_by_name(table: Mapping[str, T], name: str, what: str) -> T:
    """The row of `table` called `name`; raises `MetricError` that says what there is."""
    if name in table:
        return table[name]
    nearest = get_close_matches(name, table, n=1)
    remedy = f"Did you mean {nearest[0]}?" if nearest else f"There are: {', '.join(table)}."
    raise MetricError(f"There is no {what} called {name[:60]!r}.", remedy=remedy)
