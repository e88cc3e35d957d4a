"""Rows of a snapshot's records as the typed records that the connector lists."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from dashboard.store.instants import to_aware
from harvest_client.fields import Field, FieldType
from harvest_client.records import Record

_Read = Callable[[Any], Any]
"""Makes one value of a column, never None, what it is in a record."""


def decode_rows(
    made: type[Record], fields: Sequence[Field], rows: Iterable[Sequence[Any]]
) -> list[Record]:
    """Records of the type `made` from rows that begin with the values of `fields`.

    Keys of objects that `made` does not have are left out.
    """
    names = [field.name for field in fields]
    reads = _field_readers(fields)
    found = [_read(dict(zip(names, row, strict=False)), reads) for row in rows]
    return msgspec.convert(found, list[made])  # type: ignore[valid-type]


def decode_columns(fields: Sequence[Field], row: Sequence[Any]) -> tuple[Any, ...]:
    """The values of single fields, in their order."""
    found = {str(place): value for place, value in enumerate(row)}
    reads = {
        str(place): read for place, field in enumerate(fields) if (read := _field_reader(field))
    }
    return tuple(_read(found, reads).values())


@lru_cache(maxsize=10_000)
def trim_decimal(number: Decimal) -> Decimal:
    """Without the zeros that a column adds: 1.5 and not 1.500000, 100 and not 1E+2."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _field_readers(fields: Iterable[Field]) -> dict[str, _Read]:
    """Return the readers of fields whose values differ from those of DuckDB."""
    return {field.name: read for field in fields if (read := _field_reader(field))}


def _field_reader(field: Field) -> _Read | None:
    match field.kind:
        case FieldType.DECIMAL:
            return trim_decimal
        case FieldType.TIMESTAMP:
            return to_aware
        case FieldType.OBJECT if reads := _field_readers(field.fields):
            return lambda value: _read(value, reads)
        case FieldType.OBJECTS if reads := _field_readers(field.fields):
            return lambda found: [_read(value, reads) for value in found]
    return None


def _read(found: dict[str, Any], reads: dict[str, _Read]) -> dict[str, Any]:
    for name, read in reads.items():
        if (value := found[name]) is not None:
            found[name] = read(value)
    return found
