"""Rows in the order that a search asks for: nulls first, whichever the direction."""

from collections.abc import Iterable, Sequence
from typing import Any

from harvest_client.demo.hosted.conditions import Values, place_of
from harvest_client.demo.hosted.refusals import bad_search
from harvest_client.fields import Field

Order = Sequence[tuple[int, bool]]
"""Places of fields, each with whether the largest value comes first; the first one wins."""


def read_order(fields: Sequence[Field], said: Any) -> Order:
    """The order that `query.sort` states; raises `Refusal` 422 for anything else."""
    if not isinstance(said, list):
        raise bad_search("sort is a list.")
    return [_one(fields, key) for key in said]


def in_order(rows: Iterable[Values], order: Order) -> list[Values]:
    """The rows sorted; equal ones stay as they came."""
    found = list(rows)
    for place, descending in reversed(order):
        nulls = [row for row in found if row[place] is None]
        others = [row for row in found if row[place] is not None]
        others.sort(key=lambda row: row[place], reverse=descending)
        found = nulls + others
    return found


def _one(fields: Sequence[Field], key: Any) -> tuple[int, bool]:
    if not isinstance(key, dict) or len(key) != 1:
        raise bad_search("Each entry of sort is an object with one field.")
    ((name, direction),) = key.items()
    place = place_of(fields, name)
    if fields[place].kind.is_object or fields[place].kind.is_list:
        raise bad_search(f"{name} has no order.")
    if direction not in ("asc", "desc"):
        raise bad_search(f"{name} is sorted asc or desc.")
    return place, direction == "desc"
