"""Cursors: a position in the rows of one query, of no use with any other."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Any

import msgspec

from harvest_client.demo.hosted.refusals import bad_search

_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def canonical(*parts: Any) -> bytes:
    """The same bytes for the same question, however its keys are ordered."""
    return _ENCODER.encode(parts)


class Cursors:
    """Makes and reads cursors; those of another server are not understood."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)

    def make(self, question: bytes, position: int) -> str:
        return urlsafe_b64encode(self._seal(question) + position.to_bytes(6)).decode()

    def position(self, question: bytes, cursor: Any) -> int:
        """Return the start of the page; raises `Refusal` 422 for a cursor of another `question`."""
        try:
            read = urlsafe_b64decode(cursor)
        except (TypeError, ValueError):
            raise bad_search("The cursor is not one of ours.") from None
        seal = self._seal(question)
        if read[:-6] != seal:
            raise bad_search("The cursor belongs to another query, sort or limit.")
        return int.from_bytes(read[-6:])

    def _seal(self, question: bytes) -> bytes:
        return blake2b(question, digest_size=12, key=self._secret).digest()
