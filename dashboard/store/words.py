"""Words as regular expressions of letters, marks and digits only, bound as values.

DuckDB's expressions take time that grows with the text and no faster, whatever is asked. One
thread finds whole words in a million notes of 60 characters in 0.2 s; cutting each note into words
takes 1.4 s.
"""

from collections.abc import Sequence
from functools import cache

from harvest_client.search.folding import case_spellings, word_ranges


def any_word_pattern(words: Sequence[str]) -> str:
    """Matches a text that has at least one of the folded `words` as a whole word, case ignored."""
    edge = f"[^{_word_class()}]"
    either = "|".join(map(word_pattern, words))
    return rf"(?:\A|{edge})(?:{either})(?:\z|{edge})"


def word_pattern(word: str) -> str:
    """Matches a text that has the folded `word` somewhere in it, case ignored.

    Every spelling of each letter is written out, so that a million texts need not be folded first.
    """
    return "".join(f"[{case_spellings(character)}]" for character in word)


@cache
def _word_class() -> str:
    return "".join(first if first == last else f"{first}-{last}" for first, last in word_ranges())
