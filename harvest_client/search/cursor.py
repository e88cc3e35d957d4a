"""Cursor: the end of a page of a search, as a text that leads to the next page."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from harvest_client.models.fields import FieldType
from harvest_client.search import values
from harvest_client.search.errors import SearchError
from harvest_client.search.filter_ast import Value, value_json
from harvest_client.search.query import Search, search_digest
from harvest_client.search.values import read_json

_PLACE = "$.cursor"
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CHECKED, _OWNED = 8, 16  # bytes of the checksum, and of the fingerprint


@dataclass(frozen=True, slots=True)
class Cursor:
    """The values that the last record of a page has in the fields sorted by, None for null."""

    values: tuple[Value | None, ...]

    def to_text(self, search: Search) -> str:
        """Return a text for URLs that only `search`, with any limit and any fields, accepts."""
        body = f"[{','.join(map(value_json, self.values))}]".encode()
        whole = bytes.fromhex(search_digest(search)) + body
        return urlsafe_b64encode(_checksum(whole) + whole).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str, search: Search) -> "Cursor":
        """Raise `SearchError` when the text is no cursor, or that of another search."""
        body = _decode_body(text)
        if body[:_OWNED] != bytes.fromhex(search_digest(search)):
            raise SearchError(_PLACE, "belongs to another search")
        kinds = [search.entity.field(sort.field).kind for sort in search.sort]
        try:
            cursor = cls(_decode_values(body[_OWNED:].decode(), kinds))
            if cursor.to_text(search) == text:
                return cursor
        except ValueError:
            pass
        raise _damaged_error()


def _decode_body(text: str) -> bytes:
    if not _URL_SAFE.fullmatch(text):
        raise _damaged_error()
    try:
        whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise _damaged_error() from None
    if whole[:_CHECKED] != _checksum(whole[_CHECKED:]):
        raise _damaged_error()
    return whole[_CHECKED:]


def _checksum(whole: bytes) -> bytes:
    return sha256(whole).digest()[:_CHECKED]


def _decode_values(body: str, kinds: Sequence[FieldType]) -> tuple[Value | None, ...]:
    result = read_json(body)
    if not isinstance(result, list):
        raise ValueError("no list")
    return tuple(_decode_value(kind, value) for kind, value in zip(kinds, result, strict=True))


def _decode_value(kind: FieldType, value: object) -> Value | None:
    if value is None or (kind is FieldType.TEXT and isinstance(value, str)):
        return value  # of any length, unlike those of a filter
    return values.read(kind, value)


def _damaged_error() -> SearchError:
    return SearchError(_PLACE, "is damaged")
