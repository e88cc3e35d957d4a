"""Two hundred values as JSON, wrong for most fields and extreme for the others.

They are texts and not Python's values: what comes over HTTP may be what Python cannot write.
"""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from harvest_client.entities import Entity
from harvest_client.models.fields import Field, FieldType, FieldUnit, by_name

_COLUMN = 10**12  # the first number that has no room in a column of amounts

_WORDS = (
    "null", "true", "false", "NaN", "Infinity", "-Infinity", "[]", "{}", "[null]", "[[]]",
    '[""]', "[0]", "[1, 2, 3]", "[{}]", '{"id": null}', '{"id": 0}', '{"id": -1}',
    '{"id": "1"}', '{"id": 1, "name": null}', '{"id": {"id": 1}}', '{"": ""}', '{"a": {"b": []}}',
    '[{"id": 1}, {"id": 1}]', '[{"id": 0, "amount": 1e11, "quantity": -1}]',
    '[{"kind": null, "amount": null, "project": null}]',
)  # fmt: skip
_INTEGERS = (
    0, 1, -1, 2, 100, 101, 2**31 - 1, 2**31, -(2**31), 2**32, 2**53, 2**53 + 1, 2**62, -(2**62),
    2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**9, 10**11, -(10**11), _COLUMN - 1, _COLUMN,
    -_COLUMN, 10**15, 10**18, 10**19, 10**38, 10**39, 604_800, 604_801, 1_700_000_000,
)  # fmt: skip
_NUMBERS = (
    "-0",
    "0.0",
    "-0.0",
    "0.1",
    "0.5",
    "0.000001",
    "0.0000001",
    "-0.0000005",
    "1e-400",
    "1.5",
    "99.99",
    "-99.99",
    "0.333333333333333333333",
    "999999999999.999999",
    "-999999999999.999999",
    "999999999999.9999994",
    "999999999999.9999995",
    "1e11",
    "-1e11",
    "99999999999.99",
    "1e12",
    "1e15",
    "1e22",
    "1e30",
    "1e32",
    "1e38",
    "1e308",
    "-1e308",
    "1e309",
    "1e400",
    "1e999999",
    "1e9999999",
    "1E+2",
    "123456789012345678901234567890.123456789",
    "1." + "0" * 400 + "1",
)
_LONG_NUMBERS = ("9" * 4299, "9" * 4300, "9" * 4301, "-" + "1" * 5000, "1" + "0" * 100_000)
_NUMBER_TEXTS = (
    "",
    " ",
    "0",
    "1",
    "-1",
    "1.5",
    " 2 ",
    "1,5",
    "1_000",
    "1e5",
    "0x10",
    "1e400",
    "NaN",
    "Infinity",
    "-inf",
    "null",
    "true",
    "false",
    "True",
    "yes",
    "٣",
    "９",
    "½",
    "1e",
    "--1",
    "+1",
    "9223372036854775807",
    "9223372036854775808",
    "999999999999.99",
    "1000000000000",
    "9" * 4300,
)
_DAYS = (
    "2026-01-05", "0000-01-01", "0001-01-01", "0026-01-05", "0206-01-05", "0999-12-31",
    "1000-01-01", "1582-10-10", "1899-12-31", "1900-02-29", "1969-12-31", "1989-12-31",
    "2026-02-30", "2026-13-01", "2026-00-10", "2024-02-29", "2025-02-29", "2038-01-19",
    "2100-12-31", "2101-01-01", "2206-01-05", "9000-01-01", "9999-12-30", "9999-12-31",
    "10000-01-01", "-0001-01-01", "26-01-05", "2026-1-5", "05/01/2026", "20260105", "2026-W02",
    "2026-01-05 ", "today", "2026", "2026-01",
)  # fmt: skip
_INSTANTS = (
    "2026-01-05T10:00:00Z", "2026-01-05T10:00:00", "2026-01-05 10:00:00", "2026-01-05T24:00:00Z",
    "2026-01-05T23:59:60Z", "2026-01-05T25:00:00Z", "2026-01-05T10:00:00+25:00",
    "2026-01-05T10:00:00.123456789Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "0206-01-05T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00", "2026-01-05T10:00Z", "2026-01-05T10:00:00 Europe/Berlin",
    "10:00", "24:00am", "1767607200",
)  # fmt: skip
_TEXTS = (
    "a", "\x00", "a\x00b", "\x1b[31mred\x1b[0m", "\x1b]8;;https://evil.example\x07x", "\x9b31m",
    "a\r\nb\tc", "\u2028\u2029", "abc\u202edef", "\u200b\u2066\ufeff", "\ud83d", "\udc00\ud83d",
    "\ufffe\uffff", "\U0010ffff", "e\u0301", "\u212aelvin", "=1+1", "@SUM(A1)", "-2+3",
    "<script>alert(1)</script>", "[x](https://evil.example)", "'; DROP TABLE clients; --", '"',
    "\\", "$today", "{basis}", "%s%n", "EUR", "eur", "XXX", "€", "open", "paid", "draft", "closed",
    "hours", "none", "project_cost", "task_fees", "person", "Project", "Tasks", "People",
    "administrator", "Europe/Berlin", "Mars/Olympus", "Monday", "x" * 1_000, "y" * 100_000,
    "z " * 50_000, "\u0301" * 10_000,
)  # fmt: skip
_DEEP = ("[" * 50 + "]" * 50, '{"id":' * 50 + "1" + "}" * 50, "[" * 2000 + "]" * 2000)

