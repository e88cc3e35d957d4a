"""Where a page of a search ended, as a text that leads to the next one."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from harvest_client.fields import Kind
from harvest_client.search import values
from harvest_client.search.conditions import Value, written
from harvest_client.search.faults import SearchError
from harvest_client.search.json_text import read_json
from harvest_client.search.query import Search, fingerprint

_PLACE = "$.cursor"
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CHECKED, _OWNED = 8, 16  # bytes of the checksum, and of the fingerprint


@dataclass(frozen=True, slots=True)
class Cursor:
    """The values that the last record of a page has in the fields sorted by, None for null."""

    values: tuple[Value | None, ...]

    def encode(self, search: Search) -> str:
        """A text for URLs that only `search`, with any limit and any fields, accepts."""
        body = f"[{','.join(map(written, self.values))}]".encode()
        whole = bytes.fromhex(fingerprint(search)) + body
        return urlsafe_b64encode(_checksum(whole) + whole).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, search: Search) -> "Cursor":
        """Raises `SearchError` when the text is no cursor, or that of another search."""
        body = _body(text)
        if body[:_OWNED] != bytes.fromhex(fingerprint(search)):
            raise SearchError(_PLACE, "belongs to another search")
        kinds = [search.entity.field(sort.field).kind for sort in search.sort]
        try:
            cursor = cls(_values(body[_OWNED:].decode(), kinds))
            if cursor.encode(search) == text:
                return cursor
        except ValueError:
            pass
        raise _damaged()


def _body(text: str) -> bytes:
    if not _URL_SAFE.fullmatch(text):
        raise _damaged()
    try:
        whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise _damaged() from None
    if whole[:_CHECKED] != _checksum(whole[_CHECKED:]):
        raise _damaged()
    return whole[_CHECKED:]


def _checksum(whole: bytes) -> bytes:
    return sha256(whole).digest()[:_CHECKED]


def _values(body: str, kinds: Sequence[Kind]) -> tuple[Value | None, ...]:
    found = read_json(body)
    if not isinstance(found, list):
        raise ValueError("no list")
    return tuple(_value(kind, value) for kind, value in zip(kinds, found, strict=True))


def _value(kind: Kind, value: object) -> Value | None:
    if value is None or (kind is Kind.TEXT and isinstance(value, str)):
        return value  # of any length, unlike those of a filter
    return values.read(kind, value)


def _damaged() -> SearchError:
    return SearchError(_PLACE, "is damaged")
