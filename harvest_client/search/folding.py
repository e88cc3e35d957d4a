"""Case folding and word splitting, the same in Python and in SQL.

Both are defined character by character, as DuckDB's `lower` has it, so that a column of a million
texts and one text in Python are read the same way. Tests hold every code point against DuckDB.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, groupby

_LETTERED = (range(0x34000), range(0xE0000, 0xE0200))  # no letter or mark lies elsewhere
_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd"})
# Python makes two characters of the first, and looks at the neighbours of the second.
_ALONE = str.maketrans({"İ": "i", "Σ": "σ"})
_FURTHER = {"i": "İ", "k": "\u212a", "å": "\u212b", "ß": "ẞ", "θ": "ϴ", "ω": "\u2126"}


def fold_case(text: str) -> str:
    """The text with its capitals made small, one character for each."""
    return text.translate(_ALONE).lower()


def split_words(text: str) -> tuple[str, ...]:
    """The different runs of letters, marks and digits in `text`, folded, in order."""
    runs = groupby(fold_case(text), key=_in_word)
    return tuple(dict.fromkeys("".join(run) for in_word, run in runs if in_word))


def case_spellings(character: str) -> str:
    """The characters that fold to `character`, itself among them: `k` is also the kelvin sign."""
    found = (character, character.upper(), character.title(), _FURTHER.get(character, ""))
    return "".join(sorted({one for one in found if len(one) == 1 and fold_case(one) == character}))


@cache
def word_ranges() -> tuple[tuple[str, str], ...]:
    """The first and last characters of each range that words are made of.

    Listed because regular expressions know another Unicode than this Python, newer or older.
    """
    return tuple(_fold_ranges(chr(code) for code in chain(*_LETTERED) if _in_word(chr(code))))


def _in_word(character: str) -> bool:
    return unicodedata.category(character) in _CATEGORIES


def _fold_ranges(characters: Iterable[str]) -> Iterator[tuple[str, str]]:
    first = last = ""
    for character in characters:
        if last and ord(character) == ord(last) + 1:
            last = character
            continue
        if last:
            yield first, last
        first = last = character
    if last:
        yield first, last
