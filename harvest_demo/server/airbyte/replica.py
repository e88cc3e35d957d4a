"""Replica that searches read: late, incomplete, and without deletions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any

from harvest_client.entities import ENTITIES, Entity, Rate
from harvest_demo.account.account import Account, Row, instant
from harvest_demo.server.airbyte.filters import Values
from harvest_demo.server.airbyte.tokens import viewer_of
from harvest_demo.server.permissions import Viewer
from harvest_demo.server.reports import time_report


def report(viewer: Viewer, entity: Entity, first: date, last: date) -> list[Row]:
    """The rows of the report; fixed-fee work is worth nothing, as the connector cannot ask."""
    entries = viewer.account.entries
    places = entries.between(first, last)
    subject = (entity.path or "").rpartition("/")[2]
    return time_report(
        viewer, subject, entries.ordered[places.start : places.stop], include_fixed_fee=False
    )


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
        """Take a row; one of the same key goes."""
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


_SLICE = timedelta(days=365)


class Replica:
    """Replicated records by entity; the first run creates it.

    Only rows changed in the last `days` days before the account's today are asked for, all when
    None; company and roles, which Harvest cannot select by change, always come whole. `version`
    counts the runs.
    """

    def __init__(self, account: Account, days: int | None) -> None:
        self.tables = {name: Table(entity) for name, entity in ENTITIES.items()}
        self.version = 0
        self._account = account
        self._first_day = None if days is None else account.today - timedelta(days=days)
        self._changed: dict[str, dict[int, datetime]] = {name: {} for name in ENTITIES}
        self._taken: datetime | None = None
        self._open_slice = self._first_day or _oldest(account)
        self.replicate()

    def replicate(self) -> None:
        """Take over what is new or changed by now; what was deleted stays."""
        snapshot, now = Snapshot(), self._account.moment()
        for entity in ENTITIES.values():
            if entity.rate is Rate.REPORTS:
                self._take_report(entity, snapshot)
            else:
                self._take(entity, snapshot)
        self._open_slice = list(self._slices())[-1][0]
        self._taken = now
        self.version += 1

    def _take(self, entity: Entity, snapshot: Snapshot) -> None:
        table, changed = self.tables[entity.name], self._changed[entity.name]
        start = instant(self._first_day, 0) if self._first_day and entity.updated_since else None
        values = _reader(entity, table)
        for key, moment, record in _records(self._account, entity):
            if start is not None and moment is not None and moment < start:
                continue
            # Moments are whole seconds: what changed within the last run's may not be in it.
            late = self._taken is None or moment is None or moment >= self._taken
            if late or changed.get(key) != moment:
                table.put(key, snapshot.of(values(record)))
                if moment is not None:
                    changed[key] = moment

    def _take_report(self, entity: Entity, snapshot: Snapshot) -> None:
        """Add the rows of every slice that is not over; nothing tells them from earlier ones."""
        viewer, table = viewer_of(self._account), self.tables[entity.name]
        if viewer is None:
            return
        for first, last in self._slices():
            for row in report(viewer, entity, first, last):
                table.put(len(table), snapshot.of([row.get(name) for name in table.names]))

    def _slices(self) -> Iterator[tuple[date, date]]:
        """The first and last days of the slices from the open one on, the last one until today."""
        first, today = self._open_slice, self._account.today
        while first + _SLICE <= today:
            yield first, first + _SLICE - timedelta(days=1)
            first += _SLICE
        yield first, today


def _oldest(account: Account) -> date:
    entries = account.entries.ordered
    return min(entries[0].spent_date, account.today) if entries else account.today


def _records(account: Account, entity: Entity) -> Iterator[tuple[int, datetime | None, Any]]:
    """Yield every record with its key and the moment of its last change, None when it has none."""
    if entity.name == "company":
        yield 0, None, account.company
    elif entity.name == "time_entries":
        for entry in account.entries:
            yield entry.id, entry.updated_at, entry
    else:
        for row in account.rows(entity.name):
            yield row["id"], row["updated_at"], row


def _reader(entity: Entity, table: Table) -> Any:
    """Return the function that reads the searchable values of a record of the entity."""
    if entity.name == "time_entries":
        return attrgetter(*table.names)

    def read(row: dict[str, Any]) -> Iterable[Any]:
        return [row.get(name) for name in table.names]

    return read
