"""Pieces of SQL that carry the values bound in them, so that neither can get lost on the way."""

from collections.abc import Iterable
from typing import NamedTuple


class Sql(NamedTuple):
    """Text with a `?` for each of `parameters`, in order."""

    text: str
    parameters: tuple[object, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text)


def joined(separator: str, pieces: Iterable[Sql]) -> Sql:
    """The pieces one after another, with `separator` between them; empty ones are left out."""
    kept = [piece for piece in pieces if piece]
    return Sql(
        separator.join(piece.text for piece in kept),
        tuple(value for piece in kept for value in piece.parameters),
    )


def around(before: str, piece: Sql, after: str) -> Sql:
    return Sql(f"{before}{piece.text}{after}", piece.parameters)
