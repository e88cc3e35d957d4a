"""Records full of what goes wrong in filters: nulls, odd texts, wildcards, quotes, bits of SQL."""

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from harvest_client.entities import Entity
from harvest_client.models.fields import Field, FieldType, FieldUnit
from harvest_client.models.records import Record, record_type

TEXTS = [
    "", " ", "a", "A", "B", "ab", "Retro", "retro workshop", "Workshop: RETRO, Ärger!", "ärger",
    "100%", "100% done", "100_done", "1000done", "%", "_", "\\", r"back\slash", r"\%", "a%b",
    "'", '"', "''", "'; DROP TABLE users; --", "x' OR '1'='1", "?", "$1", "r.id", "NULL", "true",
    "İstanbul", "istanbul", "ISTANBUL", "ΟΔΟΣ", "οδος", "straße", "STRASSE", "\u1e9e", "ß",
    "\u212aelvin", "kelvin", "\u212bngstrom", "ångström", "ǅ", "ǆ", "ﬁ", "fi", "e\u0301te", "éte",
    "日本語 テスト", "テスト", "नमस्ते", "١٢٣", "½", "a\u200bb", "a\u00a0b", "re\ntro", "retro\n",
    "\ttab", "\u2028", "\ufeffbom", "\U0001f600", "a\U0001f600b", "𝔘", "\U00010400", "\U00010428",
    "\U0001e900", "\uffff", "retro-", "-retro-x", "retroworkshop", "x.y", "(retro)", "[a-z]", "a|b",
    "^a$", ".*", "\x00", "a\x00b", "z" * 300,
]  # fmt: skip
DECIMALS = [
    *map(
        Decimal, ("0", "0.1", "0.25", "-1.5", "1", "8", "99.99", "1.000001", "999999999999.999999")
    )
]
INTEGERS = [-(2**63), -1, 0, 1, 2, 3, 5, 2**53 + 1, 2**63 - 1]
DAYS = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2), date(1, 1, 1), date(9999, 12, 31)]
INSTANTS = [
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 1, 2, 12, tzinfo=UTC),
]
_POOLS: dict[FieldType, list[Any]] = {
    FieldType.TEXT: TEXTS,
    FieldType.TEXTS: TEXTS,
    FieldType.INTEGER: INTEGERS,
    FieldType.INTEGERS: INTEGERS,
    FieldType.DECIMAL: DECIMALS,
    FieldType.BOOLEAN: [True, False],
    FieldType.DATE: DAYS,
    FieldType.TIMESTAMP: INSTANTS,
}


def one(random: Random, kind: FieldType) -> Any:
    """One value of a kind that has any, or of an element of a list."""
    return random.choice(_POOLS[kind])


def records(entity: Entity, random: Random, count: int) -> list[Record]:
    """Records whose integer keys are 1, 2, 3…; the others may say the same thing twice."""
    made = [_record(record_type(entity), entity.fields, random) for _ in range(count)]
    for number, record in enumerate(made, 1):
        for name in entity.primary_key:
            if entity.field(name).kind is FieldType.INTEGER:
                setattr(record, name, number)
    return made


def _record(made: type[Record], fields: tuple[Field, ...], random: Random) -> Record:
    values = {field.name: _value(made, field, random) for field in fields}
    return made(**values)


def _value(owner: type[Record], field: Field, random: Random) -> Any:
    if not field.required and random.random() < 0.25:
        return None
    if field.kind.is_object:
        inner = _type_inside(owner, field.name)
        if field.kind is FieldType.OBJECT:
            return _record(inner, field.fields, random)
        return [_record(inner, field.fields, random) for _ in range(random.randrange(4))]
    if field.kind.is_list:
        return [one(random, field.kind) for _ in range(random.randrange(4))]
    if field.unit is FieldUnit.PERCENT:
        return random.choice(DECIMALS[:-1])  # shares have closer bounds
    return one(random, field.kind)


def _type_inside(owner: type[Record], name: str) -> type[Record]:
    annotation = owner.__annotations__[name].__args__[0]
    return getattr(annotation, "__args__", (annotation,))[0]  # type: ignore[no-any-return]
