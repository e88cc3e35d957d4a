"""Messages put together from sentences."""

from collections.abc import Iterable

_ENDS = (".", "!", "?", "…")


def join_sentences(sentences: Iterable[str]) -> str:
    """The sentences one after the other, each with an end; empty ones are left out.

    What happened may be told in the words of a server, which seldom end.
    """
    told = (sentence.strip() for sentence in sentences)
    return " ".join(one if one.endswith(_ENDS) else f"{one}." for one in told if one)
