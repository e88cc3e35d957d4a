"""Errors of a search: their place, and the nearest known name."""

from collections.abc import Iterable

from harvest_client.errors import UsageError, nearest_match


class SearchError(UsageError):
    """A search that cannot be understood; `path` is where, such as `$.and[1].eq.hour`."""

    remedy = "Correct the search at that place."

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path} {message}.")
        self.path = path
        self.message = message

    def at_place(self, place: str) -> "SearchError":
        """Return the same fault in a document that stands at `place` of a larger one."""
        return SearchError(place + self.path.removeprefix("$"), self.message)


def nearest_name(name: object, names: Iterable[str]) -> str:
    """Return the end of a sentence that says `name` is unknown."""
    names = sorted(names)
    nearest = nearest_match(quote_name(name), names)
    return f"; did you mean {nearest}?" if nearest else f"; there are {', '.join(names)}"


def quote_name(name: object) -> str:
    """Return a key for a message: it may be anything, of any length, even half a character."""
    text = name if isinstance(name, str) else repr(name)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 60 else f"{text[:60]}…"