VALUES: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *_WORDS,
            *map(str, _INTEGERS),
            *_NUMBERS,
            *_LONG_NUMBERS,
            *(json.dumps(text) for text in (*_NUMBER_TEXTS, *_DAYS, *_INSTANTS, *_TEXTS)),
            *_DEEP,
        )
    )
)
"""JSON texts, each of one value; NaN and infinities as Python's own `json` writes them."""


def field_paths(entity: Entity) -> tuple[str, ...]:
    """Return the paths of all fields, those inside of objects and of list items included."""
    return tuple(_paths(entity.fields, ""))


def _paths(fields: tuple[Field, ...], above: str) -> Iterator[str]:
    for field in fields:
        yield f"{above}{field.name}"
        if field.kind.is_object:
            yield from _paths(field.fields, f"{above}{field.name}.")


MARK = "@poison@"


def poisoned(entity: Entity, record: dict[str, Any], path: str) -> str:
    """Return the record as JSON with `MARK` as the text in the place of the value at `path`.

    Objects and lists on the way there are made where the record has none.
    """
    copy = json.loads(json.dumps(record))
    holder = copy
    *above, name = path.split(".")
    fields = entity.fields
    for part in above:
        field = by_name(fields)[part]
        inner = holder.get(part) or ([{}] if field.kind.is_list else {})
        holder[part] = inner
        holder = inner[0] if field.kind.is_list else inner
        fields = field.fields
    holder[name] = MARK
    return json.dumps(copy)


_MOST = "999999999999.999999"
_EXTREMES: dict[FieldType, tuple[str, ...]] = {
    FieldType.INTEGER: ("1", "2", "3", "0", "-1", "144000", str(2**62), str(2**63 - 1),
                        str(1 - 2**63)),
    FieldType.DECIMAL: (_MOST, f"-{_MOST}", "0", "0.000001", "-0.000001", "1e11", "8", "-7.25"),
    FieldType.BOOLEAN: ("true", "false"),
    FieldType.DATE: (
        '"0001-01-01"', '"0206-03-31"', '"2026-01-31"', '"2026-11-20"', '"2100-12-31"',
        '"9999-12-31"',
    ),
    FieldType.TIMESTAMP: (
        '"0001-01-01T00:00:00Z"', '"2026-02-28T23:59:59Z"', '"2026-11-20T10:00:00Z"',
        '"9999-12-31T23:59:59Z"',
    ),
    FieldType.TEXT: ('""', '"a"', '"Retainer"', '"EUR"', '"USD"', f'"{"y" * 5_000}"', '"\\u0000"'),
}  # fmt: skip


def extreme_record(entity: Entity, id: int, random: Random) -> str:
    """Return a record as JSON of which every value can be read and is at an end of its range.

    Ids inside of it are few, so that records refer to each other.
    """
    text = _extreme_object(entity.fields, random)
    return f'{{"id": {id}, {text[1:]}'


def _extreme_object(fields: tuple[Field, ...], random: Random) -> str:
    members = (
        f"{json.dumps(field.name)}: {_extreme(field, random)}"
        for field in fields
        if not field.required
    )
    return f"{{{', '.join(members)}}}"


def _extreme(field: Field, random: Random) -> str:
    if random.random() < 0.1:
        return "null"
    if field.kind.is_list:
        items = (_extreme_one(field, random) for _ in range(random.randrange(3)))
        return f"[{', '.join(items)}]"
    return _extreme_one(field, random)


def _extreme_one(field: Field, random: Random) -> str:
    if field.kind.is_object:
        return _extreme_object(field.fields, random)
    if field.choices and random.random() < 0.8:
        return json.dumps(random.choice(field.choices))
    if field.name == "id":
        return random.choice(("1", "2", "3"))
    if field.unit is FieldUnit.PERCENT:
        return random.choice(("10000", "-10000", "0", "19"))
    if field.unit in (FieldUnit.HOURS, FieldUnit.MONEY_PER_HOUR) and random.random() < 0.8:
        return random.choice(("999999", "-999999", "0", "0.000001", "8"))  # their product has room
    kind = {FieldType.TEXTS: FieldType.TEXT, FieldType.INTEGERS: FieldType.INTEGER}.get(
        field.kind, field.kind
    )
    return random.choice(_EXTREMES[kind])
