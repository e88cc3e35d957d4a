"""Lists: their filters and their order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harvest_demo.account.account import Account
from harvest_demo.server import paging
from harvest_demo.server.paging import Query
from harvest_demo.server.permissions import Viewer, rows_seen

_PAGING = frozenset({"page", "per_page", "cursor", "ref"})


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter: how its text is read, and which rows a value keeps."""

    read: Callable[[str, str], Any]
    keeps: Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. Newest first by `order`; the id decides between equals."""

    entity: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    order: str = "created_at"
    by_cursor: bool = True


def _active(row: Any, wanted: bool) -> bool:
    return bool(row["is_active"] == wanted)


def _since(row: Any, since: Any) -> bool:
    return bool(row["updated_at"] >= since)


def _id_of(name: str) -> Filter:
    return Filter(paging.whole, lambda row, wanted: row[name]["id"] == wanted)


def _on_a_line(row: Any, project_id: int) -> bool:
    return any(
        line["project"] and line["project"]["id"] == project_id for line in row["line_items"]
    )


def _window(order: str) -> dict[str, Filter]:
    return {
        "from": Filter(paging.day, lambda row, first: row[order] >= first),
        "to": Filter(paging.day, lambda row, last: row[order] <= last),
    }


_IS_ACTIVE = {"is_active": Filter(paging.flag, _active)}
_UPDATED = {"updated_since": Filter(paging.moment, _since)}
_CLIENT, _PROJECT = {"client_id": _id_of("client")}, {"project_id": _id_of("project")}
_USER = {"user_id": _id_of("user")}
_STATE = {"state": Filter(paging.plain, lambda row, wanted: row["state"] == wanted)}
_BILLED = {"is_billed": Filter(paging.flag, lambda row, wanted: row["is_billed"] == wanted)}

LISTINGS = {
    listing.entity: listing
    for listing in (
        Listing("users", _IS_ACTIVE | _UPDATED),
        Listing("clients", _IS_ACTIVE | _UPDATED),
        Listing("contacts", _CLIENT | _UPDATED),
        Listing("projects", _IS_ACTIVE | _CLIENT | _UPDATED),
        Listing("tasks", _IS_ACTIVE | _UPDATED),
        Listing("roles"),
        Listing("user_assignments", _USER | _IS_ACTIVE | _UPDATED),
        Listing("task_assignments", _IS_ACTIVE | _UPDATED),
        Listing("expense_categories", _IS_ACTIVE | _UPDATED),
        Listing("invoice_item_categories", _UPDATED),
        Listing("estimate_item_categories", _UPDATED),
        Listing(
            "expenses",
            _USER | _CLIENT | _PROJECT | _BILLED | _window("spent_date") | _UPDATED,
            "spent_date",
            by_cursor=False,
        ),
        Listing(
            "invoices",
            _CLIENT
            | {"project_id": Filter(paging.whole, _on_a_line)}
            | _STATE
            | _window("issue_date")
            | _UPDATED,
            "issue_date",
            by_cursor=False,
        ),
        Listing(
            "estimates",
            _CLIENT | _STATE | _window("issue_date") | _UPDATED,
            "issue_date",
            by_cursor=False,
        ),
    )
}


def rows_of(account: Account, viewer: Viewer, listing: Listing, query: Query) -> Sequence[Any]:
    """Return the rows that the viewer sees and the query keeps, in the list's order."""
    sees = rows_seen(viewer, listing.entity)
    rows = [row for row in account.rows(listing.entity) if sees is None or sees(row)]
    for name, text in query.items():
        if name in listing.filters:
            chosen = listing.filters[name]
            wanted = chosen.read(text, name)
            rows = [row for row in rows if chosen.keeps(row, wanted)]
    return sorted(rows, key=lambda row: (row[listing.order], row["id"]), reverse=True)


def filters_of(query: Query) -> tuple[tuple[str, str], ...]:
    """Return the part of a query that decides which rows match, whatever the page."""
    return tuple(sorted((name, text) for name, text in query.items() if name not in _PAGING))
