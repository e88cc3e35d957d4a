"""Pages of lists, by cursor or by number, with their links and query parameters."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from harvest_demo.account.account import Row
from harvest_demo.server.refusals import Refusal, rejected

Query = Mapping[str, str]


def whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise rejected(f"{name} must be a whole number")
    return int(text)


def flag(text: str, name: str) -> bool:
    if text not in ("true", "false"):
        raise rejected(f"{name} must be true or false")
    return text == "true"


def day(text: str, name: str) -> date:
    """Return a day as `YYYY-MM-DD` or `YYYYMMDD`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise rejected(f"{name} is not a valid date") from None


def moment(text: str, name: str) -> datetime:
    """Return an instant in ISO 8601; UTC when it names no zone."""
    try:
        # In a query string that was not escaped, the plus of an offset arrives as a blank.
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise rejected(f"{name} is not a valid date and time") from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def plain(text: str, name: str) -> str:
    return text


def window(query: Query) -> tuple[date, date]:
    """A report's `from` and `to`; refused unless both are there and span 365 days at most."""
    missing = [name for name in ("from", "to") if name not in query]
    if missing:
        raise _required(missing)
    first, last = day(query["from"], "from"), day(query["to"], "to")
    if last < first:
        raise rejected("to must not be before from")
    if (last - first).days + 1 > 365:
        raise rejected("The report timeframe cannot exceed 1 year (365 days).")
    return first, last


def _required(names: list[str]) -> Refusal:
    return rejected(f"{' and '.join(names)} required")


LARGEST = 2000


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and everything that Harvest says beside them."""

    rows: Sequence[Any]
    about: Row


@dataclass(frozen=True, slots=True)
class _Address:
    """Address of a list, with the filters that every link repeats."""

    url: str
    query: Query

    def link(self, **position: object) -> str:
        remaining = {k: v for k, v in self.query.items() if k not in ("page", "cursor", "ref")}
        return f"{self.url}?{urlencode(sorted((remaining | position).items()))}"

    def after(self, row: Row, size: int) -> str:
        return self.link(cursor=_cursor("after", row), per_page=size, ref="next_cursor")

    def before(self, row: Row, size: int) -> str:
        return self.link(cursor=_cursor("before", row), per_page=size, ref="previous_cursor")


def cut(rows: Sequence[Any], url: str, query: Query, *, by_cursor: bool) -> Page:
    """The page of `rows` that `query` asks for; raises `Refusal` 422 for one that cannot be."""
    size = whole(query.get("per_page", str(LARGEST)), "per_page")
    if not 1 <= size <= LARGEST:
        raise rejected(f"per_page must be between 1 and {LARGEST}")
    address = _Address(url, query)
    if not by_cursor:
        return _numbered(rows, size, address)
    if "cursor" in query:
        return _after(rows, size, address, query["cursor"])
    return _numbered(rows, size, address, by_cursor=True)


def _numbered(
    rows: Sequence[Any], size: int, address: _Address, *, by_cursor: bool = False
) -> Page:
    number = max(whole(address.query.get("page", "1"), "page"), 1)
    pages = max(-(-len(rows) // size), 1)
    part = rows[(number - 1) * size : number * size]
    following = number + 1 if number < pages else None
    previous = number - 1 if number > 1 else None

    def link(page: int | None, ref: str) -> str | None:
        if page is None:
            return None
        named = {"ref": ref} if by_cursor and pages > 1 else {}
        return address.link(page=page, per_page=size, **named)

    about = _about(rows, size, number, following, previous)
    about["links"] = {
        "first": link(1, "first"),
        "next": address.after(part[-1], size) if by_cursor and following else link(following, ""),
        "previous": link(previous, "previous"),
        "last": link(pages, "last"),
    }
    return Page(part, about)


def _after(rows: Sequence[Any], size: int, address: _Address, cursor: str) -> Page:
    start = _place(rows, size, cursor)
    part = rows[start : start + size]
    pages = max(-(-len(rows) // size), 1)
    # As in Harvest, page numbers are unknown once a cursor leads the way.
    about = _about(rows, size, None, None, None)
    about["links"] = {
        "first": address.link(page=1, per_page=size, ref="first"),
        "next": address.after(part[-1], size) if start + size < len(rows) else None,
        "previous": address.before(part[0], size) if start and part else None,
        "last": address.link(page=pages, per_page=size, ref="last"),
    }
    return Page(part, about)


def _about(
    rows: Sequence[Any], size: int, page: int | None, following: int | None, previous: int | None
) -> Row:
    return {
        "per_page": size,
        "total_pages": max(-(-len(rows) // size), 1),
        "total_entries": len(rows),
        "next_page": following,
        "previous_page": previous,
        "page": page,
    }


def _cursor(side: str, row: Row) -> str:
    position = {side: {"at": row["created_at"], "id": row["id"]}}
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def _place(rows: Sequence[Row], size: int, cursor: str) -> int:
    """Return the start of the page, even if the row of the cursor is gone."""
    try:
        position = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        ((side, named),) = position.items()
        key = datetime.fromisoformat(named["at"]).astimezone(UTC), int(named["id"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise rejected("cursor is invalid") from None
    # Newest first: what comes after the named row is older.
    places = [(row["created_at"], row["id"]) for row in rows]
    newer = sum(place > key for place in places)
    return max(newer - size, 0) if side == "before" else newer + (key in places)
