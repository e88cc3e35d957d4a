"""Values that show themselves to nobody who does not ask for them."""

from weakref import WeakValueDictionary


class Secret:
    """A text that is `***` in every repr, message and traceback."""

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        _ALIVE[id(self)] = self

    @staticmethod
    def all_secrets() -> "list[Secret]":
        """Every one that there is, for what must not be written: see `privacy`."""
        return list(_ALIVE.values())

    def reveal(self) -> str:
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


# By identity: of two that are equal, one may outlive the other.
_ALIVE: WeakValueDictionary[int, Secret] = WeakValueDictionary()


class SecretHeaders(dict[str, str]):
    """Headers of a request, whose repr has their names only."""

    def __repr__(self) -> str:
        return f"<headers {', '.join(self)}>"
