"""The connector's filter language: a document read, checked against the fields, made a `Filter`.

`{"and": [{"eq": {"billable": true}}, {"gte": {"spent_date": "2026-01-01"}}]}`: the operator is the
outer key, the field the inner one. Several operators in one object must all be true; `{}` is
always true. What a missing value does is said in `conditions`.
"""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from harvest_client.entities import Entity
from harvest_client.errors import UsageError
from harvest_client.fields import Field, Kind
from harvest_client.search import values
from harvest_client.search.conditions import (
    And,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    Value,
    all_of,
)

Fields = Mapping[str, Field]
"""What a filter may ask about: a field under the path it is asked for, such as `client.name`."""

MAX_DEPTH = 8
MAX_CONDITIONS = 200
MAX_VALUES = 500
MAX_DOCUMENT = 100_000  # characters

_ORDERED = {Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.DATE, Kind.TIMESTAMP}
_SCALAR = _ORDERED | {Kind.BOOLEAN}
_LISTS = {Kind.TEXTS, Kind.INTEGERS}
_TAKES: dict[str, set[Kind]] = {
    **dict.fromkeys(("eq", "neq", "in"), _SCALAR),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), _ORDERED),
    **dict.fromkeys(("like", "startswith", "endswith", "contains"), {Kind.TEXT}),
    "array_contains": _LISTS,
}
_LOGIC = ("and", "or", "not")
_LATER = ("fuzzy", "keyword", "any")


class SearchError(UsageError):
    """A filter that cannot be understood; `path` is where, such as `$.and[1].eq.hour`."""

    remedy = "Correct the filter at that place."

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path} {message}.")
        self.path = path


def parse(document: object, known: Entity | Fields) -> Filter:
    """The filter that `document`, as `json.loads` makes it, stands for.

    Raises `SearchError` with the place of the first fault and the nearest right name.
    """
    return _Reader(searchable(known) if isinstance(known, Entity) else known).filter(document)


def parse_text(text: str, known: Entity | Fields) -> Filter:
    """The filter that a JSON text stands for; also refuses what is no JSON, or says a key twice."""
    if len(text) > MAX_DOCUMENT:
        raise SearchError("$", f"is longer than {MAX_DOCUMENT:,} characters")
    try:
        document = json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise SearchError("$", f"is nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SearchError("$", f"is not JSON: {error.msg} at {where}") from None
    except ValueError as error:
        raise SearchError("$", f"is not JSON: {str(error).rstrip('.')}") from None
    return parse(document, known)


def searchable(entity: Entity) -> Fields:
    """Every field of `entity` that may be asked about: not those whose value opens a link."""
    found = {path: entity.field(path) for path in entity.paths()}
    return {path: field for path, field in found.items() if not field.secret}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # JSON readers keep the last silently: a condition would be lost.
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice in one object")
    return found


class _Reader:
    """Reads one document, counting what it has read."""

    def __init__(self, known: Fields) -> None:
        self._known = known
        self._conditions = 0

    def filter(self, document: object) -> Filter:
        return And(()) if document == {} else self._all(document, "$", 1)

    def _all(self, document: object, path: str, depth: int) -> Filter:
        """Every operator of one object; several count as an `and` written out."""
        if isinstance(document, Mapping) and len(document) > 1:
            depth += 1
            self._count(path)
        if depth > MAX_DEPTH:
            raise SearchError(path, f"is nested deeper than {MAX_DEPTH} levels")
        if not isinstance(document, Mapping):
            raise SearchError(path, 'must be an object such as {"eq": {"billable": true}}')
        if not document:
            raise SearchError(path, "has no condition in it")
        return all_of(*(self._one(name, part, path, depth) for name, part in document.items()))

    def _one(self, operator: object, operand: object, path: str, depth: int) -> Filter:
        self._count(path)
        here = f"{path}.{_shown(operator)}"
        if operator == "not":
            return Not(self._all(operand, here, depth + 1))
        if operator in ("and", "or"):
            parts = tuple(
                self._all(part, f"{here}[{index}]", depth + 1)
                for index, part in enumerate(_list(operand, here, "condition", MAX_CONDITIONS))
            )
            return all_of(*parts) if operator == "and" or len(parts) == 1 else Or(parts)
        if not isinstance(operator, str) or operator not in _TAKES:
            raise _no_operator(operator, here)
        return self._comparison(operator, operand, here)

    def _count(self, path: str) -> None:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise SearchError(path, f"has more than {MAX_CONDITIONS} conditions")

    def _comparison(self, operator: str, operand: object, path: str) -> Filter:
        if not isinstance(operand, Mapping) or len(operand) != 1:
            example = f'such as {{"{operator}": {{"field": …}}}}'
            raise SearchError(path, f"must name one field, {example}; join several with `and`")
        ((name, value),) = operand.items()
        path = f"{path}.{_shown(name)}"
        field = self._field(name, path)
        if field.kind not in _TAKES[operator]:
            raise SearchError(path, _mismatch(operator, name, field))
        if operator == "in":
            items = _list(value, path, "value", MAX_VALUES)
            return OneOf(name, tuple(_read(field, v, f"{path}[{i}]") for i, v in enumerate(items)))
        if value is None and operator in ("eq", "neq"):
            return Compare(Operator(operator), name, None)
        return Compare(Operator(operator), name, _read(field, value, path))

    def _field(self, name: str, path: str) -> Field:
        try:
            return self._known[name]
        except (KeyError, TypeError):
            raise SearchError(path, "is no field" + _nearest(name, self._known)) from None


def _list(operand: object, path: str, what: str, limit: int) -> list[object]:
    if not isinstance(operand, list | tuple):
        raise SearchError(path, f"must be a list of {what}s")
    if not operand:
        raise SearchError(path, f"needs at least one {what}")
    if len(operand) > limit:
        raise SearchError(path, f"has more than {limit} {what}s")
    return list(operand)


def _read(field: Field, value: object, path: str) -> Value:
    try:
        return values.read(field.kind, value)
    except ValueError as error:
        raise SearchError(path, str(error)) from None


def _no_operator(name: object, path: str) -> SearchError:
    if name in _LATER:
        return SearchError(path, "is not supported yet")
    return SearchError(path, "is no operator" + _nearest(name, (*_TAKES, *_LOGIC)))


def _mismatch(operator: str, path: str, field: Field) -> str:
    if field.kind.is_object:
        inner = ", ".join(f"{path}.{part.name}" for part in field.fields)
        return f"is an object: ask for what is inside it: {inner}"
    takes = ", ".join(name for name, kinds in _TAKES.items() if field.kind in kinds)
    return f"is of kind {field.kind}, which `{operator}` does not compare; it takes {takes}"


def _nearest(name: object, names: Iterable[str]) -> str:
    names = sorted(names)
    found = get_close_matches(_shown(name), names, n=1)
    return f"; did you mean {found[0]}?" if found else f"; there are {', '.join(names)}"


def _shown(name: object) -> str:
    """A key for a message: it may be anything, of any length, even half a character."""
    text = name if isinstance(name, str) else repr(name)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 60 else f"{text[:60]}…"
