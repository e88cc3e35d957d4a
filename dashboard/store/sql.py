"""Pieces of SQL that carry the values bound in them, so that neither can get lost on the way."""

import re
from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import NamedTuple

_NAME = re.compile(r"\{(\w+)\}")


class Sql(NamedTuple):
    """Text with a `?` for each of `parameters`, in order."""

    text: str
    parameters: tuple[object, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text)


def sql_join(separator: str, pieces: Iterable[Sql]) -> Sql:
    """The pieces one after another, with `separator` between them; empty ones are left out."""
    remaining = [piece for piece in pieces if piece]
    return Sql(
        separator.join(piece.text for piece in remaining),
        tuple(value for piece in remaining for value in piece.parameters),
    )


def sql_wrap(before: str, piece: Sql, after: str) -> Sql:
    return Sql(f"{before}{piece.text}{after}", piece.parameters)


def sql_format(template: str, parts: Mapping[str, Sql]) -> Sql:
    """`template` with each `{name}` in it replaced by that part."""
    pieces = _NAME.split(template)
    return sql_join(
        "",
        [
            parts[piece] if odd else Sql(piece)
            for piece, odd in zip(pieces, cycle((False, True)), strict=False)
        ],
    )
