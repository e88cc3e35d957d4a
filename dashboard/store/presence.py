"""Presence of fields: whether what is read still has the values that stored records have.

A field that Harvest no longer sends is read as empty, as is one that the access token may no longer
see. Stored, that would take the place of every value. So a batch is compared with what it replaces,
before it is written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

from dashboard.config.errors import FieldVanished
from dashboard.store.schema import key_columns, quote_name
from harvest_client.entities import Entity
from harvest_client.models.fields import Field, FieldType, FieldUnit

Run = Callable[[str], list[tuple[Any, ...]]]

_FEW = 20  # records that say nothing of a field, unless there are no more
_FEWEST = 3
_NEARLY_ALL = 0.95  # of stored records: from this share on a field is expected in each
_MOST_MONEY = 0.8  # the same of amounts and rates, which some records lack for good reasons
_MANY = 0.5  # of the records of a batch

_AMONG = {
    ("time_entries", "billable_rate"): "billable",
    ("projects", "fee"): "is_fixed_fee",
    ("invoices", "paid_date"): "state = 'paid'",
}
"""Of fields that only some records have: the condition on which they do."""

_COME_AND_GO = {
    "time_entries": ("invoice", "locked_reason", "timer_started_at"),
    "expenses": ("invoice", "locked_reason"),
}
"""Fields that many records lose at once in daily work: an invoice is deleted, a week reopened."""


@dataclass(frozen=True, slots=True)
class _Count:
    """Numbers of one field: records that may have a value, and those that have one."""

    records: int
    values: int


class Presence:
    """The fields of one account's records; of one sync, for it counts what was stored once.

    With `accepted` no batch is refused. `warnings` are sentences about fields that are missing from
    many records. Safe to share between threads.
    """

    def __init__(self) -> None:
        self.accepted = False
        self._warnings: dict[tuple[str, str], str] = {}
        self._stored: dict[str, dict[str, _Count]] = {}
        self._lock = Lock()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each field that is missing from many records, in order."""
        with self._lock:
            return tuple(self._warnings[place] for place in sorted(self._warnings))

    def check_fields(self, run: Run, entity: Entity) -> None:
        """Compare the `incoming` records with the stored ones, inside of a transaction.

        Raises `FieldVanished` if a field that nearly all stored records have is in none of them.
        """
        ((rows,),) = run("SELECT count(*) FROM incoming")
        few = f"SELECT count(*) FROM (SELECT 1 FROM {entity.name} LIMIT {_FEW + 1})"
        if rows < _FEWEST and entity.envelope or (rows < _FEW and run(few)[0][0] > _FEW):
            return
        before = self._count_stored(run, entity)
        paths = [path for path, count in before.items() if count.values]
        if not paths:
            return
        read = _count_fields(run, entity, paths, "i", "incoming AS i")
        # Of those that may have a value still: work that is not billable any more has no rate.
        had = _count_fields(
            run, entity, paths, "t", f"incoming AS i {_join_sql(entity)} WHERE {_LIVE}", among="i"
        )
        for path in paths:
            self._check_field(entity, path, before[path], read[path], had[path])

    def _check_field(
        self, entity: Entity, path: str, stored: _Count, read: _Count, had: _Count
    ) -> None:
        # Money is not taken back from all at once, though not all of them have to have some.
        is_money = entity.field(path).unit in (FieldUnit.MONEY, FieldUnit.MONEY_PER_HOUR)
        share = _MOST_MONEY if is_money else _NEARLY_ALL
        expected = stored.values >= share * stored.records
        is_list = entity.envelope is not None
        fewest = _FEWEST if is_list else 1  # there is one company, which must not stop the others
        if had.values < (min(_FEW, max(stored.values, fewest)) if expected else _FEW):
            return
        whole = is_money and had.values >= _MANY * stored.values
        missing = read.records - read.values
        if not read.values and (expected or whole) and is_list and not self.accepted:
            raise FieldVanished(
                f"{entity.label}: the field {path} is in none of the {missing:,} records that were"
                f" read, and in {stored.values:,} of {stored.records:,} stored ones. Everything was"
                " kept as it was."
            )
        if not read.values or (expected and read.values < _MANY * read.records):
            with self._lock:
                self._warnings[entity.name, path] = (
                    f"{entity.label}: the field {path} is missing from {missing:,} of"
                    f" {read.records:,} records that were read; {had.values:,} of them had it."
                )

    def _count_stored(self, run: Run, entity: Entity) -> dict[str, _Count]:
        with self._lock:
            if entity.name in self._stored:
                return self._stored[entity.name]
        ours = "t.account_id IN (SELECT account_id FROM incoming)"
        source = f"{entity.name} AS t WHERE {_LIVE} AND {ours}"
        own = _COME_AND_GO.get(entity.name, ())
        fields = tuple(field for field in entity.fields if field.name not in own)
        result = _count_fields(run, entity, list(_field_paths(fields, "")), "t", source)
        with self._lock:
            return self._stored.setdefault(entity.name, result)


# Of a record known from a search alone, some fields are not known.
_LIVE = "t.deleted_at IS NULL AND t.basis IS NULL"


def _join_sql(entity: Entity) -> str:
    same = " AND ".join(f"i.{name} = t.{name}" for name in key_columns(entity))
    return f"JOIN {entity.name} AS t ON {same}"


def _count_fields(
    run: Run, entity: Entity, paths: list[str], alias: str, source: str, among: str = ""
) -> dict[str, _Count]:
    """Return the numbers of each field of the rows `alias` in `source`.

    Whether a record may have a value is told by the row `among`, the same one if empty.
    """
    columns = []
    for path in paths:
        condition = _AMONG.get((entity.name, path), "true")
        condition = f"{among or alias}.{condition}" if condition != "true" else condition
        columns.append(f"count(*) FILTER ({condition})")
        columns.append(f"count({_value_sql(entity, path, alias)}) FILTER ({condition})")
    (result,) = run(f"SELECT {', '.join(columns)} FROM {source}")
    pairs = zip(result[::2], result[1::2], strict=True)
    return {path: _Count(*pair) for path, pair in zip(paths, pairs, strict=True)}


def _value_sql(entity: Entity, path: str, alias: str) -> str:
    """Return the SQL expression of a field, NULL where it is empty."""
    place = ".".join([alias, *map(quote_name, path.split("."))])
    kind = entity.field(path).kind
    if kind.is_list:
        return f"nullif(len({place}), 0)"
    return f"nullif({place}, '')" if kind is FieldType.TEXT else place


def _field_paths(fields: tuple[Field, ...], above: str) -> Iterator[str]:
    """Iterate over the paths of fields, inside of objects too, but not of the objects in lists."""
    for field in fields:
        if field.kind is FieldType.OBJECT:
            yield from _field_paths(field.fields, f"{above}{field.name}.")
        elif not field.required:
            yield f"{above}{field.name}"
