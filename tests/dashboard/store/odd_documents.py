"""Filter documents at random: right ones, and ones with one fault whose place is known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from harvest_client.models.fields import Field, FieldType
from harvest_client.search import Fields
from harvest_client.search.field_paths import element_fields
from harvest_client.search.operators import OPERATORS, operators_for
from tests.dashboard.store.odd_records import one

_DEEPEST = 5


@dataclass
class Site:
    """Where in a document a condition is, and what it may ask about."""

    holder: Any
    key: Any
    path: str
    depth: int
    known: Fields


@dataclass
class Documents:
    random: Random
    sites: list[Site] = field(default_factory=list)

    def right(self, known: Fields) -> dict[str, Any]:
        """A document that means something."""
        document: dict[str, Any] = self._whole(known)[0]
        return document

    def wrong(self, known: Fields) -> tuple[Any, str]:
        """A document with one fault, and the path that must be named."""
        holder = self._whole(known)
        site = self.random.choice(self.sites)
        fault, end = None, ""
        while not end:
            fault, end = self.random.choice(FAULTS)(site, self.random)
        site.holder[site.key] = fault
        return holder[0], site.path + end.removeprefix("=")

    def _whole(self, known: Fields) -> list[Any]:
        self.sites = []
        holder: list[Any] = [None]
        self._fill(Site(holder, 0, "$", 1, known))
        return holder

    def _fill(self, site: Site) -> None:
        chance = self.random.random() + 0.12 * site.depth
        if site.depth >= _DEEPEST or chance > 0.75:
            self.sites.append(site)
            site.holder[site.key] = _condition(site.known, self.random)
        elif chance < 0.3:
            site.holder[site.key] = inner = {"not": None}
            self._fill(Site(inner, "not", f"{site.path}.not", site.depth + 1, site.known))
        else:
            word = self.random.choice(["and", "or"])
            parts: list[Any] = [None] * self.random.randint(1, 3)
            site.holder[site.key] = {word: parts}
            for index in range(len(parts)):
                path = f"{site.path}.{word}[{index}]"
                self._fill(Site(parts, index, path, site.depth + 1, site.known))
        lists = [path for path, known in site.known.items() if known.kind is FieldType.OBJECTS]
        if lists and self.random.random() < 0.4 and site.depth < _DEEPEST:
            name = self.random.choice(lists)
            condition: dict[str, Any] = {}
            site.holder[site.key] = {"any": {name: condition}}
            # What was there before is gone, and the places in it.
            self.sites = [kept for kept in self.sites if not kept.path.startswith(site.path)]
            known = element_fields(site.known[name])
            place = f"{site.path}.any.{name}"
            self._fill(Site(site.holder[site.key]["any"], name, place, site.depth + 1, known))


def _condition(known: Fields, random: Random) -> dict[str, Any]:
    """One operator on one field, sometimes a second one beside it."""
    names = [
        name for name, known_field in known.items() if known_field.kind is not FieldType.OBJECTS
    ]
    made: dict[str, Any] = {}
    for _ in range(random.choice([1, 1, 1, 2])):
        name = random.choice(names)
        made |= _comparison(name, known, random)
    return made


def _comparison(name: str, known: Fields, random: Random) -> dict[str, Any]:
    asked = known[name]
    if asked.kind is FieldType.OBJECT:
        return {random.choice(["eq", "neq"]): {name: _object(asked, random)}}
    operator = random.choice(operators_for(asked.kind))
    if operator == "in":
        count = random.choice([1, 2, 5])
        return {"in": {name: [_operand(asked.kind, random) for _ in range(count)]}}
    if operator in ("eq", "neq") and random.random() < 0.2:
        return {operator: {name: None}}
    value = _operand(asked.kind, random)
    if operator in ("fuzzy", "keyword"):
        value = f"{random.choice(['retro', 'TEST', 'a', 'K', '1'])} {value}"
    elif isinstance(value, str) and asked.kind is FieldType.TEXT:
        value = _cut(operator, value, random)
    if operator == "array_contains" and random.random() < 0.3:
        operator = "contains"
    return {operator: {name: value}}


def _cut(operator: str, value: str, random: Random) -> str:
    """A part of a text, in another case perhaps, so that the text operators find something."""
    if operator not in ("like", "startswith", "endswith", "contains") or not value:
        return value
    start = random.randrange(len(value))
    part = value[start : start + random.randint(1, 4)]
    part = random.choice([part.upper(), part.lower(), part])
    return random.choice(["%{}%", "{}%", "%{}", "{}"]).format(part) if operator == "like" else part


def _object(asked: Field, random: Random) -> Any:
    if random.random() < 0.2:
        return None
    named = [part for part in asked.fields if random.random() < 0.5 and not part.kind.is_object]
    return {
        part.name: None if random.random() < 0.3 else _operand(part.kind, random) for part in named
    }


def _operand(kind: FieldType, random: Random) -> Any:
    """A value as JSON or Python has it."""
    value = one(random, kind)
    if isinstance(value, Decimal) and random.random() < 0.5 and len(str(value)) < 15:
        return float(value)
    if isinstance(value, datetime):
        return random.choice([value, value.isoformat()])
    return value.isoformat() if hasattr(value, "isoformat") and random.random() < 0.5 else value


Fault = Callable[[Site, Random], tuple[Any, str]]
_NONE: tuple[Any, str] = (None, "")  # this fault cannot be made here


def _on(operator: str, value: Any, *kinds: FieldType, end: str = "") -> Fault:
    """The operator with a wrong value, on a field of one of the kinds."""

    def fault(site: Site, random: Random) -> tuple[Any, str]:
        names = [name for name, known in site.known.items() if known.kind in kinds]
        if not names:
            return _NONE
        name = random.choice(names)
        return {operator: {name: value}}, f".{operator}.{name}{end}"

    return fault


def _fixed(document: Any, end: str) -> Fault:
    return lambda site, random: (document, end)


def _not_taken(site: Site, random: Random) -> tuple[Any, str]:
    name = random.choice(list(site.known))
    kind = site.known[name].kind
    lists = (FieldType.TEXTS, FieldType.INTEGERS)
    wrong = [
        row.name
        for row in OPERATORS.values()
        if row.takes and kind not in row.takes and not (row.name == "contains" and kind in lists)
    ]
    operator = random.choice(wrong)
    return {operator: {name: 1}}, f".{operator}.{name}"


def _unknown(site: Site, random: Random) -> tuple[Any, str]:
    name = random.choice(list(site.known)) + random.choice(["x", ".id2", ".", " ", "'", "; --"])
    return {"eq": {name: None}}, f".eq.{name}"


def _hidden(site: Site, random: Random) -> tuple[Any, str]:
    lists = [path for path, known in site.known.items() if known.kind is FieldType.OBJECTS]
    name = random.choice([f"{path}.kind" for path in lists] + ["client_key", "statement_key"])
    return {"startswith": {name: "a"}}, f".startswith.{name}"


def _too_deep(site: Site, random: Random) -> tuple[Any, str]:
    document = _condition(site.known, random)
    for _ in range(9):
        document = {"not": document}
    return document, ".not" * (9 - site.depth)


def _unknown_key(site: Site, random: Random) -> tuple[Any, str]:
    return _on("eq", {"nothing": 1}, FieldType.OBJECT, end=".nothing")(site, random)


_SCALARS = (
    FieldType.INTEGER,
    FieldType.DECIMAL,
    FieldType.TEXT,
    FieldType.DATE,
    FieldType.TIMESTAMP,
)
FAULTS: list[Fault] = [
    _not_taken, _unknown, _hidden, _too_deep, _unknown_key,
    _fixed([], "="), _fixed(None, "="), _fixed("id = 1", "="), _fixed(5, "="),
    _fixed({"equals": {"id": 1}}, ".equals"), _fixed({5: {}}, ".5"), _fixed({"eq": {}}, ".eq"),
    _fixed({"; DROP TABLE r": {}}, ".; DROP TABLE r"), _fixed({"eq": {"a": 1, "b": 2}}, ".eq"),
    _fixed({"eq": None}, ".eq"), _fixed({"and": []}, ".and"), _fixed({"or": {}}, ".or"),
    _fixed({"or": [{"eq": {"id": 1}}] * 201}, ".or"), _fixed({"not": {}}, ".not"),
    _fixed({"and": [{}]}, ".and[0]"), _fixed({"not": []}, ".not"),
    _on("eq", "x'; DROP TABLE r", FieldType.INTEGER, FieldType.DECIMAL, FieldType.BOOLEAN,
        FieldType.DATE),
    _on("eq", 5, FieldType.TEXT, FieldType.DATE, FieldType.TIMESTAMP, FieldType.BOOLEAN,
        FieldType.OBJECT),
    _on("eq", True, FieldType.INTEGER, FieldType.DECIMAL, FieldType.TEXT), _on("eq", [], *_SCALARS),
    _on("eq", "x" * 1001, FieldType.TEXT), _on("eq", "\ud800", FieldType.TEXT),
    _on("lte", None, *_SCALARS),
    _on("eq", 2**63, FieldType.INTEGER), _on("eq", float("nan"), FieldType.DECIMAL),
    _on("eq", 1e300, FieldType.DECIMAL), _on("eq", 0.1234567, FieldType.DECIMAL),
    _on("eq", "2026-02-30", FieldType.DATE), _on("eq", "2026-01-01T00:00", FieldType.TIMESTAMP),
    _on("in", [], *_SCALARS), _on("in", {}, *_SCALARS), _on("in", [None], *_SCALARS, end="[0]"),
    _on("in", [1] * 501, FieldType.INTEGER), _on("in", [1, 1.5], FieldType.INTEGER, end="[1]"),
    _on("fuzzy", " -%_ ", FieldType.TEXT), _on("keyword", "", FieldType.TEXT),
    _on("any", {}, FieldType.OBJECTS),
    _on("array_contains", None, FieldType.TEXTS, FieldType.INTEGERS),
]  # fmt: skip
