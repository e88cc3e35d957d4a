"""Fields: JSON type, meaning, and the Python type of a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

LARGEST_INTEGER = 2**63 - 1
"""The largest whole number that is read: what a database column of them holds."""


class FieldType(StrEnum):
    """The finer type of a field. Everything generic (decoding, schema, search) reads this."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"  # a calendar day without zone: never converted
    TIMESTAMP = "timestamp"  # an instant in UTC
    OBJECT = "object"
    TEXTS = "texts"  # a list of texts
    INTEGERS = "integers"
    OBJECTS = "objects"

    @property
    def python(self) -> type:
        """The Python type of one value, or of one element of a list."""
        return _PYTHON[self]

    @property
    def is_list(self) -> bool:
        return self in (FieldType.TEXTS, FieldType.INTEGERS, FieldType.OBJECTS)

    @property
    def is_object(self) -> bool:
        return self in (FieldType.OBJECT, FieldType.OBJECTS)


_PYTHON: dict[FieldType, type] = {
    FieldType.INTEGER: int,
    FieldType.DECIMAL: Decimal,
    FieldType.BOOLEAN: bool,
    FieldType.TEXT: str,
    FieldType.DATE: date,
    FieldType.TIMESTAMP: datetime,
    FieldType.OBJECT: dict,
    FieldType.TEXTS: str,
    FieldType.INTEGERS: int,
    FieldType.OBJECTS: dict,
}


class FieldUnit(StrEnum):
    """Unit of a number."""

    SECONDS = "seconds"
    HOURS = "hours"
    PERCENT = "percent"
    MONEY = "money"
    MONEY_PER_HOUR = "money_per_hour"
    MONEY_PER_UNIT = "money_per_unit"
    HOURS_OR_MONEY = "hours_or_money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an entity, or one key inside an object field.

    `currency_from` names where the ISO code of a money field is found. `choices` are the values
    that Harvest documents; others must be survived. A `hosted_only` field is in the connector's
    reference but not in Harvest's own: expect it to be absent. A `secret` value opens a public
    link without a login and is never shown, exported or logged.
    """

    name: str
    kind: FieldType
    doc: str
    unit: FieldUnit | None = None
    currency_from: str | None = None
    format: str | None = None
    choices: tuple[str, ...] = ()
    ref: str | None = None
    fields: tuple["Field", ...] = ()
    required: bool = False
    searchable: bool = False
    hosted_only: bool = False
    secret: bool = False

    def field(self, name: str) -> "Field":
        """Return the key of that name inside this object; `KeyError` when there is none."""
        return by_name(self.fields)[name]


def by_name(fields: Iterable[Field]) -> dict[str, Field]:
    return {field.name: field for field in fields}


def text(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=FieldType.TEXT, doc=doc, **more)


def integer(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=FieldType.INTEGER, doc=doc, **more)


def decimal(name: str, doc: str = "", unit: FieldUnit | None = None, **more: Any) -> Field:
    return Field(name=name, kind=FieldType.DECIMAL, doc=doc, unit=unit, **more)


def flag(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=FieldType.BOOLEAN, doc=doc, **more)


def day(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=FieldType.DATE, doc=doc, **more)


def instant(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=FieldType.TIMESTAMP, doc=doc, **more)


def texts(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=FieldType.TEXTS, doc=doc, **more)


def integers(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=FieldType.INTEGERS, doc=doc, **more)


def record(name: str, doc: str, *fields: Field, **more: Any) -> Field:
    return Field(name=name, kind=FieldType.OBJECT, doc=doc, fields=fields, **more)


def records(name: str, doc: str, *fields: Field, **more: Any) -> Field:
    return Field(name=name, kind=FieldType.OBJECTS, doc=doc, fields=fields, **more)


def key(doc: str) -> Field:
    """Return the primary key that most entities have."""
    return integer("id", doc, required=True, searchable=True)


def changed(thing: str) -> tuple[Field, Field]:
    """Return the fields of a record's creation and last change, used by incremental pulls."""
    return (
        instant("created_at", f"When the {thing} was created.", searchable=True),
        instant("updated_at", f"When the {thing} was last changed.", searchable=True),
    )
