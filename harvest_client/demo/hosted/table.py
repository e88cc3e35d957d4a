"""One entity of the copy: what of its records can be searched, a tuple of values per row."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from harvest_client.demo.hosted.conditions import Values
from harvest_client.entities import Entity

_SCATTER = 0x9E3779B1  # an odd number, so that all 32 bits of a key end up somewhere else


class Table:
    """The rows of one entity, in an order that is of no use to anybody."""

    def __init__(self, entity: Entity) -> None:
        self.fields = entity.searchable
        self.names = tuple(field.name for field in self.fields)
        self._rows: dict[int, Values] = {}
        self._scattered: Sequence[Values] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, key: int, values: Values) -> None:
        """Takes a row; one of the same key goes."""
        self._rows[key] = values
        self._scattered = None

    def rows(self) -> Sequence[Values]:
        if self._scattered is None:
            keys = sorted(self._rows, key=lambda key: (key * _SCATTER) & 0xFFFFFFFF)
            self._scattered = [self._rows[key] for key in keys]
        return self._scattered


class Snapshot:
    """Values as they are at one moment: days and instants as ISO texts, objects cut loose.

    What many records share is kept once.
    """

    def __init__(self) -> None:
        self._objects: dict[int, tuple[Any, Any]] = {}

    def of(self, values: Sequence[Any]) -> Values:
        return tuple(self._plain(value) for value in values)

    def _plain(self, value: Any) -> Any:
        convert = _CONVERT.get(type(value))
        if convert is not None:
            return convert(value)
        if isinstance(value, dict):
            # The original stays referred to: its identity must not pass to another object.
            if id(value) not in self._objects:
                copy = dict(zip(value, self.of(list(value.values())), strict=True))
                self._objects[id(value)] = value, copy
            return self._objects[id(value)][1]
        return list(value) if isinstance(value, list) else value


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_CONVERT: dict[type, Callable[[Any], str]] = {datetime: _instant, date: date.isoformat}
