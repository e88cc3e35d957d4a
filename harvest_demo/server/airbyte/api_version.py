"""The three generations of the hosted interface, and in what they differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Generation(StrEnum):
    A = "A"  # the seed
    B = "B"  # standalone package, connector 1.0.3
    C = "C"  # agent SDK 0.1.380, connector 1.0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Features of one API version.

    `search` is its name for the search in the copy, `workspace` the query parameter that names a
    workspace, `flags` the keys of a command beside entity, action and params. `joins` says
    whether several operators in one object are combined with AND. `closed` are actions that are
    known but cannot be used, with the reason.
    """

    search: str
    workspace: str
    flags: frozenset[str]
    joins: bool
    closed: Mapping[str, str] = field(default_factory=dict)


INTERFACES = {
    Generation.A: Interface(
        search="search",
        workspace="customer_name",
        flags=frozenset(),
        joins=False,
    ),
    Generation.B: Interface(
        search="context_store_search",
        workspace="customer_name",
        flags=frozenset(),
        joins=False,
    ),
    Generation.C: Interface(
        search="context_store_search",
        workspace="workspace_name",
        flags=frozenset({"skip_truncation", "select_fields", "exclude_fields", "intent"}),
        joins=True,
        closed={
            "search": "Action search asks the source itself, and Harvest has no search.",
            "api_search": "Action api_search asks the source itself, and Harvest has no search.",
            "context_store_sql_query": "Action context_store_sql_query is not available here.",
        },
    ),
}
