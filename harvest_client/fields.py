"""What a value is: its JSON type, its finer meaning, and the Python type it is read as."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

LARGEST_INTEGER = 2**63 - 1
"""The largest whole number that is read: what a database column of them holds."""


class Kind(StrEnum):
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
        return self in (Kind.TEXTS, Kind.INTEGERS, Kind.OBJECTS)

    @property
    def is_object(self) -> bool:
        return self in (Kind.OBJECT, Kind.OBJECTS)


_PYTHON: dict[Kind, type] = {
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.BOOLEAN: bool,
    Kind.TEXT: str,
    Kind.DATE: date,
    Kind.TIMESTAMP: datetime,
    Kind.OBJECT: dict,
    Kind.TEXTS: str,
    Kind.INTEGERS: int,
    Kind.OBJECTS: dict,
}


class Unit(StrEnum):
    """What a number counts."""

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
    kind: Kind
    doc: str
    unit: Unit | None = None
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
        """The key of that name inside this object; `KeyError` when there is none."""
        return by_name(self.fields)[name]


def by_name(fields: Iterable[Field]) -> dict[str, Field]:
    return {field.name: field for field in fields}


def text(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=Kind.TEXT, doc=doc, **more)


def integer(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=Kind.INTEGER, doc=doc, **more)


def decimal(name: str, doc: str = "", unit: Unit | None = None, **more: Any) -> Field:
    return Field(name=name, kind=Kind.DECIMAL, doc=doc, unit=unit, **more)


def flag(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=Kind.BOOLEAN, doc=doc, **more)


def day(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=Kind.DATE, doc=doc, **more)


def instant(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=Kind.TIMESTAMP, doc=doc, **more)


def texts(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=Kind.TEXTS, doc=doc, **more)


def integers(name: str, doc: str = "", **more: Any) -> Field:
    return Field(name=name, kind=Kind.INTEGERS, doc=doc, **more)


def record(name: str, doc: str, *fields: Field, **more: Any) -> Field:
    return Field(name=name, kind=Kind.OBJECT, doc=doc, fields=fields, **more)


def records(name: str, doc: str, *fields: Field, **more: Any) -> Field:
    return Field(name=name, kind=Kind.OBJECTS, doc=doc, fields=fields, **more)


def key(doc: str) -> Field:
    """The primary key that most entities have."""
    return integer("id", doc, required=True, searchable=True)


def changed(thing: str) -> tuple[Field, Field]:
    """When a record was created and last changed; the latter carries incremental pulls."""
    return (
        instant("created_at", f"When the {thing} was created.", searchable=True),
        instant("updated_at", f"When the {thing} was last changed.", searchable=True),
    )
