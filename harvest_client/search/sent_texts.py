"""Patterns of text in the words of a hosted API: a document, and whether it says the same.

A pattern is its pieces of literal text, with any run of characters between two of them.
"""

from typing import Any

from harvest_client.search.conditions import Operator
from harvest_client.search.folding import case_spellings, fold_case, split_words

Said = tuple[dict[str, Any], bool]


def text_patterns(operator: Operator, value: str) -> list[list[str]]:
    """The patterns that a text operator asks for."""
    match operator:
        case Operator.STARTSWITH:
            return [[value, ""]]
        case Operator.ENDSWITH:
            return [["", value]]
        case Operator.CONTAINS:
            return [["", value, ""]]
        case Operator.FUZZY | Operator.KEYWORD:
            return [["", word, ""] for word in split_words(value)]
        case _:
            return [value.split("%")]


def as_like(name: str, pieces: list[str]) -> Said | None:
    """The pattern for `like` of generations A and B, None where it could mean something else.

    Nobody says whether `like` ignores case, what `_` is, or how a `%` is written.
    """
    literal = "".join(pieces)
    if not literal or any(character in "%_\\" for character in literal):
        return None
    if any(case_spellings(fold_case(character)) != character for character in literal):
        return None
    return {"like": {name: "%".join(pieces)}}, True


def as_pieces(name: str, pieces: list[str]) -> Said | None:
    """The pattern for generation C, which ignores case and has no wildcards."""
    first, *between, last = pieces if len(pieces) > 1 else (*pieces, *pieces)
    asked = [("startswith", first), ("endswith", last), *(("contains", part) for part in between)]
    parts = [{operator: {name: part}} for operator, part in asked if part]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"and": parts}, len(parts) == 1
